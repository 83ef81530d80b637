import type { Image } from "./build-manager.ts";
import type { PlanRecord } from "./record.ts";
import type { Failure } from "../failure.ts";
import type { Maturity } from "../maturity.ts";
import { lower, rank } from "../maturity.ts";
import type { ModelUse } from "../model-call.ts";
import type { Waiting } from "../outcome.ts";
import type { Need } from "../plan.ts";
import type { RepoRunStatus } from "../repo-run.ts";

/** A link with the evidence that it answered. */
export interface SeenLink {
  readonly service: string;
  readonly url: string;
  readonly via: string;
  readonly from: "Cluster" | "Outside";
  readonly status: number;
  readonly title?: string;
  readonly ms: number;
  readonly seenAt: string;
}

/** How one service has done in this pass. */
export interface ServiceProgress {
  readonly name: string;
  readonly kind: string;
  image?: Image;
  maturity: Maturity;
  port?: number;
  portFrom?: "Spec" | "Observed";
  restarts?: number;
  links: SeenLink[];
  /** For people, once it is well: `200 "Guestbook" in 12 ms`, `up for 20 s`, `exit code 0 after 3 s: "done"`. */
  evidence?: string;
}

/** What the next look is for: the reason and message of Ready while nothing has ended. */
export interface Pending {
  readonly reason: string;
  readonly message: string;
  readonly afterMs?: number;
}

/** What was seen in one pass, in the order of the stages. The status is computed from it once, at the end; it is never kept. */
export class Progress {
  record: PlanRecord | undefined;
  /** Furthest stage that is done. */
  stage: "None" | "Planned" | "ImagesReady" | "Released" | "Healthy" = "None";
  readonly services = new Map<string, ServiceProgress>();
  /** Databases of the plan, and how those that are ready are reached. */
  databases: NonNullable<RepoRunStatus["databases"]> = [];
  databasesReady = true;
  /** What was found to be on its way, in the order in which it was met. */
  readonly waits: Waiting[] = [];
  /** Said from the waits once the pass is over, or by whoever knows better. */
  pending: Pending | undefined;
  failure: (Failure & { log?: string }) | undefined;
  needs: Need[] = [];
  /** A fix has just made the next revision: this pass ends, the next works on it. */
  mended = false;
  /** A finished rung or end, to be told as an Event. */
  warnings: string[] = [];
  /** For people: the commit of an earlier release that still answers; undefined when none does. */
  serves: string | undefined;
  /** What models were asked for it; undefined where none was since the controller began. */
  model: ModelUse | undefined;
  /** The run was told to stop working, or to stop its pods. */
  halted: "Suspended" | "Stopped" | undefined;

  wait(outcome: Waiting): undefined {
    this.waits.push(outcome);
  }

  service(name: string, kind: string): ServiceProgress {
    const known = this.services.get(name);
    if (known) return known;
    const fresh: ServiceProgress = { name, kind, maturity: "Planned", links: [] };
    this.services.set(name, fresh);
    return fresh;
  }

  get maturity(): Maturity | undefined {
    if (!this.record) return undefined;
    const all = [...this.services.values()].map((service) => service.maturity);
    const [first, ...rest] = all;
    if (first === undefined) return "Planned";
    return rest.reduce(lower, first);
  }

  get allWell(): boolean {
    return (
      this.services.size > 0 &&
      this.databasesReady &&
      [...this.services.values()].every((service) => rank(service.maturity) >= rank("Verified"))
    );
  }
}
