import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fields, type Field } from "./facts.ts";

/** One line of docs/divergences/*.md: where we differ from a peer on purpose. */
export interface Divergence {
  /** `railpack/node-npm`; `*` stands for any part of a name. */
  readonly tree: string;
  readonly fields: readonly Field[];
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
  const [tree = "", told = "", , , why = ""] = cells;
  const known = told.split(/,\s*/).filter((name): name is Field => (fields as readonly string[]).includes(name));
  if (!/^`?[\w.-]+\/[\w.*-]+`?$/.test(tree) || known.length === 0 || why === "") return [];
  return [{ tree: tree.replaceAll("`", ""), fields: known, why, file }];
}

/** The line that tells of this difference, or undefined. */
export function explained(
  all: readonly Divergence[],
  source: string,
  tree: string,
  field: Field,
): Divergence | undefined {
  const name = `${source}/${tree}`;
  return all.find((one) => one.fields.includes(field) && fits(one.tree, name));
}

function fits(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.]/g, String.raw`\.`));
  return new RegExp(`^${parts.join("[^/]*")}$`).test(name);
}
