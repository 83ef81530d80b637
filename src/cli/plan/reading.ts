import type { SourceTree } from "../../agents/detection/source-tree.ts";

/** A tree that counts the files it was asked to read: told to the person, since a plan should not need many. */
export function counting(tree: SourceTree): SourceTree & { readonly filesRead: () => number } {
  const read = new Set<string>();
  return {
    has: (path) => tree.has(path),
    list: (path) => tree.list(path),
    files: (below) => tree.files(below),
    read: async (path) => {
      const text = await tree.read(path);
      if (text !== undefined) read.add(path);
      return text;
    },
    filesRead: () => read.size,
  };
}
