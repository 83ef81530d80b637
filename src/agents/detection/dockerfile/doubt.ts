import type { Platform } from "../language.ts";
import { plainText } from "../plain-text.ts";
import { normalPath, type SourceTree } from "../source-tree.ts";
import type { CopiedSource, ImageFacts } from "./image-facts.ts";
import { isAnswered } from "./unlisted-bases.ts";

/**
 * Why a Dockerfile cannot make an image of these sources here: it packs what somebody built elsewhere, or a base that no mirror answers for.
 * Where a language knows the sources, its way is better. Undefined: nothing speaks against it.
 */
export async function doubtOf(
  tree: SourceTree,
  request: { readonly file: string; readonly context: string; readonly facts: ImageFacts; readonly platform: Platform },
): Promise<string | undefined> {
  const { file, context, facts, platform } = request;
  for (const copied of facts.copied) {
    const missing = await missingSource(tree, context, copied);
    if (missing !== undefined)
      return plainText(`${file}:${copied.line} copies ${missing}, which is not in the repository`);
  }
  const base = facts.bases.find((one) => !isAnswered(one, platform));
  return base === undefined ? undefined : plainText(`${file} is built FROM ${base}, which cannot be had here`);
}

/** The source as written where nothing of that name is there. Of a pattern only its folder has to be. */
async function missingSource(tree: SourceTree, context: string, { source }: CopiedSource): Promise<string | undefined> {
  if (/^[a-z]+:\/\/|^git@|^<</i.test(source) || source.includes("$") || source === "") return undefined;
  const plain = source.split("/");
  const pattern = plain.findIndex((part) => /[*?[\]\\]/.test(part));
  const known = (pattern === -1 ? plain : plain.slice(0, pattern)).join("/");
  const path = normalPath(`${context}/${known}`);
  if (path === undefined || path === "" || /(?:^|\/)\.git(?:\/|$)/.test(path)) return undefined;
  return (await tree.has(path)) || (await tree.list(path)).length > 0 ? undefined : source;
}
