import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { withPredictions, withRules } from "./fixes-page.ts";
import { generatedFiles } from "./generated.ts";
import { renderedManifests } from "./rendered.ts";

// `npm run generate`: writes what is derived from the zod types and from the chart. test/drift holds the files against it.
function write(path: string, text: string): void {
  const file = join(import.meta.dirname, "..", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(path);
}

for (const [path, text] of generatedFiles()) write(path, text);
write("docs/fixes.md", withRules(readFileSync(join(import.meta.dirname, "../docs/fixes.md"), "utf8")));
write("docs/prediction.md", withPredictions(readFileSync(join(import.meta.dirname, "../docs/prediction.md"), "utf8")));
write("deploy/repo-runner.yaml", await renderedManifests());
