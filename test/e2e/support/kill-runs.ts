import { expect } from "vitest";
import { type Audited, controllerRequests } from "./audit.ts";
import type { HostController } from "./host-controller.ts";
import { eventually, type Kube } from "./kube.ts";
import { awaitEnd, condition } from "./run-case.ts";
import type { RepoRunStatus } from "../../../src/repo-run.ts";

const writes = new Set(["create", "update", "patch", "delete", "deletecollection"]);

/** A place in a run where its controller dies: before, or just after the answer to, the n-th change of its namespace. */
export interface KillPoint {
  readonly when: "before" | "after";
  readonly count: number;
}

/** Changes of a namespace that the controller has asked for since then, by the API server's own record. */
export function changesSince(namespace: string, since: Date): readonly Audited[] {
  const seen = controllerRequests(since);
  if (!seen) throw new Error("this test reads the API server's audit log (REPO_RUNNER_E2E_AUDIT)");
  return seen.filter(
    (each) => each.namespace === namespace && each.resource !== "events" && writes.has(each.verb) && !each.dryRun,
  );
}

/** One change, for people. */
export function sayChange(each: Audited): string {
  return `  ${each.verb} ${each.resource}${each.subresource === "" ? "" : `/${each.subresource}`} ${each.name} ${each.code}`;
}

interface Killing {
  readonly kube: Kube;
  readonly controller: HostController;
  readonly namespace: string;
  /** Makes the run. */
  readonly create: (name: string) => Promise<void>;
}

/** A run whose controller nobody kills. */
export async function runOnce({ kube, controller, namespace, create }: Killing, name: string): Promise<RepoRunStatus> {
  await controller.kill();
  controller.start();
  await create(name);
  const status = await awaitEnd(kube, { name, namespace }, 240_000);
  expect(condition(status, "Ready")?.reason, controller.lastLines).toBe("Verified");
  // What only served to see it is taken away a moment later.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  return status;
}

/** A run whose controller dies at a point, and that its successor ends; `killed` is false where the point was not reached. */
export async function runKilled(
  { kube, controller, namespace, create }: Killing,
  { when, count }: KillPoint,
): Promise<{ readonly name: string; readonly killed: boolean; readonly status: RepoRunStatus }> {
  const name = `${when}-${count}`;
  await controller.kill();
  controller.start({ when, count, namespaces: [namespace] });
  await create(name);
  // The last changes follow the end of the run; one that is not made any more kills nobody.
  await eventually(
    `${name} kills its controller`,
    async () => (!controller.isAlive || (await isReadyFor(kube, namespace, name)) ? true : undefined),
    { timeoutMs: 180_000, everyMs: 100 },
  );
  const killed = !controller.isAlive;
  if (killed) expect(controller.end, controller.lastLines).toBe("SIGKILL");
  await controller.kill();
  controller.start();
  const status = await awaitEnd(kube, { name, namespace }, 180_000);
  expect(condition(status, "Ready")?.reason, name).toBe("Verified");
  return { name, killed, status };
}

/** It has been ready for eight seconds: whatever followed its end has been done. */
async function isReadyFor(kube: Kube, namespace: string, name: string): Promise<boolean> {
  const status = (await kube.get("RepoRun", namespace, name))?.status as
    | { conditions?: { type: string; status: string; lastTransitionTime: string }[] }
    | undefined;
  const ready = status?.conditions?.find((each) => each.type === "Ready");
  return ready?.status === "True" && Date.now() - Date.parse(ready.lastTransitionTime) > 8000;
}
