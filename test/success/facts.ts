import { readFileSync, statSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";

/** The fields in which plans are compared, in the order in which they are shown. */
export const fields = ["language", "version", "install", "build", "start"] as const;
export type Field = (typeof fields)[number];

const Line = z.string().max(4096).nullable().optional();

/** What somebody expects of the plan of one tree. A field that is absent is not compared; null: there is none. */
export const TreeFacts = z.strictObject({
  name: z.string().regex(/^[\w.-]{1,100}$/),
  /** Folder of the tree, relative to the file of facts. */
  dir: z.string(),
  /** Variables as a RepoRun's spec.env would give them. */
  env: z.record(z.string(), z.string()).default({}),
  facts: z.strictObject({
    language: Line,
    /** Of the runtime; `20` stands for all of its line. */
    version: Line,
    install: Line,
    build: Line,
    start: Line,
  }),
});
export type TreeFacts = z.infer<typeof TreeFacts>;

const FactsFile = z.strictObject({
  /** Who says so: `railpack b5e8058`; its first word names the divergences that are written down for it. */
  source: z.string().max(100),
  trees: z.array(TreeFacts).max(5000),
});

/** Expected facts of many trees; `dir` of each is absolute. */
export type Facts = z.infer<typeof FactsFile>;

/** Reads a file of facts, or a folder of trees of which nothing is expected but that they can be planned. */
export function readFacts(place: string): Facts {
  if (statSync(place).isDirectory()) {
    const trees = readdirSync(place, { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() && !entry.name.startsWith("."),
    );
    const named = trees.map(({ name }) => ({ name, dir: resolve(join(place, name)), env: {}, facts: {} }));
    return { source: "folder", trees: named.toSorted((one, other) => (one.name < other.name ? -1 : 1)) };
  }
  const parsed = FactsFile.safeParse(JSON.parse(readFileSync(place, "utf8")));
  if (!parsed.success) throw new Error(`${place}: ${z.prettifyError(parsed.error)}`);
  const { source, trees } = parsed.data;
  return { source, trees: trees.map((tree) => ({ ...tree, dir: resolve(dirname(place), tree.dir) })) };
}
