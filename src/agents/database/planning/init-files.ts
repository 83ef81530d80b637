import type { Database } from "../../../plan.ts";
import type { SourceTree } from "../../detection/source-tree.ts";

/** Folders and names by which people say: run this when the database is made. */
const clear = /(?:^|\/)(?:docker-entrypoint-initdb\.d|initdb(?:\.d)?)\/[\w.-]+\.sql$/;
const usual =
  /^(?:[\w-]{1,40}\/)?(?:(?:db|database|sql|postgres(?:ql)?|mysql|mariadb|schema|data)\/)?(?<name>init|initdb|create|create_tables|schema|structure|setup|tables|seed|seeds|data|sample_data)\.sql$/;
const order = [
  "init",
  "initdb",
  "create",
  "create_tables",
  "schema",
  "structure",
  "setup",
  "tables",
  "seed",
  "seeds",
  "data",
  "sample_data",
];
const maxFiles = 8;
const maxText = 65_536;

/**
 * SQL files that fill a new database, where nothing else does: those of a folder that is called after the images' own, else a schema that
 * makes tables and that no code of the repository runs by itself.
 */
export async function initFiles(
  tree: SourceTree,
  texts: readonly ReadonlyMap<string, string>[],
): Promise<Database["init"]> {
  const files = (await tree.files()).filter((path) => path.endsWith(".sql"));
  const named = files.filter((path) => clear.test(path)).toSorted();
  if (named.length > 0) return await read(tree, named);
  // Who migrates makes its tables itself.
  if (files.some((path) => /(?:^|\/)(?:migrations?|db\/migrate|changelog)\//.test(path))) return [];
  const found = files
    .flatMap((path) => {
      const name = usual.exec(path)?.groups?.["name"];
      return name === undefined || /(?:^|\/)(?:tests?|migrations?|examples?|docs?)\//.test(path)
        ? []
        : [{ path, rank: order.indexOf(name) }];
    })
    .toSorted((one, other) => one.rank - other.rank || (one.path < other.path ? -1 : 1))
    .map(({ path }) => path);
  const folder = found[0]?.includes("/") === true ? found[0].slice(0, found[0].lastIndexOf("/") + 1) : "";
  const together = found.filter((path) => path.slice(0, path.lastIndexOf("/") + 1) === folder);
  const makes = (text: string) => /\bCREATE\s+(?:TEMP\w*\s+)?TABLE\b/i.test(text);
  for (const path of together) {
    const name = path.split("/").at(-1) ?? path;
    if (texts.some((each) => [...each.values()].some((text) => text.includes(name)))) return [];
  }
  if (texts.some((each) => [...each.values()].some(makes))) return [];
  const init = await read(tree, together);
  return init.some(({ text }) => makes(text)) ? init : [];
}

async function read(tree: SourceTree, paths: readonly string[]): Promise<Database["init"]> {
  const found: Database["init"] = [];
  for (const [index, path] of paths.slice(0, maxFiles).entries()) {
    const text = await tree.read(path);
    const file = path.split("/").at(-1) ?? "init.sql";
    if (text === undefined || text.length > maxText || !/^[\w.-]{1,50}$/.test(file)) continue;
    // The number keeps them in order, whatever they are called.
    found.push({ name: `${String(index).padStart(2, "0")}-${file}`, text });
  }
  return found;
}

/** The database that such files speak of: `USE shop;`, `CREATE DATABASE shop`. */
export function databaseIn(init: Database["init"]): string | undefined {
  for (const { text } of init) {
    const name =
      /^\s*(?:USE\s+|CREATE\s+DATABASE\s+(?:IF\s+NOT\s+EXISTS\s+)?|\\c(?:onnect)?\s+)[`"]?(?<name>[A-Za-z_]\w{0,50})/im.exec(
        text,
      )?.groups?.["name"];
    if (name !== undefined) return name;
  }
  return undefined;
}
