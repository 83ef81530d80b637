import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";

const Expectation = z.strictObject({
  /** Every link is asked until one answers like this. */
  http: z
    .strictObject({ path: z.string().startsWith("/"), status: z.int().default(200), contains: z.string().optional() })
    .optional(),
  /** For what ends by itself, or has no link: words of a program's log. */
  log: z.strictObject({ contains: z.string() }).optional(),
  /** An honest end other than a link: the reason of condition Ready, and words of its message, hint or lines. */
  state: z.strictObject({ reason: z.string(), contains: z.string().optional() }).optional(),
});
export type Expectation = z.infer<typeof Expectation>;

/** One repository and what has to come of it. */
export const Case = z
  .strictObject({
    name: z.string().regex(/^[a-z][-a-z0-9]{0,38}[a-z0-9]$/, "must be a name: lower-case letters, digits, dashes"),
    /** Folder, relative to the file of the case: it is made a git repository and served from inside the cluster. */
    dir: z.string().optional(),
    /** Or a repository that the cluster reaches by itself. */
    git: z.string().optional(),
    ref: z.string().optional(),
    path: z.string().optional(),
    env: z.record(z.string(), z.string()).default({}),
    /** More of the RepoRun's spec; `source` is made from the fields above. */
    spec: z.record(z.string(), z.unknown()).default({}),
    /** A Secret `<name>-env` that a person creates once the run says that it needs it. */
    gives: z.record(z.string(), z.string()).optional(),
    /** For the table; else what the plan says. */
    language: z.string().optional(),
    expect: Expectation,
  })
  .refine((one) => (one.dir === undefined) !== (one.git === undefined), "give either dir or git");
export type Case = z.infer<typeof Case>;

const File = z.union([z.strictObject({ cases: z.array(Case) }), Case.transform((one) => ({ cases: [one] }))]);

/** Reads a file of cases, or every `*.json` of a folder. A file that is no such thing is told with the place of the mistake. */
export function readCases(from: string): Case[] {
  const files = statSync(from).isDirectory()
    ? readdirSync(from)
        .filter((name) => name.endsWith(".json"))
        .toSorted()
        .map((name) => join(from, name))
    : [from];
  const cases = files.flatMap((file) => readFile(file));
  const twice = cases.find((one, index) => cases.findIndex(({ name }) => name === one.name) !== index);
  if (twice) throw new Error(`two cases are called ${twice.name}: rename one`);
  return cases;
}

function readFile(file: string): Case[] {
  const parsed = File.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data.cases.map((one) =>
    one.dir === undefined ? one : { ...one, dir: resolve(dirname(file), one.dir) },
  );
}
