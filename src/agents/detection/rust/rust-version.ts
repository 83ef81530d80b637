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
import { parseToml } from "../toml.ts";
import type { CargoProject } from "./project.ts";

/** Which Rust builds it. */
export interface RustChoice extends LineChoice {
  /** The repository wants a nightly compiler. */
  readonly nightly: boolean;
}

/** Rust's newest line builds whatever older ones build, so that there is one usual line. */
const rustLines: Lines = {
  name: "rust",
  lines: [{ line: "1.96", since: "2026-05", until: "2999-12" }],
  usual: "1.96",
};

const editions: Readonly<Record<string, string>> = { "2018": "1.31", "2021": "1.56", "2024": "1.85" };

/** Spec > env > repo-runner.yaml > version files > rust-toolchain > the lowest that Cargo.toml takes > the newest. */
export async function chooseRust(tree: SourceTree, project: CargoProject, wishes: Wishes): Promise<RustChoice> {
  const pins = await pinnedWords(tree, project.folder, wishes, {
    names: ["rust"],
    environment: ["RUST_VERSION", "RAILPACK_RUST_VERSION", "NIXPACKS_RUST_VERSION", "RUSTUP_TOOLCHAIN"],
    files: ["rust-version.txt", ".rust-version"],
  });
  const toolchain = await toolchainOf(tree, [...new Set([project.folder, project.root, "."])]);
  const nightly = /^(?:nightly|dev)\b/.test(toolchain?.channel ?? "");
  const words: LineWord[] = [
    ...pins,
    ...(toolchain !== undefined && /^\d+\.\d+(?:\.\d+)?$/.test(toolchain.channel)
      ? [{ said: toolchain.channel, from: toolchain.file, where: toolchain.file, pins: true }]
      : []),
    ...lowest(project),
  ];
  const choice = chooseLine(rustLines, words, { ...wishes.platform, commitDate: undefined });
  if (!nightly || pins.length > 0) return { ...choice, nightly: false };
  const file = toolchain?.file ?? "rust-toolchain";
  return {
    ...choice,
    from: `${file} ${toolchain?.channel ?? ""}`.slice(0, 200),
    where: file,
    nightly,
    ...(wishes.platform.baseImages === "Any"
      ? {}
      : {
          warning:
            `${file} wants ${toolchain?.channel ?? ""}; Rust ${choice.version} stands in, its unstable features allowed`.slice(
              0,
              256,
            ),
        }),
  };
}

interface Toolchain {
  readonly channel: string;
  readonly file: string;
}

/** rust-toolchain.toml, or rust-toolchain with a line or a table. */
async function toolchainOf(tree: SourceTree, folders: readonly string[]): Promise<Toolchain | undefined> {
  for (const folder of folders) {
    for (const name of ["rust-toolchain.toml", "rust-toolchain"]) {
      const file = joinPath(folder, name) ?? name;
      const text = await tree.read(file);
      if (text === undefined) continue;
      const table = parseToml(text)?.["toolchain"];
      const { channel, version } = (table ?? {}) as { channel?: unknown; version?: unknown };
      const line = /^[\w.-]{1,60}$/.exec(text.trim())?.[0];
      const said = [channel, version, line].find((one) => typeof one === "string");
      if (typeof said === "string" && /^[\w.-]{1,60}$/.test(said)) return { channel: said, file };
    }
  }
  return undefined;
}

/** `rust-version` and the edition are the oldest that will do, not the one that is wanted. */
function lowest({ manifest, rootManifest, packages, folder }: CargoProject): readonly LineWord[] {
  const where = joinPath(folder, "Cargo.toml") ?? "Cargo.toml";
  const all = [manifest, ...packages.map((one) => one.manifest)];
  const shared = rootManifest.workspace?.package;
  const told = [...all.map((one) => one.package?.["rust-version"]), shared?.["rust-version"]]
    .filter((one) => one !== undefined && /^\d+\.\d+(?:\.\d+)?$/.test(one))
    .map((one) => boundingWord(`>=${one ?? ""}`, `Cargo.toml rust-version ${one ?? ""} or newer`, where));
  const edition = [...all.map((one) => one.package?.edition), shared?.edition]
    .filter((one) => one !== undefined)
    .toSorted()
    .at(-1);
  const since = editions[edition ?? ""];
  const bound = boundingWord(
    since && `>=${since}`,
    `Cargo.toml edition ${edition ?? ""}: ${since ?? ""} or newer`,
    where,
  );
  return [...told, bound].filter((word) => word !== undefined);
}
