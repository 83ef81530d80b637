import { beforeEach, describe, expect, it } from "vitest";
import type { Database, Plan } from "../../plan.ts";
import type { RepoRunSpec } from "../../repo-run.ts";
import { Settings } from "../../settings.ts";
import { containerRecord, FakeCluster } from "../fake-cluster.ts";
import { databaseVariables } from "./access.ts";
import { DBAgent, removeUnplannedDatabases } from "./db-agent.ts";
import { newDatabase } from "./sample-database.ts";

const run = { namespace: "team", name: "shop", uid: "uid-of-run" };
const context = { signal: new AbortController().signal, log: () => undefined };
const spec: RepoRunSpec = { source: { git: { url: "https://git.example.org/shop.git" } } };
const postgres = newDatabase({ engine: "Postgres", version: "17", image: "docker.io/library/postgres:17" });

let cluster: FakeCluster;
beforeEach(() => {
  cluster = new FakeCluster();
});

async function provide(database: Database, parts: { spec?: RepoRunSpec; uid?: string } = {}) {
  const plan: Plan = { version: 1, services: [], databases: [database], needs: [], warnings: [], summary: "" };
  return await new DBAgent().run(
    {
      cluster,
      run: { ...run, uid: parts.uid ?? run.uid },
      plan,
      database,
      settings: Settings.parse({}),
      spec: parts.spec ?? spec,
    },
    context,
  );
}

function object(
  kind: string,
  name: string,
):
  | { metadata: Record<string, unknown>; spec?: unknown; stringData?: Record<string, string>; type?: string }
  | undefined {
  return cluster.objects.get(`${kind}/team/${name}`) as never;
}

function secrets(): string[] {
  return [...cluster.objects.keys()].filter((key) => key.startsWith("Secret/")).map((key) => key.split("/")[2] ?? "");
}

/** The pod as the StatefulSet's controller would make it. */
function startPod(ready: boolean, parts: Parameters<FakeCluster["setPod"]>[0] | object = {}): void {
  const set = object("StatefulSet", "shop-postgres") as never as {
    spec: { template: { metadata: { labels: Record<string, string>; annotations: Record<string, string> } } };
  };
  const { labels, annotations } = set.spec.template.metadata;
  cluster.setPod({
    name: "shop-postgres-0",
    namespace: "team",
    labels,
    annotations,
    ready,
    createdAt: new Date().toISOString(),
    ...parts,
  });
}

