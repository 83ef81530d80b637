import { beforeEach, describe, expect, it } from "vitest";
import { containerRecord } from "../agents/fake-cluster.ts";
import { RunnerAgent } from "../agents/runner/runner-agent.ts";
import { sampleService } from "../agents/runner/sample-request.ts";
import { StepAgent } from "../agents/runner/step-agent.ts";
import { failed, waiting } from "../outcome.ts";
import type { Service } from "../plan.ts";
import { Settings } from "../settings.ts";
import { Checkpoints } from "./checkpoint.ts";
import { orderOf } from "./dependency-order.ts";
import { Progress } from "./progress.ts";
import { ReleaseManager } from "./release-manager.ts";
import { Rollout, type Trouble } from "./rollout.ts";
import { sampleImage, samplePass, sampleRecord, sampleRun } from "./sample-pass.ts";
import { sayPending } from "./say-pending.ts";
import { Story } from "./story.ts";

const settings = Settings.parse({ registry: { credentials: "None" } });
const migrate = { name: "Migrate" as const, line: "manage.py migrate", from: "manage.py" };

let pass = samplePass();
/** Services that the health of this test finds well. */
let well: Set<string>;
/** Services that answer with an error, until one of them is asked for news after the others were well. */
let erring: Set<string>;
let asked: (string | undefined)[];
let checkpoints: Checkpoints;

beforeEach(() => {
  pass = samplePass();
  well = new Set();
  erring = new Set();
  asked = [];
  checkpoints = new Checkpoints();
});

/** One look at a plan of these services. */
async function look(
  services: readonly Service[],
  over: { serves?: string; digit?: string; requestedAt?: string; shared?: boolean } = {},
): Promise<{ trouble: Trouble | undefined; said: string | undefined; progress: Progress }> {
  const record = sampleRecord(services);
  const progress = new Progress();
  progress.record = record;
  progress.stage = "ImagesReady";
  progress.serves = over.serves;
  for (const service of services) progress.service(service.name, service.kind);
  const ordered = orderOf(record.plan);
  if (!("order" in ordered)) throw new Error("a cycle");
  const health = {
    run: (step: { service: Service; progress: { maturity: string; links: unknown[] }; since?: string }) => {
      if (erring.has(step.service.name)) {
        asked.push(step.since);
        return Promise.resolve(failed({ reason: "AnswersError", message: "502", layer: "Health", blame: "Repo" }));
      }
      if (!well.has(step.service.name)) return Promise.resolve(waiting("Starting", `${step.service.name} is starting`));
      step.progress.maturity = "Verified";
      step.progress.links = [{ seenAt: `2026-01-01T00:00:0${well.size}Z` }];
      return Promise.resolve({ state: "done" as const, value: {} as never });
    },
    log: () => Promise.resolve({ lines: [], kept: undefined }),
  };
  const releases = new ReleaseManager(settings, { runner: new RunnerAgent(), step: new StepAgent() }, checkpoints);
  const [first] = services;
  const images = new Map(
    services.map((service) => [service.name, sampleImage(over.shared === true && first ? first : service, over.digit)]),
  );
  const run = sampleRun(over.requestedAt === undefined ? {} : { requestedAt: over.requestedAt });
  const trouble = await new Rollout(releases, health, new Story()).run(
    { pass: { ...pass, run }, progress, record, order: ordered.order, images, databases: [] },
    pass,
  );
  return { trouble, said: sayPending(progress)?.message, progress };
}

const standing = (kind: string) =>
  [...pass.cluster.objects.values()].filter((each) => each.kind === kind).map(({ metadata }) => metadata.name);

/** The pod of the step's Job, ended with this code. */
function end(exitCode: number, log = ""): void {
  const job = [...pass.cluster.objects.values()].find(({ kind }) => kind === "Job");
  if (!job) throw new Error("no Job");
  const { name, namespace, labels = {} } = job.metadata;
  pass.cluster.setPod({
    name: `${name}-1`,
    namespace,
    labels: { ...labels, "batch.kubernetes.io/job-name": name },
    containers: [containerRecord({ name: "app", state: "Terminated", exitCode })],
  });
  pass.cluster.logs.set(`${name}-1/app`, log);
}

