import { expect } from "vitest";
import type { RepoRunStatus } from "../../../src/repo-run.ts";
import type { Expectation } from "./expectation.ts";
import { eventually, type Kube, type KubeJson } from "./kube.ts";

export interface Case {
  readonly name: string;
  readonly namespace: string;
  readonly url: string;
  readonly expectation: Expectation;
}

/** Applies a RepoRun and waits until it has ended: ready, or stalled. Gives its last status. */
export async function runToEnd(kube: Kube, one: Case, timeoutMs = 480_000): Promise<RepoRunStatus> {
  await kube.create("RepoRun", one.namespace, {
    apiVersion: "repo-runner.dev/v1alpha1",
    kind: "RepoRun",
    metadata: { name: one.name, namespace: one.namespace },
    spec: { source: { git: { url: one.url } }, ...one.expectation.spec },
  });
  if (one.expectation.gives) {
    await eventually(
      `${one.name} says what it needs`,
      async () => (statusOf(await kube.get("RepoRun", one.namespace, one.name))?.needs?.length ? true : undefined),
      { timeoutMs },
    );
    await awaitReason(kube, one, "NeedsSecret", timeoutMs);
    await kube.create("Secret", one.namespace, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: `${one.name}-env`, namespace: one.namespace },
      stringData: one.expectation.gives,
    });
    // It goes on by itself: the kubelet tries again, and only then is it no longer waiting for a person.
    await eventually(
      `${one.name} has noticed its Secret`,
      async () => {
        const status = statusOf(await kube.get("RepoRun", one.namespace, one.name));
        return status && condition(status, "Ready")?.reason !== "NeedsSecret" ? true : undefined;
      },
      { timeoutMs: 180_000 },
    );
  }
  return await awaitEnd(kube, one, timeoutMs);
}

export async function awaitEnd(
  kube: Kube,
  one: Pick<Case, "name" | "namespace">,
  timeoutMs = 480_000,
): Promise<RepoRunStatus> {
  return await eventually(
    `${one.name} ends`,
    async () => {
      const object = await kube.get("RepoRun", one.namespace, one.name);
      const status = statusOf(object);
      if (!status || status.observedGeneration !== object?.metadata.generation) return undefined;
      const ready = condition(status, "Ready");
      if (condition(status, "Reconciling")?.status === "True" && ready?.status !== "False")
        throw new Error(`${ready?.reason}: ${ready?.message}`);
      return ready?.status === "True" || condition(status, "Stalled")?.status === "True" ? status : undefined;
    },
    { timeoutMs },
  );
}

export async function awaitReason(
  kube: Kube,
  one: Pick<Case, "name" | "namespace">,
  reason: string,
  timeoutMs = 240_000,
): Promise<RepoRunStatus> {
  return await eventually(
    `${one.name} is ${reason}`,
    async () => {
      const status = statusOf(await kube.get("RepoRun", one.namespace, one.name));
      const ready = status && condition(status, "Ready");
      if (ready?.reason !== reason) throw new Error(`${ready?.reason}: ${ready?.message}`);
      return status;
    },
    { timeoutMs },
  );
}

/** Holds a status against what its case expects; a link is asked from here. */
export async function holds(one: Case, status: RepoRunStatus): Promise<void> {
  const { expectation } = one;
  const ready = condition(status, "Ready");
  const said = `${ready?.reason}: ${ready?.message}`;
  if (expectation.state) {
    expect(ready?.reason, said).toBe(expectation.state.reason);
    if (expectation.state.contains !== undefined) expect(ready?.message).toContain(expectation.state.contains);
    return;
  }
  expect(ready?.status, said).toBe("True");
  expect((status.fixes ?? []).map((fix) => fix.signature)).toEqual(expectation.fixes ?? []);
  if (expectation.http) {
    expect(status.maturity).toBe("Verified");
    const url = new URL(expectation.http.path, status.url);
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    const body = await answer.text();
    expect(answer.status).toBe(expectation.http.status ?? 200);
    if (expectation.http.contains !== undefined) expect(body).toContain(expectation.http.contains);
  }
  if (expectation.port !== undefined) {
    expect(status.services?.[0]).toMatchObject({ port: expectation.port, portFrom: "Observed" });
  }
  if (expectation.log) {
    expect(status.maturity).toBe("Completed");
    expect(ready?.message).toContain(expectation.log.contains);
  }
}

export function condition(
  status: RepoRunStatus,
  type: string,
): NonNullable<RepoRunStatus["conditions"]>[number] | undefined {
  return status.conditions?.find((each) => each.type === type);
}

export function statusOf(object: KubeJson | undefined): RepoRunStatus | undefined {
  return object?.status as RepoRunStatus | undefined;
}
