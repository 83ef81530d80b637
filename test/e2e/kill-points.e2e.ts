import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Audited, controllerRequests } from "./support/audit.ts";
import { HostController } from "./support/host-controller.ts";
import { eventually } from "./support/kube.ts";
import { pushedGit, type PushedGit } from "./support/pushed-git.ts";
import { awaitEnd, condition } from "./support/run-case.ts";
import { dismiss, tenant, world, type World } from "./support/world.ts";

const namespace = "repo-runner-e2e-points";
const gitNamespace = "repo-runner-e2e-points-git";
const writes = new Set(["create", "update", "patch", "delete", "deletecollection"]);
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
    await runOnce("warm");
    const since = new Date();
    await runOnce("trace");
    const changes = changesSince(since);
    console.log(`fault-free trace: ${changes.length} changes\n${changes.map(say).join("\n")}`);
    expect(changes.length).toBeGreaterThanOrEqual(fewest);
    const points = changes.flatMap((_, index) => [
      { when: "before" as const, count: index + 1 },
      { when: "after" as const, count: index + 1 },
    ]);
    const began = new Date();
    const unkilled: string[] = [];
    for (const { when, count } of points) {
      const name = `${when}-${count}`;
      await controller.kill();
      controller.start({ when, count, namespaces: [namespace] });
      await create(name);
      // The last changes follow the end of the run; one that is not made any more kills nobody.
      await eventually(
        `${name} kills its controller`,
        async () => (!controller.isAlive || (await isReadyFor(name, 8000)) ? true : undefined),
        { timeoutMs: 180_000, everyMs: 100 },
      );
      if (controller.isAlive) unkilled.push(name);
      else expect(controller.end, controller.lastLines).toBe("SIGKILL");
      await controller.kill();
      controller.start();
      const status = await awaitEnd(at.kube, { name, namespace }, 180_000);
      expect(condition(status, "Ready")?.reason, name).toBe("Verified");
      const answer = await fetch(status.url ?? "", { signal: AbortSignal.timeout(10_000) });
      expect(answer.status, name).toBe(200);
      expect(status.fixes ?? [], name).toEqual([]);
      await at.kube.remove("RepoRun", namespace, name);
    }
    console.log(
      `${points.length} points, ${points.length - unkilled.length} kills; not reached: ${unkilled.join(", ")}`,
    );
    expect(unkilled.length).toBeLessThanOrEqual(4);

    const made = changesSince(began).filter((each) => each.verb === "create" && each.code === 201);
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

async function runOnce(name: string): Promise<void> {
  await controller.kill();
  controller.start();
  await create(name);
  const status = await awaitEnd(at.kube, { name, namespace }, 240_000);
  expect(condition(status, "Ready")?.reason, controller.lastLines).toBe("Verified");
  // What only served to see it is taken away a moment later.
  await new Promise((resolve) => setTimeout(resolve, 3000));
}

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

/** It has been ready for this long: whatever followed its end has been done. */
async function isReadyFor(name: string, ms: number): Promise<boolean> {
  const status = (await at.kube.get("RepoRun", namespace, name))?.status as
    | { conditions?: { type: string; status: string; lastTransitionTime: string }[] }
    | undefined;
  const ready = status?.conditions?.find((each) => each.type === "Ready");
  return ready?.status === "True" && Date.now() - Date.parse(ready.lastTransitionTime) > ms;
}

function changesSince(since: Date): readonly Audited[] {
  const seen = controllerRequests(since);
  if (!seen) throw new Error("this test reads the API server's audit log (REPO_RUNNER_E2E_AUDIT)");
  return seen.filter(
    (each) => each.namespace === namespace && each.resource !== "events" && writes.has(each.verb) && !each.dryRun,
  );
}

function say(each: Audited): string {
  return `  ${each.verb} ${each.resource}${each.subresource === "" ? "" : `/${each.subresource}`} ${each.name} ${each.code}`;
}
