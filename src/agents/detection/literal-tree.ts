import { isAside, normalPath, type SourceTree } from "./source-tree.ts";

/** A tree from texts by path, for tests and for what never was on disk. */
export function treeOf(files: Readonly<Record<string, string>>): SourceTree {
  const paths = Object.keys(files).toSorted();
  return {
    has: async (path) => Object.hasOwn(files, normalPath(path) ?? ""),
    read: async (path) => {
      const key = normalPath(path) ?? "";
      return Object.hasOwn(files, key) ? files[key] : undefined;
    },
    list: async (path) => {
      const folder = normalPath(path);
      const prefix = folder === "" ? "" : `${folder}/`;
      const names = paths
        .filter((each) => folder !== undefined && each.startsWith(prefix))
        .map((each) => each.slice(prefix.length).replace(/\/.*$/s, "/"));
      return [...new Set(names)].toSorted();
    },
    files: async (below = ".") => {
      const folder = normalPath(below);
      const prefix = folder === "" ? "" : `${folder}/`;
      return paths.filter(
        (path) =>
          folder !== undefined &&
          path.startsWith(prefix) &&
          !path
            .slice(prefix.length)
            .split("/")
            .slice(0, -1)
            .some((name) => isAside(`${name}/`)),
      );
    },
  };
}
