import { joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";

/** Folders that package managers fill: what lies there is in our image as well. */
const filled = /^(?:\.\/)?(?:node_modules|vendor|\.venv|venv)\//;

/**
 * Whether a line starts what another host's own build would have made (`./app`, `target/release/app`, `java -jar target/app.jar`): our build puts its
 * products elsewhere, so such a line says nothing here.
 */
export async function isOwnProduct(tree: SourceTree, folder: string, line: string): Promise<boolean> {
  const [first = ""] = wordsOf(line);
  const jar = wordsOf(line).find((word) => word.endsWith(".jar"));
  if (/^(?:java|\S*\/java)$/.test(first) && jar !== undefined) return !(await has(tree, folder, jar));
  return /^(?:go|cargo|mvn|gradle|dotnet)$/.test(first) || (await isMissingProgram(tree, folder, line));
}

/** Whether a line starts a file of the folder that is not there. */
export async function isMissingProgram(tree: SourceTree, folder: string, line: string): Promise<boolean> {
  const [first = ""] = wordsOf(line);
  if (!first.includes("/") || first.startsWith("/") || filled.test(first)) return false;
  return !(await has(tree, folder, first));
}

function wordsOf(line: string): readonly string[] {
  return line.split(/\s+/).filter((word) => word !== "" && !/^[A-Z_]\w*=/.test(word) && word !== "exec");
}

async function has(tree: SourceTree, folder: string, path: string): Promise<boolean> {
  const inside = joinPath(folder, path);
  return inside !== undefined && (await tree.has(inside));
}
