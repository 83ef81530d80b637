import { connect, type ConnectionOptions } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, Kube, type KubeJson } from "./support/kube.ts";
import { pushedGit, type PushedGit } from "./support/pushed-git.ts";
import { awaitEnd, condition } from "./support/run-case.ts";
import { dismiss, tenant } from "./support/world.ts";

const gitNamespace = "repo-runner-e2e-pushed-tenants";
const builders = "repo-runner-builds";
const tenants = ["repo-runner-e2e-tenant-a", "repo-runner-e2e-tenant-b"] as const;
const [a, b] = tenants;
/** As nodes reach the chart's registry. */
const registry = "http://127.0.0.1:5005";
const author = { "Impersonate-User": "e2e-author", "Impersonate-Group": "system:authenticated" };
let kube: Kube;
let git: PushedGit;

describe.runIf(process.env["REPO_RUNNER_E2E"] === "all")("two tenants", () => {
  beforeAll(async () => {
    kube = new Kube(process.env["REPO_RUNNER_E2E_KUBECONFIG"] ?? "");
    for (const each of tenants) await tenant(kube, each);
    git = await pushedGit(kube, gitNamespace, { password: "tenants-pa55" });
    git.push("page", {
      files: {
        "package.json": JSON.stringify({ name: "page", version: "1.0.0", scripts: { start: "node server.js" } }),
        "server.js": `require("node:http").createServer((request, response) => response.end("<title>Page</title>page")).listen(process.env.PORT);\n`,
      },
    });
    await Promise.all(tenants.map(async (each) => await create(each)));
    for (const each of tenants) {
      const status = await awaitEnd(kube, { name: "page", namespace: each }, 280_000);
      expect(condition(status, "Ready")?.reason).toBe("Verified");
    }
  });

  afterAll(async () => {
    for (const each of [...tenants, gitNamespace]) await dismiss(kube, each);
  });

  it("build on daemons of their own, which nothing of the cluster is mounted into", async () => {
    const [one, two] = [await builderOf(a), await builderOf(b)];
    expect(one.pod).not.toBe(two.pod);
    for (const { spec } of [one, two]) {
      expect(spec).toMatchObject({ automountServiceAccountToken: false, hostUsers: false });
      expect(JSON.stringify(spec)).not.toMatch(/hostPath|"privileged":true|hostNetwork":true/);
    }
  });

  it("hold papers that open their own builder and no other", async () => {
    const [one, two] = [await builderOf(a), await builderOf(b)];
    // The control: with the right papers the daemon begins to speak HTTP/2.
    expect(await speak(one.address, await papersOf(a))).toBe("speaks");
    expect(await speak(two.address, await papersOf(b))).toBe("speaks");
    expect(await speak(two.address, await papersOf(a))).not.toBe("speaks");
    expect(await speak(one.address, await papersOf(b))).not.toBe("speaks");
    expect(await speak(one.address, {})).not.toBe("speaks");
  });

  it("see and change their own images in the registry, and no other's", async () => {
    const mine = await passwordOf(a);
    const tags = (namespace: string) => `/v2/tenants/${namespace}/page/web/tags/list`;
    const upload = (namespace: string) => `/v2/tenants/${namespace}/page/web/blobs/uploads/`;
    expect(await registryStatus("GET", tags(a), mine)).toBe(200);
    expect(await registryStatus("POST", upload(a), mine)).toBe(202);
    expect(await registryStatus("GET", tags(b), mine)).toBe(403);
    expect(await registryStatus("POST", upload(b), mine)).toBe(403);
    expect(await registryStatus("GET", tags(a))).toBe(401);
    expect(await registryStatus("GET", tags(b), `${b}:${mine.split(":")[1] ?? ""}`)).toBe(401);
    for (const path of [
      "/v2/_catalog",
      `/v2/tenants/${a}/../${b}/page/web/tags/list`,
      `/v2/tenants/${a}%2f..%2f${b}/page/web/tags/list`,
    ])
      expect(await registryStatus("GET", path, mine), path).toBeGreaterThanOrEqual(400);
    // A layer of another's image by its digest, the way registries share them.
    const digest = `sha256:${"0".repeat(64)}`;
    const mount = `${upload(a)}?mount=${digest}&from=tenants/${b}/page/web`;
    expect([202, 403, 404]).toContain(await registryStatus("POST", mount, mine));
  });

  it("name no Secret in a RepoRun that its author may not use", async () => {
    await kube.create("Secret", a, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "of-somebody", namespace: a },
      stringData: { token: "not-yours" },
    });
    await bind("e2e-runs", { apiGroups: ["repo-runner.dev"], resources: ["reporuns"], verbs: ["create"] });
    const reach = [
      { source: { git: { url: git.url("page"), secretRef: { name: "of-somebody" } } } },
      { source: { git: { url: git.url("page") } }, envFrom: [{ secretRef: { name: "of-somebody" } }] },
      {
        source: { git: { url: git.url("page") } },
        env: [{ name: "TOKEN", valueFrom: { secretKeyRef: { name: "of-somebody", key: "token" } } }],
      },
    ];
    const plain = { source: { git: { url: git.url("page") } } };
    await eventually(
      "the author may make RepoRuns",
      async () => ((await dryRun(plain)).status < 300 ? true : undefined),
      {
        timeoutMs: 20_000,
      },
    );
    for (const spec of reach) {
      const answer = await dryRun(spec);
      expect(answer.status, answer.text).toBe(403);
      expect(answer.text).toContain("you may not use the Secret of-somebody");
    }
    await bind("e2e-secret", {
      apiGroups: [""],
      resources: ["secrets"],
      resourceNames: ["of-somebody"],
      verbs: ["get"],
    });
    await eventually(
      "he may once he could read it himself",
      async () => ((await dryRun(reach[0] ?? {})).status < 300 ? true : undefined),
      { timeoutMs: 20_000 },
    );
  });
});