describe("a database that is provided", () => {
  it("is waited for, then told, and asked again costs no request", async () => {
    expect(await provide(postgres)).toMatchObject({
      state: "waiting",
      reason: "Starting",
      message: "waiting for postgres",
    });
    startPod(false);
    expect(await provide(postgres)).toMatchObject({ state: "waiting" });
    startPod(true);
    cluster.takeRequests();
    const given = await provide(postgres);
    expect(given).toMatchObject({
      state: "done",
      value: {
        name: "postgres",
        engine: "Postgres",
        version: "17",
        host: "shop-postgres.team.svc",
        port: 5432,
        secret: secrets()[0],
      },
    });
    expect(given.state === "done" && given.value.clusterIP).toMatch(/^10\./);
    expect(cluster.takeRequests()).toEqual([]);
  });

  it("has a Service Binding Secret that is made once, and belongs to the volume", async () => {
    await provide(postgres);
    const [name = ""] = secrets();
    const secret = object("Secret", name);
    expect(secret?.type).toBe("servicebinding.io/postgresql");
    expect(secret?.stringData).toMatchObject({
      type: "postgresql",
      host: "shop-postgres.team.svc",
      port: "5432",
      username: "app",
      database: "app",
    });
    const { password = "", uri, "jdbc-url": jdbc } = secret?.stringData ?? {};
    expect(password).toMatch(/^[0-9a-f]{48}$/);
    expect(uri).toBe(`postgresql://app:${password}@shop-postgres.team.svc:5432/app`);
    expect(jdbc).toBe("jdbc:postgresql://shop-postgres.team.svc:5432/app");
    const volume = object("PersistentVolumeClaim", "shop-postgres");
    expect(secret?.metadata["ownerReferences"]).toEqual([
      expect.objectContaining({ kind: "PersistentVolumeClaim", uid: volume?.metadata["uid"] }),
    ]);
    await provide({ ...postgres, args: ["-c", "max_connections=50"] });
    expect(secrets()).toEqual([name]);
    expect(object("Secret", name)?.stringData?.["password"]).toBe(password);
  });

  it("is restricted as Pod Security wants it", async () => {
    await provide(postgres);
    const { spec: pod } = (
      object("StatefulSet", "shop-postgres") as never as { spec: { template: { spec: Record<string, unknown> } } }
    ).spec.template;
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 999, seccompProfile: { type: "RuntimeDefault" } },
    });
    expect(pod["containers"]).toMatchObject([
      {
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
      },
    ]);
    expect(cluster.requests.map(({ verb, kind }) => `${verb} ${kind}`)).toContain("preflight Pod");
  });

  it("keeps its data when the RepoRun goes, and takes them up again", async () => {
    await provide(postgres);
    expect(object("PersistentVolumeClaim", "shop-postgres")?.metadata["ownerReferences"]).toBeUndefined();
    const [before] = secrets();
    await cluster.remove("StatefulSet", "team", "shop-postgres");
    await cluster.remove("Service", "team", "shop-postgres");
    await cluster.remove("ServiceAccount", "team", "shop");
    await provide(postgres, { uid: "uid-of-another" });
    expect(secrets()).toEqual([before]);
  });

  it("goes with the RepoRun where that is asked for, also later", async () => {
    await provide(postgres);
    await provide({ ...postgres, deletionPolicy: "Delete" });
    expect(object("PersistentVolumeClaim", "shop-postgres")?.metadata["ownerReferences"]).toEqual([
      expect.objectContaining({ uid: run.uid }),
    ]);
  });

  it("keeps the version that wrote its data", async () => {
    await provide(postgres);
    await provide({ ...postgres, version: "18", image: "docker.io/library/postgres:18" });
    expect(JSON.stringify(object("StatefulSet", "shop-postgres"))).toContain("docker.io/library/postgres:17");
    startPod(true);
    expect(await provide({ ...postgres, version: "18", image: "docker.io/library/postgres:18" })).toMatchObject({
      value: { version: "17" },
    });
  });

  it("never touches what is a stranger's", async () => {
    const kind = "PersistentVolumeClaim";
    cluster.put({
      apiVersion: "v1",
      kind,
      metadata: { name: "shop-postgres", namespace: "team", labels: {} },
    } as never);
    expect(await provide(postgres)).toMatchObject({ state: "failed", failure: { reason: "NameConflict" } });
    expect(secrets()).toEqual([]);
  });

  it("takes no data of another engine", async () => {
    await provide({ ...postgres, name: "main" });
    expect(await provide({ ...newDatabase({ engine: "MySQL" }), name: "main" })).toMatchObject({
      state: "failed",
      failure: { reason: "DataOfAnotherEngine" },
    });
  });

  it("has no pod while the run is stopped", async () => {
    expect(await provide(postgres, { spec: { ...spec, state: "Stopped" } })).toMatchObject({ state: "done" });
    expect(object("StatefulSet", "shop-postgres")?.spec).toMatchObject({ replicas: 0 });
  });

  it("says why it cannot be: no volume, a crash", async () => {
    await provide(postgres);
    startPod(false, {
      createdAt: "2026-01-01T00:00:00Z",
      unschedulable: "pod has unbound immediate PersistentVolumeClaims",
    });
    expect(await provide(postgres)).toMatchObject({
      state: "failed",
      failure: { reason: "NoVolume", blame: "Platform" },
    });
    cluster.logs.set("shop-postgres-0/database", "FATAL:  data directory has wrong ownership\n");
    startPod(false, { containers: [containerRecord({ name: "database", reason: "CrashLoopBackOff", restarts: 3 })] });
    expect(await provide(postgres)).toMatchObject({
      state: "failed",
      failure: { reason: "DatabaseFails", lines: ["FATAL:  data directory has wrong ownership"] },
    });
  });

  it("goes when no plan has it, without its data", async () => {
    await provide(postgres);
    await removeUnplannedDatabases(cluster, run, ["postgres"]);
    expect(object("StatefulSet", "shop-postgres")).toBeDefined();
    await removeUnplannedDatabases(cluster, run, []);
    expect([object("StatefulSet", "shop-postgres"), object("Service", "shop-postgres")]).toEqual([
      undefined,
      undefined,
    ]);
    expect(object("PersistentVolumeClaim", "shop-postgres")).toBeDefined();
  });
});

it("one that exists is bound without a request", async () => {
  const given = await provide({ ...postgres, bindTo: "company-db" });
  expect(given).toMatchObject({ state: "done", value: { secret: "company-db", host: undefined, port: 5432 } });
  expect(cluster.takeRequests()).toEqual([]);
});

describe("variables of a program", () => {
  const access = { name: "main-db", engine: "Postgres", version: "17", host: "h", port: 5432, secret: "s" } as const;
  const from = (name: string, key: string) => ({ name, valueFrom: { secretKeyRef: { name: "s", key } } });

  it("refer to one key where that is all", () => {
    expect(databaseVariables({ name: "DB_PASSWORD", of: "main-db", value: "{password}" }, [access])).toEqual([
      from("DB_PASSWORD", "password"),
    ]);
  });

  it("are put together by the kubelet, with what looks like its own signs left alone", () => {
    expect(
      databaseVariables({ name: "URL", of: "main-db", value: "pg://{username}:{password}@{host}/$(HOME)" }, [access]),
    ).toEqual([
      from("REPO_RUNNER_MAIN_DB_HOST", "host"),
      from("REPO_RUNNER_MAIN_DB_USERNAME", "username"),
      from("REPO_RUNNER_MAIN_DB_PASSWORD", "password"),
      {
        name: "URL",
        value:
          "pg://$(REPO_RUNNER_MAIN_DB_USERNAME):$(REPO_RUNNER_MAIN_DB_PASSWORD)@$(REPO_RUNNER_MAIN_DB_HOST)/$$(HOME)",
      },
    ]);
  });

  it("are none for a database that is not there", () => {
    expect(databaseVariables({ name: "URL", of: "other", value: "{host}" }, [access])).toEqual([]);
  });
});
