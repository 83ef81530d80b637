import { existsSync, mkdirSync, statfsSync } from "node:fs";
import { createServer } from "node:net";
import { availableParallelism, freemem, totalmem } from "node:os";
import { network } from "../../../deploy/local/network.ts";
import type { LocalPaths } from "../../../deploy/local/paths.ts";
import { StepFailure, type Report } from "../../../deploy/local/step-failure.ts";
import { recordedPrograms, runningPid } from "../../../deploy/local/background.ts";

const gib = 1024 ** 3;
const needs = { memory: 3 * gib, disk: 8 * gib };

/** Whether this machine can carry a node: memory, disk, free ports. */
export async function checkMachine(paths: LocalPaths, report: Report): Promise<void> {
  const startedAt = Date.now();
  const isRunning = recordedPrograms(paths).some((name) => runningPid(paths, name) !== undefined);
  mkdirSync(paths.cache, { recursive: true });
  const disk = statfsSync(paths.cache);
  const free = disk.bavail * disk.bsize;
  if (free < needs.disk) {
    throw new StepFailure("check", `${gigabytes(free)} of disk are free, ${gigabytes(needs.disk)} are needed`, {
      next: `free some, or REPO_RUNNER_CACHE= and REPO_RUNNER_HOME= on another disk; ${paths.cache} itself can always be deleted`,
      turn: "Person",
    });
  }
  if (!isRunning && totalmem() < needs.memory) {
    throw new StepFailure(
      "check",
      `this machine has ${gigabytes(totalmem())} of memory, ${gigabytes(needs.memory)} are needed`,
      { next: "make up CONTEXT=my-cluster", turn: "Person" },
    );
  }
  const ports = [network.apiPort, network.mirrorPort, network.mirrorPushPort, network.etcdPort];
  if (!isRunning) {
    const taken: number[] = [];
    for (const port of ports) if (!(await isFree(port))) taken.push(port);
    if (taken.length > 0) {
      throw new StepFailure("check", `port ${taken.join(", ")} is taken by a program that is not ours`, {
        next: `ss -ltnp 'sport = :${String(taken[0])}'   shows whose`,
        turn: "Person",
      });
    }
  }
  const cgroup = existsSync("/sys/fs/cgroup/cgroup.controllers") ? "v2" : "v1";
  const text = `root · ${String(availableParallelism())} cores · ${gigabytes(freemem())} of memory free · ${gigabytes(free)} of disk · cgroup ${cgroup}`;
  report.done(
    "check",
    isRunning ? "from the cache" : `${text} · ports ${String(network.apiPort)} ${String(network.mirrorPort)} free`,
    (Date.now() - startedAt) / 1000,
  );
}

async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(false);
    });
    server.listen(port, "127.0.0.1", () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

function gigabytes(bytes: number): string {
  return `${String(Math.round(bytes / gib))} GiB`;
}