async function create(namespace: string): Promise<void> {
  await kube.create("RepoRun", namespace, {
    apiVersion: "repo-runner.dev/v1alpha1",
    kind: "RepoRun",
    metadata: { name: "page", namespace },
    spec: { source: { git: { url: git.url("page") } } },
  });
}

async function dryRun(spec: Readonly<Record<string, unknown>>): Promise<{ status: number; text: string }> {
  const path = `/apis/repo-runner.dev/v1alpha1/namespaces/${a}/reporuns?dryRun=All`;
  const body = { apiVersion: "repo-runner.dev/v1alpha1", kind: "RepoRun", metadata: { name: "reach" }, spec };
  return await kube.ask("POST", path, body, author);
}

async function bind(name: string, rule: Readonly<Record<string, readonly string[]>>): Promise<void> {
  const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${a}/roles`;
  await kube.ask("POST", path, {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: { name },
    rules: [rule],
  });
  await kube.create("RoleBinding", a, {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
    subjects: [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name: "e2e-author" }],
  });
}

async function builderOf(namespace: string): Promise<{ pod: string; address: string; spec: Record<string, unknown> }> {
  const pods = await kube.list("Pod", builders, `repo-runner.dev/tenant=${namespace}`);
  const running = pods.filter((pod) => pod.status?.["phase"] === "Running");
  expect(running, `builders of ${namespace}`).toHaveLength(1);
  const [pod] = running;
  return {
    pod: pod?.metadata.name ?? "",
    address: (pod?.status?.["podIP"] as string | undefined) ?? "",
    spec: pod?.spec ?? {},
  };
}

/** The client's certificate of a tenant, as its build Jobs mount it. */
async function papersOf(namespace: string): Promise<ConnectionOptions> {
  const secrets = await kube.list("Secret", namespace);
  const papers = secrets.filter((secret) => secret.metadata.name.startsWith("repo-runner-builder-")).map(decoded);
  const newest = papers.at(-1);
  expect(newest, `papers of ${namespace}`).toBeDefined();
  return { cert: newest?.["tls.crt"] ?? "", key: newest?.["tls.key"] ?? "" };
}

async function passwordOf(namespace: string): Promise<string> {
  const secret = await kube.get("Secret", namespace, "repo-runner-registry");
  const config = JSON.parse((secret ? decoded(secret) : {})[".dockerconfigjson"] ?? "{}") as {
    auths?: Record<string, { auth: string }>;
  };
  const [first] = Object.values(config.auths ?? {});
  return Buffer.from(first?.auth ?? "", "base64").toString("utf8");
}

function decoded(secret: KubeJson): Record<string, string> {
  return Object.fromEntries(
    Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, "base64").toString("utf8")]),
  );
}

/** Whether a builder takes these papers: in TLS 1.3 a refusal comes only after the client believes to be connected. */
async function speak(host: string, papers: ConnectionOptions): Promise<string> {
  return await new Promise((resolve) => {
    // The server's own name is not the question here.
    const socket = connect({ host, port: 1234, ...papers, ALPNProtocols: ["h2"], rejectUnauthorized: false });
    const end = (word: string): void => {
      socket.destroy();
      resolve(word);
    };
    socket.setTimeout(8000, () => {
      end("silent");
    });
    socket.once("error", (error) => {
      end(error.message);
    });
    socket.once("close", () => {
      end("closed");
    });
    socket.once("secureConnect", () => {
      socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
      socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]));
    });
    socket.once("data", () => {
      end("speaks");
    });
  });
}

async function registryStatus(method: string, path: string, basic?: string): Promise<number> {
  const headers = basic === undefined ? {} : { authorization: `Basic ${Buffer.from(basic).toString("base64")}` };
  const answer = await fetch(registry + path, { method, headers, signal: AbortSignal.timeout(10_000) });
  await answer.arrayBuffer();
  return answer.status;
}
