import { closeSync, fstatSync, openSync, readdirSync, readSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { isAside, maxFiles, maxReadBytes, normalPath, type SourceTree } from "./source-tree.ts";

/** Folders deeper than this are not walked: nobody starts a program there. */
const maxDepth = 16;

/** A checkout on disk as a tree. Looks are synchronous inside: many small files, read once each, and nothing else to do meanwhile. */
export function openTree(root: string): SourceTree {
  return new FolderTree(realpathSync(root));
}

/** Text of a file, a byte order mark left out; undefined for what is none. Editors of Windows write UTF-16 now and then: `pip freeze > …` there does. */
function textOf(bytes: Buffer): string | undefined {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe && bytes.length % 2 === 0;
  if (!isWide && bytes.includes(0)) return undefined;
  const text = bytes.toString(isWide ? "utf16le" : "utf8").replace(/^\uFEFF/, "");
  return text.includes("\0") ? undefined : text;
}

class FolderTree implements SourceTree {
  readonly #root: string;
  readonly #texts = new Map<string, string | undefined>();
  readonly #lists = new Map<string, readonly string[]>();
  readonly #walks = new Map<string, readonly string[]>();
  /** Linked folders are listed and read, but not walked: one may lead above itself. */
  readonly #linked = new Set<string>();

  constructor(root: string) {
    this.#root = root;
  }

  async has(path: string): Promise<boolean> {
    const real = this.#resolve(path);
    return real !== undefined && (statSync(real, { throwIfNoEntry: false })?.isFile() ?? false);
  }

  async read(path: string): Promise<string | undefined> {
    const key = normalPath(path);
    if (key === undefined) return undefined;
    if (!this.#texts.has(key)) this.#texts.set(key, this.#text(key));
    return this.#texts.get(key);
  }

  async list(path: string): Promise<readonly string[]> {
    const inside = normalPath(path);
    return inside === undefined ? [] : this.#names(inside);
  }

  async files(below = "."): Promise<readonly string[]> {
    const start = normalPath(below);
    if (start === undefined) return [];
    const known = this.#walks.get(start);
    if (known !== undefined) return known;
    const found: string[] = [];
    this.#walk(start, 0, found);
    found.sort();
    this.#walks.set(start, found);
    return found;
  }

  /** The place on disk that a path means, links followed; undefined when it is missing or leads out of the root. */
  #resolve(path: string): string | undefined {
    const inside = normalPath(path);
    if (inside === undefined) return undefined;
    try {
      const real = realpathSync(join(this.#root, inside));
      return real === this.#root || real.startsWith(this.#root + sep) ? real : undefined;
    } catch {
      return undefined;
    }
  }

  #text(path: string): string | undefined {
    const real = this.#resolve(path);
    if (real === undefined) return undefined;
    let file: number | undefined;
    try {
      // A pipe or a device of a hostile checkout must not be opened at all.
      if (!statSync(real).isFile()) return undefined;
      file = openSync(real, "r");
      const { size } = fstatSync(file);
      if (size > maxReadBytes) return undefined;
      const bytes = Buffer.alloc(size);
      const length = readSync(file, bytes, 0, size, 0);
      return textOf(bytes.subarray(0, length));
    } catch {
      return undefined;
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }

  #names(path: string): readonly string[] {
    const known = this.#lists.get(path);
    if (known !== undefined) return known;
    const names = this.#read(path);
    this.#lists.set(path, names);
    return names;
  }

  #read(path: string): readonly string[] {
    const real = this.#resolve(path);
    if (real === undefined) return [];
    try {
      return readdirSync(real, { withFileTypes: true })
        .slice(0, maxFiles)
        .flatMap((entry) => {
          if (path === "" && entry.name === ".git") return [];
          if (entry.isDirectory()) return [`${entry.name}/`];
          if (entry.isFile()) return [entry.name];
          return entry.isSymbolicLink() ? this.#link(path, entry.name) : [];
        })
        .toSorted();
    } catch {
      return [];
    }
  }

  #link(folder: string, name: string): readonly string[] {
    const path = folder === "" ? name : `${folder}/${name}`;
    const target = this.#resolve(path);
    const seen = target === undefined ? undefined : statSync(target, { throwIfNoEntry: false });
    if (seen?.isDirectory()) {
      this.#linked.add(`${path}/`);
      return [`${name}/`];
    }
    return seen?.isFile() ? [name] : [];
  }

  #walk(folder: string, depth: number, found: string[]): void {
    if (depth > maxDepth) return;
    const names = this.#names(folder);
    // A committed virtual environment, whatever its name is.
    if (depth > 0 && names.includes("pyvenv.cfg")) return;
    for (const name of names) {
      if (found.length >= maxFiles) return;
      const path = folder === "" ? name : `${folder}/${name}`;
      if (!name.endsWith("/")) found.push(path);
      else if (!isAside(name) && !this.#linked.has(path)) this.#walk(path.slice(0, -1), depth + 1, found);
    }
  }
}
