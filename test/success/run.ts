/**
 * The harness for truth: takes a file of cases through the real operator and says what came of each.
 *
 *   node test/success/run.ts [CASES…] [--only NAME,NAME] [--parallel N] [--timeout MINUTES] [--times N] [--report DIR] [--resume] [--keep] [--prediction Auto|Off]
 *   node test/success/run.ts --plan FOLDER|FACTS.json      plans alone: no cluster
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

const { values, positionals } = parseArgs({
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
    plan: { type: "boolean", default: false },
    prediction: { type: "string" },
  },
});

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
  let failed = 0;
  for (let round = 1; round <= Number(values.times); round += 1) {
    const folder = Number(values.times) > 1 ? join(values.report, `round-${round}`) : values.report;
    const rows = await runAll(cases, folder);
    failed += rows.filter(({ ok }) => !ok).length;
    console.log(sumOf(rows));
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
async function runAll(cases: readonly Case[], folder: string): Promise<Row[]> {
  const known = values.resume ? resumed(folder) : [];
  const rows = known.filter(({ ok, name }) => ok && cases.some((one) => one.name === name));
  const waiting = cases.filter(({ name }) => !rows.some((row) => row.name === name));
  if (waiting.length === 0) return rows;
  const kube = new Kube(process.env["KUBECONFIG"] ?? localPaths().kubeconfig);
  const stand = await openStand(kube, waiting);
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
  if (!values.keep) {
    await dismiss(kube, values.namespace);
    await kube.remove("Namespace", "", `${values.namespace}-git`);
  }
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
