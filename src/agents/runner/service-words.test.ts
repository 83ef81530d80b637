import { describe, expect, it } from "vitest";
import type { AgentContext } from "../agent.ts";
import { Plan, type Service } from "../../plan.ts";
import { RunnerAgent } from "./runner-agent.ts";
import type { DeploymentObject } from "./objects.ts";
import type { RunRequest } from "./run-request.ts";
import { sampleRequest, sampleService } from "./sample-request.ts";
import type { ServiceObject } from "./service-object.ts";

const context: AgentContext = { signal: new AbortController().signal, log: () => undefined };
const agent = new RunnerAgent();

function requestOf(services: readonly [Service, ...Service[]], over: Partial<RunRequest> = {}) {
  const plan = Plan.parse({ version: 1, services, summary: "" });
  return sampleRequest(services[0], { plan, ...over });
}

async function released(request: ReturnType<typeof sampleRequest>) {
  const outcome = await agent.run(request, context);
  if (outcome.state !== "done") throw new Error(JSON.stringify(outcome));
  const { objects } = request.cluster;
  const of = (kind: string) => objects.get(`${kind}/team-a/${outcome.value.workload}`);
  const deployment = of("Deployment") as unknown as DeploymentObject | undefined;
  return {
    release: outcome.value,
    objects,
    deployment,
    pod: deployment?.spec.template.spec,
    app: deployment?.spec.template.spec?.containers[0],
    service: of("Service") as unknown as ServiceObject | undefined,
  };
}

describe("volumes", () => {
  const volumes = [{ name: "uploads", path: "/data", size: "64Mi" }];

  it("are claimed once by name, mounted, and never had by two releases of a service at once", async () => {
    const web = sampleService({ volumes });
    const worker = sampleService({ name: "worker", kind: "Worker", volumes: [{ name: "uploads", path: "/up" }] });
    const request = requestOf([web, worker]);
    const first = await released(request);
    const second = await released({ ...request, service: worker, cluster: request.cluster });
    expect([...first.objects.keys()].filter((key) => key.startsWith("Persistent"))).toEqual([
      "PersistentVolumeClaim/team-a/shop-uploads-data",
    ]);
    expect(first.deployment?.spec.strategy).toEqual({ type: "Recreate" });
    expect(first.app?.volumeMounts).toContainEqual({ name: "data-uploads", mountPath: "/data" });
    expect(second.app?.volumeMounts).toContainEqual({ name: "data-uploads", mountPath: "/up" });
    expect(first.pod?.securityContext).toMatchObject({ fsGroup: 10_001 });
    // Storage is of one node at a time: those that share it are put on one.
    expect(second.pod?.affinity?.podAffinity).toBeDefined();
  });

  it("are what the person says where both name one", async () => {
    const request = requestOf([sampleService({ volumes })]);
    const services = [{ name: "web", volumes: [{ name: "uploads", path: "/data", size: "2Gi" }] }];
    const { objects } = await released({ ...request, spec: { ...request.spec, services } });
    expect(objects.get("PersistentVolumeClaim/team-a/shop-uploads-data")).toMatchObject({
      spec: { resources: { requests: { storage: "2Gi" } } },
    });
  });
});

describe("ports", () => {
  const extraPorts = [{ name: "admin", port: 9000, protocol: "TCP" as const }];
  const inside = (objects: ReadonlyMap<string, unknown>) =>
    objects.get("Service/team-a/shop-web-inside") as ServiceObject | undefined;

  it("that are meant for inside are offered there alone, also by the program's own number", async () => {
    const { service, objects, deployment } = await released(requestOf([sampleService({ extraPorts })]));
    expect(service?.spec).toMatchObject({ type: "NodePort", ports: [{ name: "http", port: 80, targetPort: 3000 }] });
    expect(service?.spec.ports).toHaveLength(1);
    expect(inside(objects)?.spec).toMatchObject({ type: "ClusterIP" });
    expect(inside(objects)?.spec.ports).toEqual([
      { name: "http", port: 80, targetPort: 3000, protocol: "TCP" },
      { name: "http-3000", port: 3000, targetPort: 3000, protocol: "TCP" },
      { name: "admin", port: 9000, targetPort: 9000, protocol: "TCP" },
    ]);
    expect(deployment?.metadata.annotations).toMatchObject({ "repo-runner.dev/services": "2" });
  });

  it("are all at one Service where nobody reaches it from outside", async () => {
    const request = requestOf([sampleService({ extraPorts })]);
    const { service, objects } = await released({ ...request, spec: { ...request.spec, links: { via: "None" } } });
    expect(service?.spec.ports).toHaveLength(3);
    expect(inside(objects)).toBeUndefined();
  });

  it("of a program that was seen elsewhere lead there by the number that the code says, too", async () => {
    const request = requestOf([sampleService({ aliases: ["shop"] })]);
    await agent.open(request);
    const { objects } = await released({ ...request, seen: { port: 8000 }, cluster: request.cluster });
    expect(inside(objects)?.spec.ports?.map(({ port, targetPort }) => [port, targetPort])).toEqual([
      [80, 8000],
      [8000, 8000],
      [3000, 8000],
    ]);
  });

  it("that are gone from the plan are gone from the cluster", async () => {
    const request = requestOf([sampleService({ extraPorts })]);
    await released(request);
    const { objects } = await released({ ...request, service: sampleService(), cluster: request.cluster });
    expect(inside(objects)).toBeUndefined();
    expect(objects.has("Service/team-a/shop-web")).toBe(true);
  });

  it("give a Worker a Service of its own, which no link leads to", async () => {
    const extraPorts = [{ name: "smtp", port: 25, protocol: "TCP" as const }];
    const { service, release } = await released(requestOf([sampleService({ kind: "Worker", extraPorts })]));
    expect(service?.spec).toMatchObject({ type: "ClusterIP", ports: [{ name: "smtp", port: 25 }] });
    expect(release.port).toBeUndefined();
    expect((await released(requestOf([sampleService({ kind: "Worker" })]))).service).toBeUndefined();
  });
});

