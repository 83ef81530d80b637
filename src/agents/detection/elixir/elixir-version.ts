import {
  boundingWord,
  chooseLine,
  type LineChoice,
  type Lines,
  type LineWord,
  pinnedWords,
} from "../../requirements/line-choice.ts";
import type { Wishes } from "../language.ts";
import type { SourceTree } from "../source-tree.ts";
import type { Mix } from "./mix.ts";

/** Elixir's lines that have official images. Bumped by hand. */
const elixir: Lines = {
  name: "elixir",
  lines: [
    { line: "1.11", since: "2020-10", until: "2022-09" },
    { line: "1.12", since: "2021-05", until: "2023-06" },
    { line: "1.13", since: "2021-12", until: "2024-06" },
    { line: "1.14", since: "2022-09", until: "2025-06" },
    { line: "1.15", since: "2023-06", until: "2025-10" },
    { line: "1.16", since: "2024-01", until: "2026-06" },
    { line: "1.17", since: "2024-06", until: "2026-12" },
    { line: "1.18", since: "2024-12", until: "2027-06" },
    { line: "1.19", since: "2025-10", until: "2027-12" },
  ],
  usual: "1.18",
};

const elixirPlaces = {
  names: ["elixir"],
  environment: ["ELIXIR_VERSION", "RAILPACK_ELIXIR_VERSION", "NIXPACKS_ELIXIR_VERSION"],
  files: [".elixir-version"],
};

const erlangPlaces = {
  names: ["erlang"],
  environment: ["ERLANG_VERSION", "RAILPACK_ERLANG_VERSION"],
  files: [".erlang-version"],
};

/** Which Elixir, and of which Erlang where somebody names one: `1.18-otp-27`. */
export async function chooseElixir(
  tree: SourceTree,
  folder: string,
  mix: Mix,
  wishes: Wishes,
): Promise<LineChoice & { readonly tag: string }> {
  const words: (LineWord | undefined)[] = [...(await pinnedWords(tree, folder, wishes, elixirPlaces))];
  // `~> 1.14` is everything below 2, `~> 1.14.2` below 1.15.
  const range = mix.elixir
    ?.replace(/~>[ \t]*(?=\d+\.\d+(?:-\w+)?[ \t]*(?:$|or\b))/g, "^")
    .replaceAll(/[ \t]+or[ \t]+/g, " || ");
  words.push(boundingWord(range?.replace(/-\w+$/, ""), `${mix.file} elixir "${mix.elixir ?? ""}"`, mix.file));
  const choice = chooseLine(
    elixir,
    words.filter((word) => word !== undefined),
    wishes.platform,
  );
  const [erlang] = await pinnedWords(tree, folder, wishes, erlangPlaces);
  const major = /^\d+/.exec(erlang?.said ?? "")?.[0];
  const version = choice.version.replace(/-otp-\d+$/, "");
  const otp = /-otp-\d+$/.exec(choice.version)?.[0] ?? (major === undefined ? "" : `-otp-${major}`);
  // Where only some images are, there is one Erlang for each Elixir.
  const tag = wishes.platform.baseImages === "Listed" ? version : `${version}${otp}`;
  return { ...choice, version, tag };
}
