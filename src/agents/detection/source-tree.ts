/** A read-only look at a checkout. It never leaves the root, never follows a link out, and never reads without a limit. */
export interface SourceTree {
  /** True for a regular file or a link that stays inside. Paths are relative to the root, with `/`. */
  has(path: string): Promise<boolean>;
  /** Text of a file up to 512 KB; undefined when it is missing, too large, binary, or leads out of the tree. */
  read(path: string): Promise<string | undefined>;
  /** Names in a folder, sorted; folders end with "/". Empty when it is missing. */
  list(path: string): Promise<readonly string[]>;
  /** Every file below a folder, sorted, without `.git`, `node_modules`, `vendor`, virtual environments and the like; at most 20,000. */
  files(below?: string): Promise<readonly string[]>;
}

/** Largest file that is read, and most files that are walked. */
export const maxReadBytes = 524_288;
export const maxFiles = 20_000;

const aside = new Set([
  ".git/",
  ".hg/",
  ".svn/",
  "node_modules/",
  "bower_components/",
  "vendor/",
  ".venv/",
  "venv/",
  "virtualenv/",
  "__pycache__/",
  "site-packages/",
  ".tox/",
  ".nox/",
  ".mypy_cache/",
  ".pytest_cache/",
  ".next/",
  ".nuxt/",
  ".yarn/",
  ".pnpm-store/",
  ".gradle/",
  ".terraform/",
]);

/** True for a folder (`name/`) that holds what others wrote or a tool made: it is not walked. */
export function isAside(name: string): boolean {
  return aside.has(name);
}

/** A path without `.`, `..` and doubled slashes, "" for the root; undefined when it would leave the root. */
export function normalPath(path: string): string | undefined {
  if (path.includes("\0")) return undefined;
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}
