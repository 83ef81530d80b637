import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/agents/cluster.ts";
import { findAccess } from "../../src/controller/auth.ts";
import { Caches } from "../../src/controller/caches.ts";
import { KubeCluster } from "../../src/controller/kube-cluster.ts";
import { Metrics } from "../../src/controller/metrics.ts";
import { Conflict } from "../../src/controller/pass-error.ts";
import { Transport } from "../../src/controller/transport.ts";
import { labelsOf } from "../../src/run-ref.ts";
import { type ApiServer, startApiServer, until } from "./apiserver.ts";
import { installOpenCrd } from "./toy.ts";

const run = { namespace: "default", name: "web", uid: "00000000-0000-0000-0000-000000000001" };

interface Container {
  readonly name: string;
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly ports?: readonly { readonly containerPort: number }[];
}

interface Deployment extends KubeObject {
  readonly spec: {
    readonly selector: object;
    readonly template: { readonly metadata: object; readonly spec: { readonly containers: readonly Container[] } };
  };
}

let api: ApiServer;
let caches: Caches;
let cluster: KubeCluster;
let transport: Transport;
let count = 0;
let name = "";
const stop = new AbortController();

beforeAll(async () => {
  api = await startApiServer();
  await installOpenCrd(api);
  transport = new Transport(await findAccess(api.kubeconfig));
  const listener = { runChanged: () => undefined, childChanged: () => undefined };
  const logger = pino({ level: "silent" });
  caches = new Caches({ transport, namespaces: ["default"], listener, metrics: new Metrics(), logger });
  cluster = new KubeCluster(transport, caches);
  void caches.watch(stop.signal);
  await caches.synced();
});
afterAll(async () => {
  stop.abort();
  transport.close();
  await api.stop();
});
beforeEach(() => {
  count += 1;
  name = `it-${count}`;
});

function deployment(ports: readonly number[], env: readonly string[]): Deployment {
  const selector = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "default", labels: { ...labelsOf(run, "release") } },
    spec: {
      selector: { matchLabels: selector },
      template: {
        metadata: { labels: selector },
        spec: {
          containers: [
            {
              name: "app",
              image: "example.org/app:1",
              ports: ports.map((containerPort) => ({ containerPort })),
              env: env.map((each) => ({ name: each, value: "x" })),
            },
          ],
        },
      },
    },
  };
}

function pod(more: object = {}): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default", labels: labelsOf(run, "build") },
    spec: { containers: [{ name: "app", image: "example.org/app:1", ...more }] },
  } as KubeObject;
}

async function made(object: KubeObject): Promise<string> {
  const answer = await cluster.create(object);
  if (answer.state !== "created") throw new Error(JSON.stringify(answer));
  return answer.object.metadata.uid ?? "";
}

describe("create", () => {
  it("shows the object at once among the run's children, and says exists the second time", async () => {
    const uid = await made(pod());
    expect(cluster.children("Pod", "default", "web").some((each) => each.uid === uid)).toBe(true);
    expect(await cluster.create(pod())).toEqual({ state: "exists" });
  });

  it("is refused, with the server's words, for what is invalid and where there is no namespace", async () => {
    expect(await cluster.create(pod({ name: "Not A Name" }))).toMatchObject({
      state: "refused",
      refusal: { status: 422, reason: "Invalid" },
    });
    const nowhere = { ...pod(), metadata: { name, namespace: "nowhere" } };
    expect(await cluster.create(nowhere)).toMatchObject({ state: "refused", refusal: { status: 404 } });
  });

  it("is refused by a quota", async () => {
    await api.must("POST", "/api/v1/namespaces", { metadata: { name: "poor" } });
    await api.must("POST", "/api/v1/namespaces/poor/resourcequotas", {
      metadata: { name: "none" },
      spec: { hard: { pods: "0" } },
    });
    await api.must(
      "PATCH",
      "/api/v1/namespaces/poor/resourcequotas/none/status",
      { status: { hard: { pods: "0" }, used: { pods: "0" } } },
      "application/merge-patch+json",
    );
    const object = { ...pod(), metadata: { name, namespace: "poor" } };
    const answer = await cluster.create(object);
    expect(answer).toMatchObject({ state: "refused", refusal: { status: 403, reason: "Forbidden" } });
    expect(await cluster.preflight(object)).toMatchObject({ status: 403 });
  });
});

