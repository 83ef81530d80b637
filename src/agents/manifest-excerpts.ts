import type { Plan } from "../plan.ts";
import { redactLines } from "../redact.ts";
import { joinPath } from "./config/service-files.ts";
import type { SourceTree } from "./detection/source-tree.ts";

/** The beginning of a file that says what a service is made of. */
export interface ManifestExcerpt {
  readonly path: string;
  readonly lines: readonly string[];
}

const manifests = [
  "package.json",
  "pyproject.toml",
  "requirements.txt",
  "Pipfile",
  "go.mod",
  "Cargo.toml",
  "pom.xml",
  "build.gradle",
  "build.gradle.kts",
  "Gemfile",
  "composer.json",
  "mix.exs",
  "deno.json",
  "CMakeLists.txt",
];
const mostFiles = 4;
const mostLines = 60;
const mostChars = 2000;

/** What the survey keeps of the manifests for whoever has to mend the plan later: four files, 2,000 characters each, redacted. Nothing of a lock file or a `.env`. */
export async function manifestExcerpts(tree: SourceTree, { services }: Plan): Promise<readonly ManifestExcerpt[]> {
  const found = new Map<string, ManifestExcerpt>();
  for (const { path, recipe } of services) {
    for (const name of [...(recipe.dockerfile === undefined ? [] : [recipe.dockerfile]), ...manifests]) {
      const file = name === recipe.dockerfile ? name : joinPath(path, name);
      if (file === undefined || found.has(file) || found.size >= mostFiles) continue;
      const text = await tree.read(file);
      if (text !== undefined) found.set(file, { path: file.slice(0, 256), lines: excerptOf(text) });
    }
  }
  return [...found.values()];
}

/** Redacted before it is cut: half a secret is one that nobody knows again. */
function excerptOf(text: string): readonly string[] {
  const whole = text.slice(0, mostChars * 4).split("\n");
  if (text.length > mostChars * 4) whole.pop();
  // oxlint-disable-next-line no-control-regex
  const plain = redactLines(whole.map((line) => line.replaceAll(/[\u0000-\u001F\u007F]/g, " ").trimEnd()));
  const lines: string[] = [];
  let chars = 0;
  for (const line of plain.filter((each) => each.trim() !== "").slice(0, mostLines)) {
    lines.push(line.slice(0, Math.min(200, mostChars - chars)));
    chars += Math.min(200, line.length) + 1;
    if (chars >= mostChars) break;
  }
  return lines;
}
