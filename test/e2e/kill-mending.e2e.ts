import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HostController } from "./support/host-controller.ts";
import { changesSince, runKilled, runOnce, sayChange } from "./support/kill-runs.ts";
import { pushedGit, type PushedGit } from "./support/pushed-git.ts";
import { dismiss, tenant, world, type World } from "./support/world.ts";

const namespace = "repo-runner-e2e-mending";
const gitNamespace = "repo-runner-e2e-mending-git";
let at: World;
let git: PushedGit;
let controller: HostController;

// Between what a fix does and what is written of it: the new plan, the status, the lesson.
describe.runIf(process.env["REPO_RUNNER_E2E"] === "all")("a controller killed while it mends", () => {
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

  it("loses no fix and no lesson, and counts none twice", { timeout: 900_000 }, async () => {
    const killing = { kube: at.kube, controller, namespace, create };
    // The first is mended by a rule and teaches; the second shows what a run that has learnt asks for.
    await runOnce(killing, "taught");
    const since = new Date();
    const learnt = await runOnce(killing, "learnt");
    expect(learnt.fixes).toMatchObject([{ by: "Memory", outcome: "Fixed" }]);
    const changes = changesSince(namespace, since);
    expect(await winsOf()).toBe(2);
    console.log(`fault-free trace: ${changes.length} changes\n${changes.map(sayChange).join("\n")}`);
    const mended = changes.findIndex(({ verb, name }) => verb === "create" && name === "learnt-plan-2");
    expect(mended).toBeGreaterThan(0);
    const points = changes.flatMap(({ resource, name }, index) =>
      index >= mended && (["reporuns", "fixlessons"].includes(resource) || name === "learnt-plan-2")
        ? (["before", "after"] as const).map((when) => ({ when, count: index + 1 }))
        : [],
    );
    let kills = 0;
    for (const point of points) {
      const { name, killed, status } = await runKilled(killing, point);
      kills += Number(killed);
      expect(status.fixes, name).toMatchObject([{ by: "Memory", outcome: "Fixed" }]);
      expect(status.plan?.revision, name).toBe(2);
      expect(await attemptsOf(`${name}-plan-2`), name).toHaveLength(1);
      expect(await at.kube.get("ConfigMap", namespace, `${name}-plan-3`), name).toBeUndefined();
    }
    console.log(`${points.length} points, ${kills} kills`);
    expect(points.length - kills).toBeLessThanOrEqual(2);

    const lessons = await at.kube.list("FixLesson", namespace);
    expect(lessons).toHaveLength(1);
    const record = (lessons[0] as unknown as { record: { wins: number; losses: number; recorded: string[] } }).record;
    expect(record).toMatchObject({ wins: points.length + 2, losses: 0 });
    expect(new Set(record.recorded).size).toBe(record.recorded.length);
  });
});

/** A program that the world cannot reach before it is told its address; each run has a commit and a manifest of its own, so that none starts from what worked. */
async function create(name: string): Promise<void> {
  git.push(name, {
    files: {
      "package.json": JSON.stringify({ name: `shy-${name}`, version: "1.0.0", scripts: { start: "node server.js" } }),
      "server.js": `// ${name}
require("node:http").createServer((request, response) => response.end("shy"))
  .listen(process.env.PORT || 3000, process.env.SHY_ADDRESS || "127.0.0.1");
`,
    },
  });
  await at.kube.create("RepoRun", namespace, {
    apiVersion: "repo-runner.dev/v1alpha1",
    kind: "RepoRun",
    metadata: { name, namespace },
    spec: { source: { git: { url: git.url(name) } }, fix: { prediction: "Off" } },
  });
}

async function winsOf(): Promise<number> {
  const [lesson] = (await at.kube.list("FixLesson", namespace)) as unknown as { record: { wins: number } }[];
  return lesson?.record.wins ?? 0;
}

async function attemptsOf(plan: string): Promise<readonly unknown[]> {
  const map = (await at.kube.get("ConfigMap", namespace, plan)) as { data?: Record<string, string> } | undefined;
  const record = JSON.parse(map?.data?.["record.json"] ?? "{}") as { attempts?: readonly unknown[] };
  return record.attempts ?? [];
}