describe("names of other services", () => {
  const api = sampleService({ name: "api", aliases: ["Backend", "not_a_name"] });

  it("stand in the pod's hosts once their Service has an address, and not before", async () => {
    const web = sampleService();
    const request = requestOf([web, api]);
    expect(await agent.run(request, context)).toMatchObject({ state: "waiting" });
    expect(await agent.open({ ...request, service: api })).toEqual({ state: "done", value: undefined });
    const { pod } = await released(request);
    expect(pod?.hostAliases).toMatchObject([{ hostnames: ["backend"] }]);
  });

  it("are nobody's where no code looks for one", async () => {
    const request = requestOf([sampleService(), sampleService({ name: "api" })]);
    expect((await released(request)).pod?.hostAliases).toBeUndefined();
    expect(await agent.open(request)).toEqual({ state: "done", value: undefined });
  });

  it("are put into variables as text", async () => {
    const env = [
      { name: "API", source: "Service" as const, of: "api", value: "{url}/v1", phase: "Run" as const },
      { name: "API_HOST", source: "Service" as const, of: "api", value: "{host}:{port}", phase: "Run" as const },
      { name: "GONE", source: "Service" as const, of: "nobody", value: "{url}", phase: "Run" as const },
    ];
    const { app } = await released(requestOf([sampleService({ env }), sampleService({ name: "api" })]));
    expect(app?.env).toEqual([
      { name: "API", value: "http://shop-api/v1" },
      { name: "API_HOST", value: "shop-api:80" },
      { name: "PORT", value: "3000" },
    ]);
  });
});

it("starts an image that was built for another service by the line of this one", async () => {
  const worker = sampleService({ kind: "Worker", start: "node worker.js && echo $(date)" });
  const { app } = await released({ ...requestOf([worker]), imageStart: "node server.js" });
  expect(app?.command).toEqual(["/bin/sh", "-c", "node worker.js && echo $$(date)"]);
  const own = await released({ ...requestOf([worker]), imageStart: worker.start });
  expect(own.app?.command).toBeUndefined();
});

it("gives an image that is taken as it is the words of its compose file, and its own user", async () => {
  const recipe = { ...sampleService().recipe, image: "docker.io/library/caddy:2" };
  const service = sampleService({ recipe, start: null, args: ["run", "$(HOME)"] });
  const { app, pod } = await released({ ...requestOf([service]), imageFacts: { user: "1000", exposed: [] } });
  expect(app).toMatchObject({ args: ["run", "$$(HOME)"] });
  expect(pod?.securityContext).toMatchObject({ runAsUser: 1000 });
});

it("schedules a Cron as the plan says unless the person does, and leaves nothing of what it was", async () => {
  const request = requestOf([sampleService()]);
  await released(request);
  const cron = sampleService({ kind: "Cron", schedule: "*/5 * * * *" });
  const { objects } = await released({ ...request, service: cron, cluster: request.cluster });
  expect(objects.get("CronJob/team-a/shop-web")).toMatchObject({ spec: { schedule: "*/5 * * * *" } });
  expect(objects.has("Deployment/team-a/shop-web")).toBe(false);
  request.cluster.takeRequests();
  await released({ ...request, service: cron, cluster: request.cluster });
  expect(request.cluster.takeRequests()).toEqual([]);
  await released(request);
  expect(objects.has("CronJob/team-a/shop-web")).toBe(false);
});

it("makes a Service again that was deleted by hand", async () => {
  const request = requestOf([sampleService()]);
  const { objects } = await released(request);
  objects.delete("Service/team-a/shop-web");
  expect((await released(request)).objects.has("Service/team-a/shop-web")).toBe(true);
});
