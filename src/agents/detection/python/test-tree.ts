import type { SourceTree } from "../source-tree.ts";
export function treeOf(files: Readonly<Record<string, string>>): SourceTree {
  const paths = Object.keys(files).toSorted();
  return {
    has: async (path) => Object.hasOwn(files, path),
    read: async (path) => files[path],
    list: async (path) => {
      const prefix = path === "." || path === "" ? "" : `${path}/`;
      return [
        ...new Set(
          paths
            .filter((p) => p.startsWith(prefix))
            .map((p) => p.slice(prefix.length))
            .map((p) => (p.includes("/") ? `${p.split("/")[0]}/` : p)),
        ),
      ];
    },
    files: async (below = ".") =>
      paths.filter((p) => (below === "." || p.startsWith(`${below}/`)) && !/(^|\/)(vendor|node_modules)\//.test(p)),
  };
}
