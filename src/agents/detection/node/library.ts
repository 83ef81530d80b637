import type { Detection } from "../language.ts";
import { plainText } from "../plain-text.ts";
import type { SourceTree } from "../source-tree.ts";
import { at } from "./frontend-config.ts";
import type { NodePackage } from "./package-json.ts";
import { workspacesOf } from "./workspace.ts";

/**
 * Understood, and nothing to run: a library, or a program that is typed by people. Undefined where a package.json only holds a
 * repository's tools, or names the packages of a workspace: then others may know more.
 */
export async function libraryOf(tree: SourceTree, pkg: NodePackage): Promise<Detection | undefined> {
  const { json } = pkg;
  const isTool = json.bin !== undefined;
  const isLibrary =
    isTool ||
    [json.exports, json.module, json.types, json.files].some((field) => field !== undefined) ||
    (json.main !== undefined && json.private !== true);
  if (!isLibrary || (await workspacesOf(tree, pkg)).length > 0 || (await tree.has(at(pkg.path, "index.html"))))
    return undefined;
  const names = [...pkg.dependencies.keys()].slice(0, 5).join(", ");
  const what = isTool ? "command-line tool" : "library";
  const entry = (["exports", "main", "module", "types", "files"] as const).find((field) => json[field] !== undefined);
  return {
    sure: "Likely",
    services: [],
    notAService: plainText(
      `a Node ${what} (${json.name ?? "without a name"}, package.json ${isTool ? "bin" : (entry ?? "exports")})`,
    ),
    lookedFor: [
      ["a server in the dependencies", names === "" ? "no dependencies" : plainText(`none known (${names})`)],
      ["package.json scripts.start", json.scripts["start"] === undefined ? "none" : "serves for writing it only"],
      ["server.js app.js index.js main.js", "none that listens"],
      ["Dockerfile Procfile", "none"],
    ],
  };
}
