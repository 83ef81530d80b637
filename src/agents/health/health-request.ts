import type { Maturity } from "../../maturity.ts";
import type { ProbePlan, Service } from "../../plan.ts";
import type { RepoRunSpec } from "../../repo-run.ts";
import type { RunRef } from "../../run-ref.ts";
import type { Settings } from "../../settings.ts";
import type { Cluster } from "../cluster.ts";
import type { WayName } from "../links/way.ts";
import type { Release } from "../runner/run-request.ts";

/** One look at how a release does. */
export interface HealthRequest {
  readonly cluster: Cluster;
  readonly run: RunRef;
  readonly service: Service;
  readonly release: Release;
  readonly spec: RepoRunSpec;
  readonly settings: Settings;
  readonly now: Date;
  /** When the services beside it were well: an error that it answered before then is no last word. ISO 8601. */
  readonly since?: string;
}

/** A link that answered, and how. */
export interface AnsweredLink {
  readonly service: string;
  readonly url: string;
  readonly via: WayName;
  /** `Outside`: asked by the address that people use. */
  readonly from: "Cluster" | "Outside";
  readonly status: number;
  readonly title?: string;
  readonly ms: number;
  readonly seenAt: string;
}

/** How well one service is, with the evidence for it. */
export interface Health {
  readonly maturity: Maturity;
  /** For people: `200 "Guestbook" in 12 ms`, `up for 20 s`, `exit code 0 after 3 s: "done"`. */
  readonly evidence: string;
  readonly links: readonly AnsweredLink[];
  readonly restarts: number;
  /** Set when the program answers and only the probe keeps it from being ready: release it again with this one (`seen.probe`). */
  readonly refit?: ProbePlan;
}
