/**
 * The harness for truth: takes a file of cases through the real operator and says what came of each.
 *
 *   node test/success/run.ts [CASES…] [--only NAME,NAME] [--parallel N] [--timeout MINUTES] [--times N] [--report DIR] [--shared] [--resume] [--keep] [--prediction Auto|Off]
 *   node test/success/run.ts --plan FOLDER|FACTS.json      plans alone: no cluster
 *
 * --shared: rounds share a namespace, and so what its runs have learnt; without it each begins anew. --keep: runs and namespace stay.
 *
 * CASES: JSON files or folders of them; default: the project's own set (cases/ and the trees of test/e2e/repos). The cluster is that of KUBECONFIG, or the embedded one.
 * Exit codes: 0 every expectation holds; 1 one does not; 2 a wrong argument or file.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { localPaths } from "../../deploy/local/paths.ts";
import { dismiss, tenant } from "../e2e/support/world.ts";
import { Kube } from "../e2e/support/kube.ts";
import { pushedGit } from "../e2e/support/pushed-git.ts";
import { type Case, readCases } from "./cases.ts";
import { drive, type Row, type Stand } from "./drive.ts";
import { headLine, lineOf, sumOf, writeReport } from "./report.ts";

const given = {
  allowPositionals: true,
  options: {
    only: { type: "string" },
    parallel: { type: "string", default: "3" },
    timeout: { type: "string", default: "15" },
    times: { type: "string", default: "1" },
    report: { type: "string", default: join(import.meta.dirname, "../../out/success") },
    namespace: { type: "string", default: "repo-runner-success" },
    resume: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
    shared: { type: "boolean", default: false },
    plan: { type: "boolean", default: false },
    prediction: { type: "string" },
  },
} as const;

const usage =
  "usage: node test/success/run.ts [CASES…] [--only NAME,NAME] [--parallel N] [--timeout MINUTES] [--times N] [--report DIR] [--namespace NAME] [--shared] [--resume] [--keep] [--prediction Auto|Off]\n       node test/success/run.ts --plan FOLDER|FACTS.json";

function argumentsOf(): ReturnType<typeof parseArgs<typeof given>> {
  try {
    return parseArgs(given);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    process.exit(2);
  }
}

const { values, positionals } = argumentsOf();

/** The project's own set: cases that name their trees, and the trees of the end-to-end tests. */
const own = [join(import.meta.dirname, "cases"), join(import.meta.dirname, "../e2e/repos")];

process.exitCode = values.plan ? await plansOnly() : await main();

async function plansOnly(): Promise<number> {
  const { runPlanMode } = await import("./plan-mode.ts");
  return await runPlanMode(positionals);
}

async function main(): Promise<number> {
  let cases: Case[];
  try {
    cases = wanted(readCases(positionals.length > 0 ? positionals : own));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 2;
  }
  const kube = new Kube(process.env["KUBECONFIG"] ?? localPaths().kubeconfig);
  let stand: Stand | undefined;
  let failed = 0;
  for (let round = 1; round <= Number(values.times); round += 1) {
    const folder = Number(values.times) > 1 ? join(values.report, `round-${round}`) : values.report;
    const known = values.resume ? resumed(folder) : [];
    const done = known.filter(({ ok, name }) => ok && cases.some((one) => one.name === name));
    const open = cases.filter(({ name }) => !done.some((row) => row.name === name));
    if (open.length > 0) stand ??= await openStand(kube, open);
    const rows = stand === undefined ? done : await runAll(stand, open, { done, folder });
    failed += rows.filter(({ ok }) => !ok).length;
    console.log(sumOf(rows));
    const last = round === Number(values.times);
    if (stand !== undefined && !values.keep && (last || !values.shared)) {
      await dismiss(kube, values.namespace);
      await kube.remove("Namespace", "", `${values.namespace}-git`);
      stand = undefined;
    }
  }
  return failed === 0 ? 0 : 1;
}

function wanted(cases: readonly Case[]): Case[] {
  const only = values.only?.split(",");
  const unknown = only?.find((name) => !cases.some((one) => one.name === name));
  if (unknown !== undefined) throw new Error(`--only ${unknown}: no case is called so`);
  return cases.filter(({ name }) => only === undefined || only.includes(name));
}

/** Every case once, `--parallel` at a time; results are kept as they come, and with --resume what is known to hold is left out. */
async function runAll(
  stand: Stand,
  cases: readonly Case[],
  { done, folder }: { readonly done: readonly Row[]; readonly folder: string },
): Promise<Row[]> {
  const rows = [...done];
  const waiting = [...cases];
  console.log(headLine);
  const worker = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const row = await drive(stand, one, values.keep);
      rows.push(row);
      console.log(lineOf(row));
      writeReport(folder, rows);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Number(values.parallel)) }, worker));
  return rows;
}

function resumed(folder: string): Row[] {
  const file = join(folder, "results.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Row[]) : [];
}

/** A fresh namespace, and a git server in the cluster that holds every `dir`. */
async function openStand(kube: Kube, cases: readonly Case[]): Promise<Stand> {
  await tenant(kube, values.namespace);
  const secret = cases.filter((one) => one.private).map(({ name }) => name);
  const git = await pushedGit(kube, `${values.namespace}-git`, { password: "success-pa55", secret });
  for (const { name, dir } of cases) if (dir !== undefined) git.pushFolder(name, dir);
  return {
    kube,
    namespace: values.namespace,
    timeoutMs: Number(values.timeout) * 60_000,
    ...(values.prediction === undefined ? {} : { prediction: values.prediction }),
    urlOf: (one) => one.git ?? git.url(one.name),
  };
}
