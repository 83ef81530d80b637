import type { Rule } from "../rule.ts";

/** A program that was taken for a server and ended by itself without an error is a Job. */
export const ends: readonly Rule[] = [
  {
    id: "ends/by-itself",
    signature: "EndsByItself",
    layer: "Process",
    origin: "observed: exit code 0 within a minute, nothing listened",
    propose({ failure }, service) {
      if (failure.reason !== "EndsByItself" || service.kind === "Job") return undefined;
      return {
        action: { kind: "SetKind", to: "Job" },
        summary: `${service.name} ends by itself with exit code 0; it is run as a Job`,
      };
    },
  },
];
