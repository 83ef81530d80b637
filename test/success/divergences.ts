import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fields, type Field } from "./facts.ts";

/** One line of docs/divergences/*.md: where we differ from a peer on purpose. */
export interface Divergence {
  /** `railpack/node-npm`; `*` stands for any part of a name. */
  readonly tree: string;
  readonly fields: readonly Field[];
  /** What the peer and we say, where the table has it in backticks; else any. `–` is nothing. */
  readonly peerSays: string | undefined;
  readonly weSay: string | undefined;
  readonly why: string;
  readonly file: string;
}

/** Reads every table with the columns tree, field, peer says, we say, why. */
export function readDivergences(folder = join(import.meta.dirname, "../../docs/divergences")): readonly Divergence[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".md"));
  } catch {
    return [];
  }
  return names.flatMap((file) =>
    readFileSync(join(folder, file), "utf8")
      .split("\n")
      .flatMap((line) => rowOf(line, file)),
  );
}

function rowOf(line: string, file: string): Divergence[] {
  // A bar inside of backticks is part of a shell line.
  const cells = line.match(/(?<=\|)(?:`[^`]*`|[^|`])*(?=\|)/g)?.map((cell) => cell.trim()) ?? [];
  const [tree = "", told = "", peer = "", we = "", why = ""] = cells;
  const known = told.split(/,\s*/).filter((name): name is Field => (fields as readonly string[]).includes(name));
  if (!/^`?[\w.-]+\/[\w.*-]+`?$/.test(tree) || known.length === 0 || why === "") return [];
  return [{ tree: tree.replaceAll("`", ""), fields: known, peerSays: quoted(peer), weSay: quoted(we), why, file }];
}

function quoted(cell: string): string | undefined {
  return cell === "–" ? "–" : /^`(.*)`$/.exec(cell)?.[1];
}

/** The line that tells of a difference, or undefined. `wanted` is the peer's. */
export function explained(
  all: readonly Divergence[],
  tree: string,
  { field, wanted, found }: { readonly field: Field; readonly wanted: string | null; readonly found: string | null },
): Divergence | undefined {
  return all.find(
    (one) =>
      one.fields.includes(field) &&
      fits(one.tree, tree) &&
      (one.peerSays === undefined || one.peerSays === (wanted ?? "–")) &&
      (one.weSay === undefined || one.weSay === (found ?? "–")),
  );
}

function fits(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(".", String.raw`\.`));
  return new RegExp(`^${parts.join("[^/]*")}$`).test(name);
}
