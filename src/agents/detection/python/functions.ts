import { type CodeText, findInCode } from "../../config/code-text.ts";
import { joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";
import type { PythonProject } from "./project.ts";
import type { PythonStart } from "./start.ts";
import { isPlainPath } from "./start.ts";

/**
 * A function for Google's Functions Framework, which brings the server: the one that its decorator marks, that `project.toml` names for
 * the buildpack (GOOGLE_FUNCTION_TARGET), or the only one of main.py that takes a request. A handler of events is none: nobody sends them.
 */
export async function findFunction(
  tree: SourceTree,
  folder: string,
  sources: readonly CodeText[],
  project: PythonProject | undefined,
): Promise<PythonStart | undefined> {
  if (project?.dependencies.has("functions-framework") !== true) return undefined;
  const source = sources.find(({ path }) => path === (joinPath(folder, "main.py") ?? "main.py")) ?? sources[0];
  if (source === undefined) return undefined;
  const file = folder === "." ? source.path : source.path.slice(folder.length + 1);
  const functions = findInCode(
    source,
    /^(?<mark>@functions_framework\.http\s+)?(?:async )?def (?<name>[A-Za-z]\w{0,60})\((?<first>\w{0,40})/gm,
  );
  const buildpack = (await tree.read(joinPath(folder, "project.toml") ?? "")) ?? "";
  const told = /name\s*=\s*"GOOGLE_FUNCTION_TARGET"\s+value\s*=\s*"(?<name>\w{1,60})"/.exec(buildpack)?.groups?.[
    "name"
  ];
  const takers = functions.filter(({ groups }) => (groups["first"] ?? "").startsWith("req"));
  const chosen =
    functions.find(({ groups }) => groups["mark"] !== undefined) ??
    functions.find(({ groups }) => groups["name"] === told) ??
    (takers.length === 1 ? takers[0] : undefined);
  const name = chosen?.groups["name"];
  if (chosen === undefined || name === undefined || !isPlainPath(file)) return undefined;
  return {
    kind: "Web",
    framework: "functions-framework",
    line: `functions-framework --target=${name} --source=${file} --host=0.0.0.0 --port=$PORT`,
    because: `function ${name} in ${source.path}`.slice(0, 250),
    where: `${source.path}:${chosen.line}`,
    sure: "Certain",
    port: { number: 8080, readsPort: true },
  };
}
