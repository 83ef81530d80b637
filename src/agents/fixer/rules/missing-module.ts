import type { Rule } from "../rule.ts";

/** The entry point that was started does not exist in the image: another that code found is tried. */
export const missingModule: readonly Rule[] = [
  {
    id: "missing-module/entry-point",
    signature: "StartMissing",
    layer: "Process",
    origin: "catalogue N15, observed",
    propose({ log, failure }, service) {
      if (failure.layer === "Build") return undefined;
      const lines = [...(failure.lines ?? []), ...log];
      const seen = lines.some((line) =>
        /Cannot find module '\/|can't open file '|Error: No such file or directory: .*\.py|ModuleNotFoundError: No module named|Error loading ASGI app|Failed to find attribute|npm (error|ERR!) Missing script|no such file or directory|: not found|executable file not found/i.test(
          line,
        ),
      );
      const other = service.otherStarts.find((candidate) => candidate.line !== service.start);
      if (!seen || !other) return undefined;
      return {
        action: { kind: "SetStart", start: other.line },
        summary: `${service.name}: ${(service.start ?? "its command").slice(0, 60)} does not start; ${other.line.slice(0, 60)} (${other.from.slice(0, 60)}) instead`,
      };
    },
  },
];
