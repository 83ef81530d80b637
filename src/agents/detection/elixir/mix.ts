import { joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";

/** What mix.exs says, as far as its text shows: it is a program, and is not run. */
export interface Mix {
  readonly file: string;
  /** `app: :shop`; undefined for an umbrella. */
  readonly app: string | undefined;
  /** `elixir: "~> 1.14"` */
  readonly elixir: string | undefined;
  readonly dependencies: ReadonlySet<string>;
  /** A dependency comes from Hex or git. */
  readonly fetches: boolean;
  /** A dependency is a folder. */
  readonly readsFolders: boolean;
  /** The first of `releases:`; undefined where none is named. */
  readonly release: string | undefined;
  readonly isUmbrella: boolean;
  /** It starts something: `mod: {Shop.Application, []}`. */
  readonly starts: boolean;
  /** Name of the program that `escript:` makes. */
  readonly escript: string | undefined;
  readonly aliases: ReadonlySet<string>;
  readonly hasLock: boolean;
}

/** Reads the mix.exs of a folder; undefined where there is none. */
export async function readMix(tree: SourceTree, folder: string): Promise<Mix | undefined> {
  const file = joinPath(folder, "mix.exs") ?? "mix.exs";
  const text = await tree.read(file);
  if (text === undefined) return undefined;
  const code = text.replaceAll(/^[ \t]*#[^\n]*$/gm, "").replaceAll(/[ \t]#[ \t][^\n"]{0,300}$/gm, "");
  const dependencies = [...code.matchAll(/\{[ \t\n]*:(?<name>[a-z]\w{0,60}),(?<rest>[^{}\n]{0,200})/g)]
    .map((match) => ({ name: match.groups?.["name"] ?? "", rest: match.groups?.["rest"] ?? "" }))
    .filter(({ rest }) => /["']|\b(?:git|github|path|in_umbrella):/.test(rest));
  const isFolder = ({ rest }: { readonly rest: string }): boolean => /\b(?:path|in_umbrella):/.test(rest);
  const app = /\bapp:[ \t]*:(?<app>[a-z]\w{0,60})/.exec(code)?.groups?.["app"];
  const escript = /\bescript:/.test(code);
  return {
    file,
    app,
    elixir: /\belixir:[ \t]*"(?<said>[^"\n]{1,40})"/.exec(code)?.groups?.["said"],
    dependencies: new Set(dependencies.map(({ name }) => name)),
    fetches: dependencies.some((one) => !isFolder(one)),
    readsFolders: dependencies.some(isFolder),
    release: /\breleases:[ \t]*\[\s*(?<name>[a-z]\w{0,60}):/.exec(code)?.groups?.["name"] ?? releaseBelow(code),
    isUmbrella: /\bapps_path:/.test(code),
    starts: /\bmod:[ \t]*\{/.test(code),
    escript: escript ? app : undefined,
    aliases: new Set(
      [...code.matchAll(/"(?<name>(?:assets|ecto)\.\w{1,20})":/g)].map((match) => match.groups?.["name"] ?? ""),
    ),
    hasLock: /"\w+":/.test((await tree.read(joinPath(folder, "mix.lock") ?? "mix.lock")) ?? ""),
  };
}

/** `releases: releases()` and the function further down. */
function releaseBelow(code: string): string | undefined {
  return /\bdefp?[ \t]+releases\b[^\n]{0,20}\bdo\s*\[\s*(?<name>[a-z]\w{0,60}):/.exec(code)?.groups?.["name"];
}
