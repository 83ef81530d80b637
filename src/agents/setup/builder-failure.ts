import type { Failure } from "../../failure.ts";
import type { Refusal } from "../cluster.ts";

/** The cluster does not let a builder be made: an administrator's matter, whoever's run it is. */
export function refused(refusal: Refusal, what: string): Failure {
  return {
    reason: "BuilderRefused",
    message: `${what} was refused: ${refusal.message}`.slice(0, 1000),
    hint: "the namespace of the builders must exist, allow privileged pods, and have room; see docs/troubleshooting.md",
    layer: "Cluster",
    blame: "Platform",
  };
}

/** Somebody else's Service has a builder's name; it is never touched. */
export function stranger(builder: string): Failure {
  return {
    reason: "NameConflict",
    message: `Service ${builder} exists in the namespace of the builders and is not a builder's`,
    hint: "remove the Service if nobody needs it",
    layer: "Cluster",
    blame: "Platform",
  };
}
