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
import { type Composer, rangeOfComposer } from "./composer.ts";

/** PHP's lines that have official images. Bumped by hand. */
const php: Lines = {
  name: "php",
  lines: [
    { line: "7.2", since: "2017-11", until: "2020-11" },
    { line: "7.3", since: "2018-12", until: "2021-12" },
    { line: "7.4", since: "2019-11", until: "2022-11" },
    { line: "8.0", since: "2020-11", until: "2023-11" },
    { line: "8.1", since: "2021-11", until: "2025-12" },
    { line: "8.2", since: "2022-12", until: "2026-12" },
    { line: "8.3", since: "2023-11", until: "2027-12" },
    { line: "8.4", since: "2024-11", until: "2028-12" },
    { line: "8.5", since: "2025-11", until: "2029-12" },
  ],
  usual: "8.4",
};

const places = {
  names: ["php"],
  environment: [
    "PHP_VERSION",
    "RAILPACK_PHP_VERSION",
    "NIXPACKS_PHP_VERSION",
    "BP_PHP_VERSION",
    "GOOGLE_RUNTIME_VERSION",
  ],
  files: [".php-version"],
};

/** Which PHP: spec > environment > version files > composer.json, bounded by what the locked packages take > the usual one. */
export async function choosePhp(
  tree: SourceTree,
  folder: string,
  composer: Composer | undefined,
  wishes: Wishes,
): Promise<LineChoice> {
  const words: (LineWord | undefined)[] = [...(await pinnedWords(tree, folder, wishes, places))];
  if (composer !== undefined) {
    const { file } = composer;
    const platform = composer.platform === undefined ? undefined : /^\d+\.\d+/.exec(composer.platform)?.[0];
    // What packages are chosen for: where there is no image of it, a newer one that they all take will do.
    if (platform !== undefined)
      words.push({ said: platform, from: `${file} config.platform.php ${platform}`, where: file, pins: true });
    const said = composer.php === undefined ? undefined : rangeOfComposer(composer.php);
    words.push(boundingWord(said, `${file} php "${composer.php ?? ""}"`, file));
    const lock = file.replace(/\.json$/, ".lock");
    const locked = new Set(composer.lockedPhp.map(rangeOfComposer));
    for (const range of [...locked].slice(0, 64)) words.push(boundingWord(range, `${lock} php "${range}"`, lock));
  }
  return chooseLine(
    php,
    words.filter((word) => word !== undefined),
    wishes.platform,
  );
}
