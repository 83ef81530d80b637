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

function excerptOf(text: string): readonly string[] {
  const lines = text
    .slice(0, mostChars)
    .split("\n")
    .slice(0, mostLines)
    .map((line) =>
      line
        // oxlint-disable-next-line no-control-regex
        .replaceAll(/[\u0000-\u001F\u007F]/g, " ")
        .trimEnd()
        .slice(0, 200),
    )
    .filter((line) => line.trim() !== "");
  return redactLines(lines);
}
