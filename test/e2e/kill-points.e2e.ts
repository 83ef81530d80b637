import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HostController } from "./support/host-controller.ts";
import { changesSince, runKilled, runOnce, sayChange } from "./support/kill-runs.ts";
import { pushedGit, type PushedGit } from "./support/pushed-git.ts";
import { dismiss, tenant, world, type World } from "./support/world.ts";

const namespace = "repo-runner-e2e-points";
const gitNamespace = "repo-runner-e2e-points-git";
/** A run has at least this many: fewer mean that the trace was not seen. */
const fewest = 8;
let at: World;
let git: PushedGit;
let controller: HostController;

// Each point is a run of its own; an installed controller rests meanwhile, and other runs are served by the one that is killed.
describe.runIf(process.env["REPO_RUNNER_E2E"] === "all")("a controller killed at any point of a run", () => {
  beforeAll(async () => {
    at = await world();
    await tenant(at.kube, namespace);
    git = await pushedGit(at.kube, gitNamespace, { password: "pushed-pa55" });
    controller = new HostController(at.kube);
    await controller.takeOver();
  });

  afterAll(async () => {
    await controller.giveBack();
    for (const each of [namespace, gitNamespace]) await dismiss(at.kube, each);
  });

  it("leaves a run that its successor ends, and nothing that was made twice", { timeout: 1_500_000 }, async () => {
    // The first one makes the builder of the namespace; the trace is that of the second.
    const killing = { kube: at.kube, controller, namespace, create };
    await runOnce(killing, "warm");
    const since = new Date();
    await runOnce(killing, "trace");
    const changes = changesSince(namespace, since);
    console.log(`fault-free trace: ${changes.length} changes\n${changes.map(sayChange).join("\n")}`);
    expect(changes.length).toBeGreaterThanOrEqual(fewest);
    const points = changes.flatMap((_, index) => [
      { when: "before" as const, count: index + 1 },
      { when: "after" as const, count: index + 1 },
    ]);
    const began = new Date();
    const unkilled: string[] = [];
    for (const { when, count } of points) {
      const { name, killed, status } = await runKilled(killing, { when, count });
      if (!killed) unkilled.push(name);
      const answer = await fetch(status.url ?? "", { signal: AbortSignal.timeout(10_000) });
      expect(answer.status, name).toBe(200);
      expect(status.fixes ?? [], name).toEqual([]);
      await at.kube.remove("RepoRun", namespace, name);
    }
    console.log(
      `${points.length} points, ${points.length - unkilled.length} kills; not reached: ${unkilled.join(", ")}`,
    );
    expect(unkilled.length).toBeLessThanOrEqual(4);

    const made = changesSince(namespace, began).filter((each) => each.verb === "create" && each.code === 201);
    const jobs = made.filter((each) => each.resource === "jobs").map((each) => each.name);
    expect(new Set(jobs).size, jobs.toSorted().join(" ")).toBe(jobs.length);
    for (const { when, count } of points) {
      for (const stage of ["survey", "build"]) {
        const mine = jobs.filter((job) => job.startsWith(`${when}-${count}-${stage}-`));
        expect(mine, mine.join(" ")).toHaveLength(1);
      }
    }
    const objects = made
      .filter((each) => ["deployments", "services", "configmaps"].includes(each.resource))
      .map((each) => `${each.resource}/${each.name}`);
    expect(new Set(objects).size, objects.toSorted().join(" ")).toBe(objects.length);
  });
});

/** Each run has a commit of its own: one that another has built would be taken as it is. */
async function create(name: string): Promise<void> {
  git.push(name, { files: { "index.html": `<title>Board</title>${name}\n` } });
  await at.kube.create("RepoRun", namespace, {
    apiVersion: "repo-runner.dev/v1alpha1",
    kind: "RepoRun",
    metadata: { name, namespace },
    spec: { source: { git: { url: git.url(name) } } },
  });
}
