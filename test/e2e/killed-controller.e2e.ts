import { beforeAll, expect, it } from "vitest";
import { controllerRequests } from "./support/audit.ts";
import { bringUp } from "./support/bring-up.ts";
import { eventually } from "./support/kube.ts";
import { awaitEnd, condition, holds, statusOf } from "./support/run-case.ts";
import { tenant, world, type World } from "./support/world.ts";

const system = "repo-runner-system";
const namespace = "repo-runner-e2e-kill";
let at: World;

beforeAll(async () => {
  at = await world();
  await tenant(at.kube, namespace);
});

it(
  "a controller that is killed in the middle of a build leaves it to the next, which adopts it",
  { timeout: 600_000 },
  async () => {
    const { kube } = at;
    const started = new Date();
    await kube.create("RepoRun", namespace, {
      apiVersion: "repo-runner.dev/v1alpha1",
      kind: "RepoRun",
      metadata: { name: "killed", namespace },
      spec: { source: { git: { url: at.git.url("node-npm") } } },
    });
    await eventually(
      "the build is under way",
      async () => {
        const jobs = await kube.list("Job", namespace, "repo-runner.dev/stage=build");
        return jobs.length > 0 ? true : undefined;
      },
      { timeoutMs: 180_000 },
    );
    const lease = await kube.get("Lease", system, "repo-runner");
    const holder = String((lease?.spec as { holderIdentity?: string } | undefined)?.holderIdentity ?? "");
    const pods = await kube.list("Pod", system, "app.kubernetes.io/component=controller");
    const leader = pods.find((pod) => holder.startsWith(pod.metadata.name));
    expect(leader, `the leader ${holder} is one of ${pods.map((pod) => pod.metadata.name).join(", ")}`).toBeDefined();
    await kube.kill(system, leader?.metadata.name ?? "");

    const status = await awaitEnd(kube, { name: "killed", namespace });
    await holds({ name: "killed", namespace, url: "", expectation: { http: { path: "/", status: 200 } } }, status);
    expect(condition(status, "Ready")?.reason).toBe("Verified");

    const creates = controllerRequests(started)?.filter(
      (each) =>
        each.verb === "create" &&
        each.resource === "jobs" &&
        each.namespace === namespace &&
        each.code === 201 &&
        !each.dryRun,
    );
    if (creates) {
      const names = creates.map((each) => each.name);
      expect(new Set(names).size).toBe(names.length);
      expect(names.filter((name) => name.includes("-build-"))).toHaveLength(1);
    }
    expect(statusOf(await kube.get("RepoRun", namespace, "killed"))?.services?.[0]?.image).toMatch(/^sha256:/);
  },
);

it(
  "up brings back a controller that somebody scaled to none, as a test that was ended half way does",
  { timeout: 400_000 },
  async () => {
    await at.kube.patch("Deployment", system, "repo-runner", { spec: { replicas: 0 } });
    await bringUp();
    const deployment = await at.kube.get("Deployment", system, "repo-runner");
    expect(deployment).toMatchObject({ spec: { replicas: 2 }, status: { readyReplicas: 2 } });
  },
);
