import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeFileSync } from "node:fs";
import { attemptCommand } from "../../deploy/local/command.ts";
import { helmPrograms } from "../../deploy/local/helm.ts";
import { renderChart } from "../../crds/rendered.ts";
import { type ApiServer, startApiServer, until } from "./apiserver.ts";
import { askAs } from "./ask-as.ts";
import { runs } from "./install-crd.ts";

const controller = "system:serviceaccount:repo-runner-system:repo-runner";
const looker = "ghcr.io/repo-runner/repo-runner-looker:0.1.0";

let api: ApiServer;
let applied: { ok: boolean; stderr: string };

/** Applies the whole chart as people do; the namespaces come first in it, so one pass is enough. */
async function applyChart(...values: readonly string[]): Promise<{ ok: boolean; stderr: string }> {
  const { kubectl } = await helmPrograms();
  const file = join(api.folder, "chart.yaml");
  writeFileSync(file, await renderChart(["namespace.create=true", "samples.enabled=true", ...values]));
  const target = ["--kubeconfig", api.kubeconfig, "apply", "--server-side", "--force-conflicts", "-f", file];
  return await attemptCommand(kubectl, target, { timeoutMs: 120_000 });
}

beforeAll(async () => {
  api = await startApiServer();
  applied = await applyChart("namespaces={default}");
  await until(async () => (await api.ask("GET", runs)).code === 200, 20_000, "the CRD is served");
}, 300_000);
afterAll(async () => {
  await api.stop();
});

it("is taken by the API server, without a warning of Pod Security or anything else", () => {
  expect(applied).toMatchObject({ ok: true, stderr: "" });
});

it("can be applied again", async () => {
  expect((await applyChart("namespaces={default}", "controller.replicas=3")).ok).toBe(true);
});

describe("a RepoRun's author", () => {
  const source = { git: { url: "https://git.example.org/a.git" } };
  const run = (spec: Record<string, unknown>) => ({
    apiVersion: "repo-runner.dev/v1alpha1",
    kind: "RepoRun",
    metadata: { name: "mine" },
    spec: { source, ...spec },
  });
  const names = (...secrets: readonly string[]) =>
    run({
      env: secrets.map((name, at) => ({ name: `A${at}`, valueFrom: { secretKeyRef: { name, key: "k" } } })),
    });
  const ask = async (user: string, body: unknown) => await askAs(api, user, "POST", `${runs}?dryRun=All`, body);

  beforeAll(async () => {
    const roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/default";
    const grant = async (user: string, name: string, rules: readonly unknown[]) => {
      await api.must("POST", `${roles}/roles`, { metadata: { name }, rules });
      await api.must("POST", `${roles}/rolebindings`, {
        metadata: { name },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
        subjects: [{ kind: "User", name: user, apiGroup: "rbac.authorization.k8s.io" }],
      });
    };
    const author = { apiGroups: ["repo-runner.dev"], resources: ["reporuns"], verbs: ["create"] };
    const secrets = { apiGroups: [""], resources: ["secrets"], verbs: ["get"] };
    await grant("alice", "alice", [author, { ...secrets, resourceNames: ["npm", "git"] }]);
    await grant("bob", "bob", [author, { apiGroups: [""], resources: ["pods"], verbs: ["create"] }]);
    await grant("carol", "carol", [author, secrets]);
    await until(async () => (await ask("carol", names("x"))).code === 201, 20_000, "the roles hold");
  });

  it("may name the Secrets that he may read, as often as he likes", async () => {
    expect((await ask("alice", names("npm", "git", "npm", "npm"))).code).toBe(201);
    const twelve = Array.from({ length: 60 }, (_, at) => `s${at % 12}`);
    expect((await ask("carol", names(...twelve))).code).toBe(201);
  });

  it("may not name another one, in whatever place", async () => {
    const says = "you may not use the Secret boss of this namespace, so a RepoRun of yours may not name it";
    const places = [
      { env: [{ name: "A", valueFrom: { secretKeyRef: { name: "boss", key: "k" } } }] },
      { services: [{ name: "web", env: [{ name: "A", valueFrom: { secretKeyRef: { name: "boss", key: "k" } } }] }] },
      { envFrom: [{ secretRef: { name: "boss" } }] },
      { source: { git: { url: "https://git.example.org/a.git", secretRef: { name: "boss" } } } },
      { image: { pushSecretRef: { name: "boss" } } },
      { links: { tlsSecretRef: { name: "boss" } } },
      { build: { secrets: [{ name: "A", secretKeyRef: { name: "boss", key: "k" } }] } },
      { databases: [{ name: "db", bindTo: { name: "boss" } }] },
    ];
    for (const place of places) {
      const { code, message } = await ask("alice", run(place));
      expect({ code, place, says: message.includes(says) }).toEqual({ code: 403, place, says: true });
    }
  });

  it("may not name a service account that he cannot use", async () => {
    const { message } = await ask("alice", run({ pod: { serviceAccountName: "boss" } }));
    expect(message).toContain("you may not use the service account boss of this namespace");
  });

  it("may name all of them when he may make Pods, which reach them anyway", async () => {
    const many = Array.from({ length: 20 }, (_, at) => `s${at}`);
    expect((await ask("bob", names(...many))).code).toBe(201);
    expect((await ask("bob", run({ pod: { serviceAccountName: "boss" } }))).code).toBe(201);
  });
});

