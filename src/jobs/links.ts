import { readlink, realpath, unlink } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";

/** Removes the links of a tree that lead out of it, directly or through others; gives how many. A link to what is missing may stay when its place would be inside. */
export async function removeStrayLinks(root: string, links: readonly string[]): Promise<number> {
  const top = await realpath(root);
  let removed = 0;
  for (const link of links) {
    const path = join(top, link);
    if (await staysInside(top, path)) continue;
    await unlink(path).catch(() => undefined);
    removed += 1;
  }
  return removed;
}

async function staysInside(top: string, path: string): Promise<boolean> {
  try {
    return isBelow(top, await realpath(path));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // ELOOP and the like lead nowhere.
    if (code !== "ENOENT" && code !== "ENOTDIR") return false;
  }
  try {
    return isBelow(top, resolve(await realpath(dirname(path)), await readlink(path)));
  } catch {
    return true;
  }
}

/** True for a folder itself and for everything below it. */
export function isBelow(top: string, path: string): boolean {
  return path === top || path.startsWith(`${top}${sep}`);
}
