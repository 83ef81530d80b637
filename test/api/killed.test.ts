import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ApiServer, startApiServer, until } from "./apiserver.ts";
import { createRun, installOpenCrd, readRun } from "./toy.ts";

let api: ApiServer;
let program: string;

beforeAll(async () => {
  api = await startApiServer({ audit: true });
  await installOpenCrd(api);
  program = join(api.folder, "controller.ts");
  const toy = JSON.stringify(join(import.meta.dirname, "toy.ts"));
  const text = `import { startController } from ${toy}; await startController({ kubeconfig: ${JSON.stringify(api.kubeconfig)} }).ended;`;
  writeFileSync(program, text);
});
afterAll(async () => {
  await api.stop();
});

let name = "";
let count = 0;
beforeEach(() => {
  count += 1;
  name = `killed-${count}`;
});

/** Runs a controller in a process of its own until it ends or `isSo`. */
async function run(fault: string | undefined, isSo: () => Promise<boolean>): Promise<NodeJS.Signals | null> {
  const faults = fault === undefined ? {} : { REPO_RUNNER_FAULT: fault, REPO_RUNNER_FAULTS_ALLOWED: "1" };
  const child = spawn(process.execPath, [program], { stdio: "inherit", env: { ...process.env, ...faults } });
  const ended = once(child, "exit");
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  await until(async () => isOver || (await isSo()), 30_000, `controller ${fault ?? ""}`);
  if (!isOver) child.kill("SIGTERM");
  const [, signal] = (await ended) as [number | null, NodeJS.Signals | null];
  return signal;
}

/** How often the lease has changed hands. */
async function leaseTerms(): Promise<number> {
  const path = "/apis/coordination.k8s.io/v1/namespaces/default/leases/repo-runner";
  return (await api.must<{ spec: { leaseTransitions: number } }>("GET", path)).spec.leaseTransitions;
}

interface AuditLine {
  readonly verb: string;
  readonly stage: string;
  readonly objectRef?: { readonly resource?: string; readonly name?: string; readonly subresource?: string };
  readonly responseStatus?: { readonly code?: number };
}

function audited(resource: string, verb: string, of: string): readonly AuditLine[] {
  return readFileSync(join(api.folder, "audit.log"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as AuditLine)
    .filter(
      (line) => line.objectRef?.resource === resource && line.verb === verb && line.objectRef.name?.startsWith(of),
    )
    .filter((line) => (line.responseStatus?.code ?? 500) < 300);
}

describe("a controller that is killed", () => {
  it.each(["before:1", "after:1", "before:2", "after:2"])(
    "%s request that changes something leaves one Job and a status, after its successor",
    async (fault) => {
      await createRun(api, name);
      const isWorking = async (): Promise<boolean> =>
        (await readRun(api, name)).status?.conditions?.[0]?.reason === "Working";
      expect(await run(fault, () => Promise.resolve(false))).toBe("SIGKILL");
      const terms = await leaseTerms();
      const took = async (): Promise<boolean> => (await leaseTerms()) > terms;
      expect(await run(undefined, async () => (await took()) && (await isWorking()))).toBeNull();
      await until(() => audited("reporuns", "patch", name).length === 1, 5000, "one status write");
      expect(audited("jobs", "create", name)).toHaveLength(1);
    },
  );
});
