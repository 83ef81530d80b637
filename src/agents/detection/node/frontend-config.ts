import type { SourceTree } from "../source-tree.ts";

/** Text of a tool's configuration (`vite.config`), whatever its ending is, without whole-line comments; "" where there is none. */
export async function configOf(tree: SourceTree, path: string, name: string): Promise<string> {
  for (const ending of ["js", "ts", "mjs", "mts", "cjs"]) {
    const text = await tree.read(at(path, `${name}.${ending}`));
    if (text !== undefined) return text.slice(0, 65_536).replaceAll(/^[ \t]*\/\/.*$/gm, "");
  }
  return "";
}

/** The folder that a key of a configuration names (`outDir: "./out"`), or undefined. */
export function quotedAfter(text: string, key: string): string | undefined {
  return folder(new RegExp(`\\b${key}\\s*:\\s*["'\`]([\\w./-]+)["'\`]`).exec(text)?.[1]);
}

/** A folder inside the service, or undefined. */
export function folder(text: string | undefined): string | undefined {
  const bare = text?.replace(/^(?:\.?\/)+/, "").replace(/\/+$/, "");
  return bare === undefined || bare === "" || bare.split("/").includes("..") ? undefined : bare;
}

/** Where Angular leaves what browsers get, relative to the service. */
export async function angularOutput(tree: SourceTree, path: string): Promise<string> {
  const text = (await tree.read(at(path, "angular.json"))) ?? "";
  const told = folder(/"outputPath"\s*:\s*(?:\{\s*"base"\s*:\s*)?"([\w./-]+)"/.exec(text)?.[1]);
  const project = /"projects"\s*:\s*\{\s*"([\w.-]+)"/.exec(text)?.[1] ?? "app";
  const output = told ?? `dist/${project}`;
  // The newer builder puts what browsers get into a folder of its own.
  return /"builder"\s*:\s*"@angular[^"]*:application"/.test(text) ? `${output}/browser` : output;
}

/** A path in a folder. */
export function at(path: string, name: string): string {
  return path === "." ? name : `${path}/${name}`;
}