describe("order", () => {
  const web = sampleService({ name: "web", dependsOn: [{ name: "api", until: "Ready" }] });
  const api = sampleService({ name: "api" });
  const other = sampleService({ name: "other" });

  it("starts what depends on nothing at once, and the others after what they wait for", async () => {
    const first = await look([web, api, other]);
    expect(standing("Deployment")).toEqual(["shop-api", "shop-other"]);
    expect(first.said).toBe("api, other: rolling out; web waits for api");
    well.add("api");
    await look([web, api, other]);
    expect(standing("Deployment")).toEqual(["shop-api", "shop-other", "shop-web"]);
  });

  it("holds nothing back that stands already", async () => {
    well.add("api");
    await look([web, api]);
    well.delete("api");
    const again = await look([web, api]);
    expect(again.said).toBe("web, api: rolling out");
  });

  it("waits for a start only where no more is asked", async () => {
    const early = sampleService({ name: "web", dependsOn: [{ name: "api", until: "Started" }] });
    await look([early, api]);
    expect(standing("Deployment")).toEqual(["shop-api"]);
    const input = pass.cluster.objects.get("Deployment/team-a/shop-api") as unknown as {
      spec: { template: { metadata: { labels: Record<string, string>; annotations: Record<string, string> } } };
    };
    pass.cluster.setPod({
      name: "api-1",
      namespace: "team-a",
      ip: "10.0.0.1",
      ...input.spec.template.metadata,
      containers: [containerRecord({ name: "app", state: "Running" })],
    });
    await look([early, api]);
    expect(standing("Deployment")).toEqual(["shop-api", "shop-web"]);
  });
});

describe("a service that answers with an error", () => {
  const front = sampleService({ name: "front" });
  const api = sampleService({ name: "api" });

  it("has no last word before the others are well, and is asked anew then", async () => {
    erring.add("front");
    await look([front, api]);
    asked = [];
    const early = await look([front, api]);
    expect(early.trouble).toBeUndefined();
    expect(early.progress.waits.map(({ message }) => message)).toContain(
      "front answers with an error; it is asked again once api answers",
    );
    well.add("api");
    const late = await look([front, api]);
    expect(late.trouble?.failure.reason).toBe("AnswersError");
    expect(asked).toEqual([undefined, undefined, "2026-01-01T00:00:01Z"]);
  });

  it("is not kept waiting by what waits for it, nor by another that errs", async () => {
    const page = sampleService({ name: "page", dependsOn: [{ name: "front", until: "Ready" }] });
    erring = new Set(["front", "api"]);
    const { trouble } = await look([front, api, page]);
    expect(trouble?.failure.reason).toBe("AnswersError");
  });
});

