/**
 * Runs every tier, fastest first, and prints what a person wants to know: one line a tier, what failed, and the sum alone on the last line.
 * `node test/run.ts [--sanity | --all]`: sanity needs no cluster and ends in a minute; --all adds the slow end-to-end runs.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

interface Tier {
  readonly name: string;
  readonly what: string;
  run(): Promise<Result>;
}

interface Result {
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly string[];
}

const root = join(import.meta.dirname, "..");
const out = join(root, "out");
const flags = new Set(process.argv.slice(2));
mkdirSync(out, { recursive: true });

const tiers: Tier[] = [
  {
    name: "check",
    what: "types, lint, format",
    run: () =>
      programs([
        ["oxfmt", "--check", "."],
        ["oxlint", "--type-aware", "--type-check"],
      ]),
  },
  { name: "unit", what: "agents, controller, command line, drift", run: () => vitest("unit", {}) },
];
if (!flags.has("--sanity")) {
  tiers.push({ name: "programs", what: "of the node: built from source, or out of the cache", run: build });
  tiers.push({ name: "api", what: "CRD, refusals, runtime on a real API server", run: () => vitest("api", {}) });
  const tier = flags.has("--all") ? "all" : "core";
  tiers.push({
    name: "e2e",
    what: `${tier} runs on a real cluster`,
    run: () => vitest("e2e", { REPO_RUNNER_E2E: tier }),
  });
}

let passed = 0;
let failed = 0;
for (const tier of tiers) {
  const start = Date.now();
  const result = await tier.run();
  passed += result.passed;
  failed += result.failed;
  const line = `${tier.name.padEnd(9)} ${tier.what} `;
  const seconds = ((Date.now() - start) / 1000).toFixed(0);
  console.log(
    `${line.padEnd(64, ".")} ${result.failed === 0 ? `ok ${result.passed}` : `${result.failed} of ${result.passed + result.failed} failed`}  ${seconds} s`,
  );
  for (const failure of result.failures) console.log(`  ${failure}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Programs that pass or fail as a whole; each counts one. */
async function programs(lines: readonly (readonly [string, ...string[]])[]): Promise<Result> {
  const failures: string[] = [];
  for (const [program, ...args] of lines) {
    const { code, text } = await run(join(root, "node_modules", ".bin", program), args, {}, false);
    if (code !== 0) failures.push(`${program} ${args.join(" ")}\n${text.slice(-4000)}`);
  }
  return { passed: lines.length - failures.length, failed: failures.length, failures };
}

/** What the tiers below stand on; counts for nothing, but that it fails. */
async function build(): Promise<Result> {
  const { code, text } = await run(process.execPath, [join(root, "deploy/local/build.ts")], {}, true);
  const failures = code === 0 ? [] : [`deploy/local/build.ts\n${text.slice(-2000)}`];
  return { passed: 0, failed: failures.length, failures };
}

async function vitest(project: string, env: Readonly<Record<string, string>>): Promise<Result> {
  const file = join(out, `${project}.json`);
  rmSync(file, { force: true });
  const args = ["run", "--project", project, "--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const { code, text } = await run(
    join(root, "node_modules", ".bin", "vitest"),
    args,
    env,
    project === "e2e" || project === "api",
  );
  try {
    const report = JSON.parse(readFileSync(file, "utf8")) as {
      numPassedTests: number;
      numFailedTests: number;
      testResults: {
        name: string;
        status: string;
        message?: string;
        assertionResults: { status: string; fullName: string; failureMessages?: string[] }[];
      }[];
    };
    const failures = report.testResults.flatMap((suite) => [
      ...(suite.status === "failed" && suite.assertionResults.every((each) => each.status !== "failed")
        ? [`${suite.name}: ${(suite.message ?? "did not load").slice(0, 1500)}`]
        : []),
      ...suite.assertionResults
        .filter((each) => each.status === "failed")
        .map((each) => `${each.fullName}: ${(each.failureMessages ?? []).join(" ").slice(0, 1200)}`),
    ]);
    return {
      passed: report.numPassedTests,
      failed: Math.max(report.numFailedTests, failures.length, code === 0 ? 0 : 1),
      failures,
    };
  } catch {
    return { passed: 0, failed: 1, failures: [`vitest ${project} did not report\n${text.slice(-3000)}`] };
  }
}

function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  show: boolean,
): Promise<{ code: number; text: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...env, CI: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    const take = (chunk: Buffer) => {
      text = (text + chunk.toString("utf8")).slice(-200_000);
      if (show) process.stderr.write(chunk);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code: code ?? 1, text });
    });
  });
}
