import type { Failure } from "../../failure.ts";
import { redact } from "../../redact.ts";

/** BuildKit's own frontend under its published names: what the daemon has built in is the same thing. */
const own = /^(?:docker\.io\/)?docker\/dockerfile(?:-upstream)?(?:[:@].*)?$/;

/**
 * Takes the `# syntax=` line out of a Dockerfile where it names BuildKit's own frontend, and refuses another one unless an administrator allows it:
 * a frontend is a program of somebody's choice with access to the build's session. The daemon holds the same rule; this one says it in words.
 */
export function withoutSyntax(
  text: string,
  allowed: readonly string[],
): { readonly text: string } | { readonly failure: Failure } {
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  for (const [index, line] of lines.entries()) {
    if (index === 0 && line.startsWith("#!")) continue;
    // Directives stand at the very top; the first line that is none ends them.
    const directive = /^(?:#|\/\/)\s*(?<key>[A-Za-z][A-Za-z0-9]*)\s*=\s*(?<value>.*?)\s*$/.exec(line);
    if (!directive) break;
    if (directive.groups?.["key"]?.toLowerCase() !== "syntax") continue;
    const frontend = directive.groups["value"] ?? "";
    if (own.test(frontend)) {
      // An empty comment keeps the numbers of the lines below, which error messages name.
      return { text: lines.with(index, "#").join("\n") };
    }
    return isAllowed(frontend, allowed) ? { text } : { failure: frontendRefused(frontend, index + 1) };
  }
  return { text: lines.join("\n") };
}

function isAllowed(frontend: string, allowed: readonly string[]): boolean {
  const repository = frontend.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
  return allowed.some((each) => each === repository || each === frontend);
}

function frontendRefused(frontend: string, line: number): Failure {
  return {
    reason: "FrontendRefused",
    message: `the Dockerfile asks for a frontend of its own (${redact(frontend).slice(0, 120)}), which this installation does not allow`,
    hint: "remove the `# syntax=` line, or have an administrator add the frontend to builder.frontends in the chart's values",
    layer: "Build",
    blame: "Spec",
    where: `Dockerfile:${line}`,
  };
}
