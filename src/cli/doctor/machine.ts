import { execFile } from "node:child_process";
import type { Check } from "./check.ts";

const limitMs = 5_000;

/** What this machine brings: Node and git. */
export async function machineChecks(kubeconfig: string | undefined): Promise<readonly Check[]> {
  const git = await gitVersion();
  const found = [
    `node ${process.versions.node}`,
    ...(git === undefined ? [] : [`git ${git}`]),
    ...(kubeconfig === undefined ? [] : [`kubeconfig ${kubeconfig}`]),
  ];
  const checks: Check[] = [{ part: "machine", state: "ok", text: found.join(" · ") }];
  if (Number(process.versions.node.split(".")[0]) < 24) {
    checks.push({
      part: "machine",
      state: "mend",
      text: `node ${process.versions.node} is too old`,
      next: ["./repo-runner brings Node 24 by itself; call it instead of node"],
    });
  }
  if (git === undefined)
    checks.push({
      part: "machine",
      state: "know",
      text: "git is not in PATH: plan URL cannot clone; everything else works",
    });
  return checks;
}

async function gitVersion(): Promise<string | undefined> {
  return await new Promise((resolve) => {
    execFile("git", ["--version"], { timeout: limitMs }, (error, stdout) => {
      resolve(error ? undefined : /\d+(?:\.\d+)+/.exec(stdout)?.[0]);
    });
  });
}
