import { joinPath } from "../../config/service-files.ts";
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
import { type Gems, rangeOfGem } from "./gems.ts";

/** Ruby's lines that have official images. Bumped by hand. */
const ruby: Lines = {
  name: "ruby",
  lines: [
    { line: "2.5", since: "2017-12", until: "2021-04" },
    { line: "2.6", since: "2018-12", until: "2022-04" },
    { line: "2.7", since: "2019-12", until: "2023-03" },
    { line: "3.0", since: "2020-12", until: "2024-04" },
    { line: "3.1", since: "2021-12", until: "2025-03" },
    { line: "3.2", since: "2022-12", until: "2026-03" },
    { line: "3.3", since: "2023-12", until: "2027-03" },
    { line: "3.4", since: "2024-12", until: "2028-03" },
    { line: "4.0", since: "2025-12", until: "2029-03" },
  ],
  usual: "3.4",
};

const places = {
  names: ["ruby"],
  environment: ["RUBY_VERSION", "RAILPACK_RUBY_VERSION", "NIXPACKS_RUBY_VERSION", "BP_MRI_VERSION"],
  files: [".ruby-version"],
};

export interface RubyChoice extends LineChoice {
  /** Bundler would refuse this Ruby, since the Gemfile names another one exactly. */
  readonly refused: boolean;
}

/** Which Ruby: spec > environment > version files > Gemfile > lock > the usual one. */
export async function chooseRuby(
  tree: SourceTree,
  folder: string,
  gems: Gems | undefined,
  wishes: Wishes,
): Promise<RubyChoice> {
  const words: (LineWord | undefined)[] = [...(await pinnedWords(tree, folder, wishes, places))];
  const gemfile = joinPath(folder, "Gemfile") ?? "Gemfile";
  if (gems?.ruby !== undefined) words.push(gemfileWord(gems.ruby, gemfile));
  const { lockedRuby } = gems ?? {};
  const lock = `${gemfile}.lock`;
  if (lockedRuby !== undefined) words.push({ said: lockedRuby, from: `${lock} RUBY VERSION`, where: lock, pins: true });
  const choice = chooseLine(
    ruby,
    words.filter((word) => word !== undefined),
    wishes.platform,
  );
  const exact = /^\d+\.\d+\.\d+$/.exec(gems?.ruby ?? "")?.[0];
  const refused =
    (exact !== undefined && choice.version !== exact) || (gems?.rubyFile === true && choice.warning !== undefined);
  return { ...choice, refused };
}

/** `ruby "3.2.1"` pins; `ruby ">= 3.1"` bounds. */
function gemfileWord(said: string, where: string): LineWord | undefined {
  const from = `${where} ruby "${said}"`;
  return /^\d+(?:\.\d+){1,2}$/.test(said)
    ? { said, from, where, pins: true }
    : boundingWord(rangeOfGem(said), from, where);
}