describe("the controller", () => {
  const pods = "/api/v1/namespaces/default/pods";
  const pod = (name: string, labels: Record<string, string>) => ({
    metadata: { name, labels },
    spec: { containers: [{ name: "app", image: "app", env: [{ name: "A", value: "b" }] }] },
  });
  const look = async (name: string, container: Record<string, unknown>) =>
    await askAs(api, controller, "PATCH", `${pods}/${name}/ephemeralcontainers?dryRun=All`, {
      spec: { ephemeralContainers: [{ name: "look-1", image: looker, ...container }] },
    });

  beforeAll(async () => {
    await api.must("POST", pods, pod("ours", { "app.kubernetes.io/managed-by": "repo-runner" }));
    await api.must("POST", pods, pod("theirs", {}));
  });

  it("may add a looker to a pod of its own", async () => {
    expect(await look("ours", { args: ["sockets"] })).toMatchObject({ code: 200 });
  });

  it.each([
    ["another image", "ours", { image: "debian" }, `only ${looker} may be added`],
    ["the processes of a container", "ours", { targetContainerName: "app" }, "never the processes of a container"],
    ["variables", "ours", { env: [{ name: "A", value: "b" }] }, "no volume and no variable"],
    ["a pod that is not its own", "theirs", {}, "looks at its own pods only"],
  ])("may not add a looker with %s", async (_, name, container, says) => {
    const { code, message } = await look(name, container);
    expect(code).toBe(403);
    expect(message).toContain(says);
  });

  it("reads no Secret, not even by an empty patch", async () => {
    const secrets = "/api/v1/namespaces/default/secrets";
    await api.must("POST", secrets, { metadata: { name: "theirs" }, stringData: { a: "b" } });
    expect((await askAs(api, controller, "GET", `${secrets}/theirs`)).code).toBe(403);
    expect((await askAs(api, controller, "PATCH", `${secrets}/theirs`, {})).code).toBe(403);
    expect((await askAs(api, controller, "GET", secrets)).code).toBe(403);
  });

  it("makes nothing in a namespace that has not let it in", async () => {
    const elsewhere = "/api/v1/namespaces/kube-system/configmaps?dryRun=All";
    expect((await askAs(api, controller, "POST", elsewhere, { metadata: { name: "a" } })).code).toBe(403);
    const here = "/api/v1/namespaces/default/configmaps?dryRun=All";
    expect((await askAs(api, controller, "POST", here, { metadata: { name: "a" } })).code).toBe(201);
  });
});
