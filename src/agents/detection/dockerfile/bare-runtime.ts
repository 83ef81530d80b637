import { joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";
import type { ImageFacts } from "./image-facts.ts";

/** Node's images, whose own command is a prompt that ends at once without a person. */
const node = /(?:^|\/)node(?::|@|$)/;

/**
 * How the program of a Dockerfile without CMD and ENTRYPOINT starts, where its base image is Node's: the start script of the package.json beside it, since
 * the command is meant to be said elsewhere (a second compose file, a person).
 */
export async function startOfBareImage(
  tree: SourceTree,
  folder: string,
  facts: ImageFacts,
): Promise<string | undefined> {
  if (facts.command !== undefined || !node.test(facts.base)) return undefined;
  const text = (await tree.read(joinPath(folder, "package.json") ?? "package.json")) ?? "";
  if (!/"scripts"\s{0,8}:\s{0,8}\{[^}]{0,8000}"start"\s{0,8}:/.test(text)) return undefined;
  const names = await tree.list(folder);
  return names.includes("yarn.lock") ? "yarn start" : "npm start";
}