describe("apply", () => {
  it("takes away what a later one leaves out, also what the first POST had brought", async () => {
    const uid = await made(deployment([3000], ["PORT", "OLD"]));
    await cluster.apply(deployment([8080], ["PORT"]), uid);
    await cluster.apply(deployment([8080], ["PORT", "NEW"]), uid);
    await cluster.apply(deployment([8080], ["PORT"]), uid);
    const [container] =
      (await cluster.get<Deployment>("Deployment", "default", name))?.spec.template.spec.containers ?? [];
    expect(container?.ports?.map((each) => each.containerPort)).toEqual([8080]);
    expect(container?.env?.map((each) => each.name)).toEqual(["PORT"]);
  });

  it("patches neither a namesake nor makes what is not there", async () => {
    await made(deployment([3000], []));
    const stranger = "00000000-0000-0000-0000-00000000dead";
    await expect(cluster.apply(deployment([1], []), stranger)).rejects.toBeInstanceOf(Conflict);
    name = `${name}-absent`;
    await expect(cluster.apply(deployment([1], []), stranger)).rejects.toBeInstanceOf(Conflict);
    expect(await cluster.get("Deployment", "default", name)).toBeUndefined();
  });

  it("is refused for what is invalid", async () => {
    const uid = await made(deployment([3000], []));
    expect(await cluster.apply(deployment([70_000], []), uid)).toMatchObject({
      state: "refused",
      refusal: { status: 422 },
    });
  });
});

describe("remove", () => {
  it("takes the object out at once, leaves a namesake, and does not mind what is gone", async () => {
    const uid = await made(pod());
    await cluster.remove("Pod", "default", name, "00000000-0000-0000-0000-00000000dead");
    expect(await cluster.get("Pod", "default", name)).toBeDefined();
    await cluster.remove("Pod", "default", name, uid);
    expect(cluster.children("Pod", "default", "web").filter((each) => each.uid === uid && !each.deleting)).toEqual([]);
    await until(async () => (await cluster.get("Pod", "default", name)) === undefined);
    await cluster.remove("Pod", "default", name, uid);
  });
});

describe("a look", () => {
  it("by preflight changes nothing, and finds nothing wrong with what is right or there already", async () => {
    expect(await cluster.preflight(pod())).toBeUndefined();
    expect(await cluster.get("Pod", "default", name)).toBeUndefined();
    await made(pod());
    expect(await cluster.preflight(pod())).toBeUndefined();
    expect(await cluster.preflight(pod({ image: "" }))).toMatchObject({ status: 422 });
  });

  it("by list finds the run's own only, with their kind", async () => {
    const map = (of: string, at: string): KubeObject =>
      ({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: at, namespace: "default", labels: labelsOf({ ...run, name: of }, "survey") },
      }) as KubeObject;
    await made(map("lister", `${name}-a`));
    await made(map("other", `${name}-b`));
    const found = await cluster.list("ConfigMap", "default", "lister");
    expect(found.map((each) => `${each.kind}/${each.metadata.name}`)).toEqual([`ConfigMap/${name}-a`]);
  });

  it("at the log of a pod that is not there finds nothing", async () => {
    expect(await cluster.log("default", "absent", "app", { limitBytes: 100 })).toBeUndefined();
  });

  it("by an ephemeral container is seen at once as waiting, before the kubelet says a word", async () => {
    await made(pod());
    const looker = { name: "look-1", image: "example.org/looker:1", targetContainerName: "app" };
    expect((await cluster.addEphemeralContainer("default", name, looker)).state).toBe("created");
    const record = cluster.children("Pod", "default", "web").find((each) => each.name === name);
    expect(record?.containers.filter((each) => each.type === "Ephemeral")).toMatchObject([
      { name: "look-1", state: "Waiting" },
    ]);
    expect((await cluster.addEphemeralContainer("default", name, looker)).state).toBe("created");
    expect(await cluster.addEphemeralContainer("default", "absent", looker)).toMatchObject({ state: "refused" });
  });
});
