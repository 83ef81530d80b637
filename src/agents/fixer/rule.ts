import type { Action } from "../../fix.ts";
import type { Failure, Layer } from "../../failure.ts";
import type { Plan, Service } from "../../plan.ts";

/** What is known about a failure: gathered, normalised and redacted before any rule sees it. */
export interface Evidence {
  readonly failure: Failure;
  /** Last lines of the program or build that failed, redacted, at most 200. */
  readonly log: readonly string[];
}

/** What a rule proposes. The rest of a `Fix` (time, precondition) is added by FixerAgent. */
export interface Proposal {
  readonly action: Action;
  /** For people: `web listened on 127.0.0.1:3000 only; HOST=0.0.0.0 set`. */
  readonly summary: string;
}

/** One thing that is known to go wrong, and its remedy. Pure: it reads the evidence and the plan, and proposes a typed action or stays silent. */
export interface Rule {
  /** `family/name`, unique: `loopback/host-variable`. */
  readonly id: string;
  /** CamelCase name of what was seen: `ListensOnLoopback`; the reason of its Event and the signature in status. */
  readonly signature: string;
  readonly layer: Layer;
  /** Where the knowledge comes from: a row of the catalogue, or an observation. */
  readonly origin: string;
  propose(evidence: Evidence, service: Service, plan: Plan): Proposal | undefined;
}
