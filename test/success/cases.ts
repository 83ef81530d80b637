import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { expectationOf } from "../e2e/support/expectation.ts";
import { account } from "../e2e/support/git-server.ts";

const Expectation = z.strictObject({
  /** Every link is asked until one answers like this. */
  http: z
    .strictObject({ path: z.string().startsWith("/"), status: z.int().default(200), contains: z.string().optional() })
    .optional(),
  /** For what ends by itself, or has no link: words of a program's log. */
  log: z.strictObject({ contains: z.string() }).optional(),
  /** An honest end other than a link: the reason of condition Ready, and words of its message, hint or lines. */
  state: z.strictObject({ reason: z.string(), contains: z.string().optional() }).optional(),
  /** What has to have been mended on the way: signatures of the fixes, each at least once. */
  fixes: z.array(z.string()).optional(),
  /** What may have been foreseen in place of those fixes, by signature, where it is called otherwise than they are. */
  predictions: z.array(z.string()).optional(),
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
    /** Its git server asks for an account when it is cloned. */
    private: z.boolean().default(false),
    /** For the table; else what the plan says. */
    language: z.string().optional(),
    expect: Expectation,
  })
  .refine((one) => (one.dir === undefined) !== (one.git === undefined), "give either dir or git");
export type Case = z.infer<typeof Case>;

const File = z.union([z.strictObject({ cases: z.array(Case) }), Case.transform((one) => ({ cases: [one] }))]);

/** Reads files of cases, folders of such files, and folders of trees that hold an expect.json each. A file that is no such thing is told with the place of the mistake. */
export function readCases(places: readonly string[]): Case[] {
  const cases = places.flatMap((place) => (statSync(place).isDirectory() ? readFolder(place) : readFile(place)));
  const twice = cases.find((one, index) => cases.findIndex(({ name }) => name === one.name) !== index);
  if (twice) throw new Error(`two cases are called ${twice.name}: rename one`);
  return cases;
}

function readFolder(folder: string): Case[] {
  const names = readdirSync(folder).toSorted();
  const files = names.filter((name) => name.endsWith(".json")).flatMap((name) => readFile(join(folder, name)));
  const trees = names.filter((name) => existsSync(join(folder, name, "expect.json")));
  return [...files, ...trees.map((name) => readTree(join(folder, name), name))];
}

/** A tree of the end-to-end tests, with the same expectations beside its files. */
function readTree(dir: string, name: string): Case {
  const { spec = {}, gives, http, log, state } = expectationOf(dir);
  const expect = { ...(http ? { http } : {}), ...(log ? { log } : {}), ...(state ? { state } : {}) };
  const isPrivate = name === account.repository;
  return Case.parse({ name, dir, spec, expect, private: isPrivate, ...(gives === undefined ? {} : { gives }) });
}

function readFile(file: string): Case[] {
  const parsed = File.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data.cases.map((one) =>
    one.dir === undefined ? one : { ...one, dir: resolve(dirname(file), one.dir) },
  );
}
