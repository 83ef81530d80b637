import type { Rule } from "../rule.ts";

/** The start command fails at once although its file is there: the next candidate that code found is tried. */
export const start: readonly Rule[] = [
  {
    id: "start/next-candidate",
    signature: "StartWrong",
    layer: "Process",
    origin: "observed: the program ended with an error within seconds and left no word of its own code",
    propose({ failure }, service) {
      const usage = [2, 64, 126, 127].includes(failure.exitCode ?? -1);
      if (failure.reason !== "CrashLoop" || !usage) return undefined;
      const other = service.otherStarts.find((candidate) => candidate.line !== service.start);
      if (!other) return undefined;
      return {
        action: { kind: "SetStart", start: other.line },
        summary: `${service.name}: exit code ${failure.exitCode}; started by ${other.line.slice(0, 80)} (${other.from.slice(0, 60)}) instead`,
      };
    },
  },
];
