import { describe, expect, it } from "vitest";
import type { AgentContext } from "../agent.ts";
import type { Refusal } from "../cluster.ts";
import type { FakeCluster } from "../fake-cluster.ts";
import type { DeploymentObject } from "./objects.ts";
import type { ServiceObject } from "./service-object.ts";
import type { Release, RunRequest } from "./run-request.ts";
import { lookerUid } from "../looker.ts";
import { removeUnplanned } from "./remove.ts";
import { RunnerAgent } from "./runner-agent.ts";
import { sampleRequest, sampleService } from "./sample-request.ts";

const context: AgentContext = { signal: new AbortController().signal, log: () => undefined };
const agent = new RunnerAgent();

async function released(request: RunRequest): Promise<Release> {
  const outcome = await agent.run(request, context);
  if (outcome.state !== "done") throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

function deploymentIn(cluster: FakeCluster): DeploymentObject {
  return cluster.objects.get("Deployment/team-a/shop-web") as unknown as DeploymentObject;
}

const refusal = (message: string): Refusal => ({ status: 403, reason: "Forbidden", message });

describe("RunnerAgent", () => {
  it("makes what a pod needs before the pod, asks by a dry run, and does nothing the second time", async () => {
    const request = sampleRequest();
    const first = await released(request);
    expect(first).toMatchObject({
      workload: "shop-web",
      kubeService: "shop-web",
      port: 3000,
      portFrom: "Planned",
      changed: true,
    });
    expect(request.cluster.takeRequests()).toEqual([
      "create ServiceAccount",
      "create Service",
      "preflight Pod",
      "create Deployment",
    ]);
    expect(await released(request)).toEqual({ ...first, changed: false });
    expect(request.cluster.takeRequests()).toEqual([]);
  });

  it("gives a pod that the standard `restricted` admits", async () => {
    const request = sampleRequest();
    await released(request);
    const pod = deploymentIn(request.cluster).spec.template.spec;
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: "RuntimeDefault" } },
    });
    expect(pod?.hostUsers).toBeUndefined();
    expect(pod?.containers[0]).toMatchObject({
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      resources: { requests: { memory: "64Mi", cpu: "50m" }, limits: { memory: "256Mi" } },
      startupProbe: { tcpSocket: { port: 3000 }, failureThreshold: 120 },
    });
    const { strategy, template } = deploymentIn(request.cluster).spec;
    expect(strategy).toMatchObject({ rollingUpdate: { maxUnavailable: 0 } });
    // Nodes hear a moment later than the pod that it is to end.
    expect(template.spec?.containers[0]?.lifecycle).toEqual({ preStop: { sleep: { seconds: 5 } } });
  });

  it("keeps what was seen: another look is needed only for another image", async () => {
    const request = sampleRequest();
    await released(request);
    const moved = await released({ ...request, seen: { port: 8000 } });
    expect(moved).toMatchObject({ port: 8000, passedPort: 3000, portFrom: "Seen", changed: true });
    const service = request.cluster.objects.get("Service/team-a/shop-web") as unknown as ServiceObject;
    expect(service.spec.ports?.[0]).toMatchObject({ port: 80, targetPort: 8000 });
    request.cluster.takeRequests();
    expect(await released(request)).toMatchObject({ port: 8000, portFrom: "Seen", changed: false });
    expect(request.cluster.takeRequests()).toEqual([]);
    const other = await released({ ...request, image: request.image.replaceAll("a", "b") });
    expect(other).toMatchObject({ port: 3000, portFrom: "Planned" });
  });

  it("never touches a stranger's object of the same name", async () => {
    const request = sampleRequest();
    const stranger = {
      apiVersion: "v1",
      kind: "Service" as const,
      metadata: { name: "shop-web", namespace: "team-a" },
    };
    request.cluster.put(stranger);
    const outcome = await agent.run(request, context);
    expect(outcome).toMatchObject({ state: "failed", failure: { reason: "NameConflict", blame: "Spec" } });
    expect(request.cluster.takeRequests()).not.toContain("apply Service");
    expect(request.cluster.objects.has("Deployment/team-a/shop-web")).toBe(false);
  });

  it("tells a quota's refusal in the server's own words, before anything is started", async () => {
    const request = sampleRequest();
    request.cluster.refuse = (verb) =>
      verb === "preflight" ? refusal('pods "x" is forbidden: exceeded quota: team, requested: memory=64Mi') : undefined;
    expect(await agent.run(request, context)).toMatchObject({
      state: "failed",
      failure: { reason: "OverQuota", blame: "Platform", service: "web" },
    });
    expect(request.cluster.objects.has("Deployment/team-a/shop-web")).toBe(false);
  });

  it("runs a root image in a user namespace, with fewer capabilities where the namespace is restricted", async () => {
    const own = sampleService({ recipe: { ...sampleService().recipe, dockerfile: "Dockerfile" }, start: null });
    const request = sampleRequest(own);
    request.cluster.refuse = (verb, object) =>
      verb === "preflight" && JSON.stringify(object).includes("SETUID")
        ? refusal('violates PodSecurity "restricted:latest": unrestricted capabilities')
        : undefined;
    expect(await released(request)).toMatchObject({ appUid: 0 });
    const pod = deploymentIn(request.cluster).spec.template.spec;
    expect(pod).toMatchObject({ hostUsers: false, securityContext: { runAsUser: 0, runAsNonRoot: false } });
    expect(pod?.containers[0]?.securityContext?.capabilities).toEqual({ drop: ["ALL"], add: ["NET_BIND_SERVICE"] });
  });

  it("runs a server that would give root up itself as nobody, where the namespace gives root no rights", async () => {
    const image = { ...sampleService().recipe, dockerfile: "Dockerfile" };
    const own = sampleService({ recipe: image, start: null, rootless: ["/var/cache/nginx"] });
    const request = sampleRequest(own);
    const free = sampleRequest(own);
    await released(free);
    expect(deploymentIn(free.cluster).spec.template.spec?.securityContext).toMatchObject({ runAsUser: 0 });
    request.cluster.refuse = (verb, object) =>
      verb === "preflight" && JSON.stringify(object).includes("SETUID")
        ? refusal('violates PodSecurity "restricted:latest": unrestricted capabilities')
        : undefined;
    await released(request);
    const pod = deploymentIn(request.cluster).spec.template.spec;
    expect(pod?.securityContext).toMatchObject({ runAsUser: 10_001, runAsNonRoot: true });
    expect(pod?.containers[0]?.volumeMounts).toContainEqual(expect.objectContaining({ mountPath: "/var/cache/nginx" }));
  });

  it("turns a service into a Job and leaves no Deployment behind", async () => {
    const request = sampleRequest();
    await released(request);
    const job = sampleService({ kind: "Job" });
    const release = await released({ ...request, service: job });
    expect(release.workload).toMatch(/^shop-web-[a-z0-9]{6}$/);
    expect([...request.cluster.objects.keys()].toSorted()).toEqual([
      `Job/team-a/${release.workload}`,
      "ServiceAccount/team-a/shop",
    ]);
    request.cluster.takeRequests();
    await released({ ...request, service: job });
    expect(request.cluster.takeRequests()).toEqual([]);
  });

  it("finishes on the next pass what a killed controller left of another kind", async () => {
    const request = sampleRequest();
    await released(request);
    const left = deploymentIn(request.cluster);
    const job = sampleService({ kind: "Job" });
    await released({ ...request, service: job });
    request.cluster.put(left);
    await released({ ...request, service: job });
    expect(request.cluster.objects.has("Deployment/team-a/shop-web")).toBe(false);
  });

  it("removes what the plan no longer has, and nothing else", async () => {
    const request = sampleRequest();
    await released(request);
    await removeUnplanned(request.cluster, request.run, ["web"]);
    expect(request.cluster.objects.has("Deployment/team-a/shop-web")).toBe(true);
    await removeUnplanned(request.cluster, request.run, ["api"]);
    expect([...request.cluster.objects.keys()]).toEqual(["ServiceAccount/team-a/shop"]);
  });

  it("passes a PORT that the person set, and expects it there", async () => {
    const request = sampleRequest();
    const spec = { ...request.spec, env: [{ name: "PORT", value: "4321" }] };
    expect(await released({ ...request, spec })).toMatchObject({ port: 4321, passedPort: 4321 });
  });

  it("puts a forwarder beside a program that listens on its loopback only", async () => {
    const request = sampleRequest(sampleService({ bridge: true }));
    await released(request);
    const sidecar = deploymentIn(request.cluster).spec.template.spec?.initContainers?.[0];
    expect(sidecar).toMatchObject({
      restartPolicy: "Always",
      args: ["bridge", "-listen", "$(POD_IP):3000", "-to", "3000"],
      securityContext: { runAsUser: lookerUid },
    });
  });

  it("stands in on the pod's own address for a database that the code looks for there", async () => {
    const request = sampleRequest(sampleService({ forwards: [{ port: 3306, database: "mysql" }] }));
    const access = {
      name: "mysql",
      engine: "MySQL" as const,
      version: "8.4",
      host: "h",
      port: 3306,
      secret: "shop-mysql",
    };
    await released({ ...request, databases: [access] });
    const [sidecar] = deploymentIn(request.cluster).spec.template.spec?.initContainers ?? [];
    expect(sidecar).toMatchObject({
      restartPolicy: "Always",
      args: ["forward", "-listen", "127.0.0.1:3306", "-to", "$(HOST):$(PORT)"],
      env: [
        { name: "HOST", valueFrom: { secretKeyRef: { name: "shop-mysql", key: "host" } } },
        { name: "PORT", valueFrom: { secretKeyRef: { name: "shop-mysql", key: "port" } } },
      ],
      securityContext: { runAsUser: lookerUid },
    });
  });

  it("stops without losing anything", async () => {
    const request = sampleRequest();
    await released(request);
    const stopped = await released({ ...request, spec: { ...request.spec, state: "Stopped" } });
    expect(stopped.replicas).toBe(0);
    expect(deploymentIn(request.cluster).spec.replicas).toBe(0);
  });
});