describe("release steps", () => {
  const api = sampleService({ name: "api", releaseSteps: [migrate] });

  it("are run once with the new image before its pods, by a Job that is found again", async () => {
    const first = await look([api]);
    expect(first.said).toBe("api: Migrate runs before its pods");
    const job = [...pass.cluster.objects.values()].find(({ kind }) => kind === "Job") as unknown as {
      spec: { template: { metadata: { labels: object }; spec: { restartPolicy: string; containers: unknown[] } } };
    };
    expect(job.spec.template.metadata.labels).toMatchObject({ "repo-runner.dev/stage": "step" });
    expect(job.spec.template.spec).toMatchObject({ restartPolicy: "Never", automountServiceAccountToken: false });
    expect(job.spec.template.spec.containers).toMatchObject([
      { command: ["/bin/sh", "-c", "manage.py migrate"], image: sampleImage(api).reference },
    ]);
    checkpoints = new Checkpoints();
    await look([api]);
    expect(standing("Job")).toHaveLength(1);
    expect(standing("Deployment")).toEqual([]);
    end(0);
    await look([api]);
    expect(standing("Job")).toEqual([]);
    expect(standing("Deployment")).toEqual(["shop-api"]);
    checkpoints = new Checkpoints();
    await look([api], { requestedAt: "later" });
    expect(standing("Job")).toEqual([]);
  });

  it("are run again for another image, and once for two services that say the same of one", async () => {
    const worker = sampleService({ name: "worker", kind: "Worker", releaseSteps: [migrate] });
    await look([api, worker], { shared: true });
    end(0);
    await look([api, worker], { shared: true });
    expect(standing("Job")).toEqual([]);
    expect(standing("Deployment")).toEqual(["shop-api", "shop-worker"]);
    const other = await look([api, worker], { shared: true, digit: "b" });
    expect(other.said).toContain("api: Migrate runs before its pods");
  });

  it("that fail keep all that serves, with their last words; another try is for a person to ask", async () => {
    const front = sampleService({ name: "front" });
    await look([front, api], { serves: "main@0" });
    end(3, "running\nError: relation exists\n");
    const failing = await look([front, api], { serves: "main@0" });
    expect(standing("Deployment")).toEqual([]);
    expect(failing.trouble?.failure).toMatchObject({
      reason: "ReleaseStepFailed",
      blame: "Repo",
      service: "api",
      exitCode: 3,
      message: "api: release step Migrate (manage.py migrate) ended with exit code 3: Error: relation exists",
    });
    const log = await failing.trouble?.log();
    expect(log?.lines).toEqual(["running", "Error: relation exists"]);
    const [before] = standing("Job");
    expect((await look([front, api])).trouble?.failure.reason).toBe("ReleaseStepFailed");
    await look([front, api], { requestedAt: "2026-11-22T19:00:00Z" });
    expect(standing("Job")).toHaveLength(1);
    expect(standing("Job")).not.toEqual([before]);
  });

  it("hold back only their own service where nothing serves yet", async () => {
    await look([sampleService({ name: "front" }), api]);
    expect(standing("Deployment")).toEqual(["shop-front"]);
  });
});

describe("checks", () => {
  const checks = [{ module: "torch", package: "torch", when: "Always" as const }];
  const runtime = { name: "python", version: "3.11", from: "a fix" };
  const api = sampleService({ name: "api", runtime, checks });

  it("look once into a new image for what an agent wants to know, keep the answer and tell it", async () => {
    expect((await look([api])).said).toBe("api: Check runs before its pods");
    expect(standing("Deployment")).toEqual([]);
    const answer = { modules: [{ module: "torch", version: "2.1.0", imports: true }] };
    end(0, `a library greets\nrepo-runner-check ${JSON.stringify(answer)}\n`);
    await look([api]);
    expect(standing("Deployment")).toEqual(["shop-api"]);
    expect(standing("Job")).toEqual([]);
    const kept = [...pass.cluster.objects.values()].find(
      ({ kind, metadata }) => kind === "ConfigMap" && metadata.name.includes("-check-"),
    );
    expect(JSON.parse((kept as unknown as { data: { value: string } }).data.value)).toMatchObject({
      service: "api",
      text: "torch 2.1.0 imports in the image",
      ...answer,
    });
    checkpoints = new Checkpoints();
    await look([api], { requestedAt: "later" });
    expect(standing("Job")).toEqual([]);
  });

  it.each([
    [
      "does not import",
      0,
      'repo-runner-check {"modules":[{"module":"torch","version":null,"imports":false,"error":"ImportError: x"}]}',
    ],
    ["comes to no answer", 137, "killed"],
  ])("stop nothing where a module %s", async (_what, code, log) => {
    await look([api]);
    end(code, log);
    expect((await look([api])).trouble).toBeUndefined();
    expect(standing("Deployment")).toEqual(["shop-api"]);
  });

  it("are not made for what is only bound to an alignment that did not change", async () => {
    await look([{ ...api, checks: [{ module: "numpy", package: "numpy", when: "Realigned" }] }]);
    expect(standing("Job")).toEqual([]);
  });
});
