import type { Service } from "../../plan.ts";
import { codeLanguageOf, findInCode, type CodeText } from "./code-text.ts";
import { folderOf, joinPath } from "./service-files.ts";

/** Files of Java, Ruby, PHP, .NET, Rust and Elixir that run when a service starts, as far as their usual places tell. */
export function startedOthers(service: Service, sources: readonly CodeText[]): readonly string[] {
  const prefix = service.path === "." ? "" : `${service.path}/`;
  return sources
    .filter(({ path }) => {
      const below = path.startsWith(prefix) ? path.slice(prefix.length) : path;
      switch (codeLanguageOf(path)) {
        case "java":
          return !/^(?:buildSrc|project)\/|(?:^|\/)(?:test|it|integrationTest)\/|\.gradle(?:\.kts)?$/.test(below);
        case "csharp":
          return /(?:^|\/)(?:Program|Startup)\.\w+$/.test(below);
        case "elixir":
          return /^config\/(?:runtime|releases|prod\.secret)\.exs$/.test(below);
        case "rust":
          return isOfProgram(service, below);
        case "php":
          return !/(?:^|\/)(?:tests?|database\/(?:seeders|factories|seeds))\//.test(below);
        case "python":
        case "javascript":
        case "go":
        case "ruby":
        case undefined:
          return false;
      }
    })
    .map(({ path }) => path)
    .concat(startedRuby(service, sources));
}

/** A program of `src/bin` is one of several; a build script and examples run elsewhere. */
function isOfProgram({ start }: Service, below: string): boolean {
  const bin = /(?:^|\/)src\/bin\/(?<name>[\w-]+)(?:\.rs|\/)/.exec(below)?.groups?.["name"];
  if (bin !== undefined) return (start ?? "").includes(bin);
  return !/(?:^|\/)(?:build\.rs$|examples\/|benches\/|tests\/)/.test(below);
}

/** Rails loads its configuration, and of each environment only production's; a script loads what it requires. */
function startedRuby(service: Service, sources: readonly CodeText[]): readonly string[] {
  if (service.language !== "ruby") return [];
  const all = new Map(sources.map((source) => [source.path, source]));
  const at = (path: string): string => joinPath(service.path, path) ?? path;
  const config = [...all.keys()].filter((path) =>
    /(?:^|\/)config\/(?:application|boot|environment|puma|environments\/production|initializers\/[\w/.-]+)\.rb$/.test(
      path,
    ),
  );
  const named = [...(service.start ?? "").matchAll(/(?<file>[\w./-]{1,200}\.r[bu])\b/g)].map((match) =>
    at(match.groups?.["file"] ?? ""),
  );
  const open = [...named, at("config.ru"), ...(service.framework === "rails" ? config : [])];
  const seen = new Set<string>();
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const source = all.get(path);
    if (source === undefined || seen.has(path)) continue;
    seen.add(path);
    for (const match of findInCode(source, /\brequire(?:_relative)?[ \t(]+["'](?<target>[\w./-]{1,200})["']/g)) {
      const target = (match.groups["target"] ?? "").replace(/\.rb$/, "");
      for (const base of [folderOf(path), service.path, at("lib")]) open.push(`${joinPath(base, target) ?? target}.rb`);
    }
  }
  return [...seen];
}
