#!/usr/bin/env node
/** The only file that knows everyone: it picks a mode and loads that mode alone. */
const [mode = "help", ...rest] = process.argv.slice(2);

const jobs = new Set(["job", "registry-gate", "registry-forward", "git-server", "hook"]);

if (mode === "controller") {
  const { runOperator } = await import("./operator.ts");
  process.exitCode = await runOperator(process.env);
} else if (mode === "api") {
  const { runApi } = await import("./api/run.ts");
  process.exitCode = await runApi(process.env);
} else if (jobs.has(mode)) {
  const { runJob } = await import("./jobs/main.ts");
  process.exitCode = await runJob(mode, rest);
} else {
  const { runCli } = await import("./cli/main.ts");
  process.exitCode = await runCli(process.argv.slice(2));
}
