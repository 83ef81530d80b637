import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe } from "vitest";
import { PostgresStore } from "../../src/store/postgres-store.ts";
import { holdsStoreContract } from "../../src/store/store-contract.ts";
import { eventually, Kube } from "./support/kube.ts";
import { nodeAddress } from "./support/pushed-git.ts";

const namespace = "repo-runner-e2e-journal";
const labels = { app: "journal" };
let kube: Kube;
let url = "";

/** A PostgreSQL as a user of `api.postgres.secretName` would have one, reached at the node's address. */
async function startPostgres(password: string): Promise<string> {
  await kube.apply("Namespace", "", { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  await kube.apply("Pod", namespace, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "journal", namespace, labels },
    spec: {
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 999,
        fsGroup: 999,
        seccompProfile: { type: "RuntimeDefault" },
      },
      volumes: ["data", "run"].map((name) => ({ name, emptyDir: {} })),
      containers: [
        {
          name: "postgres",
          image: "docker.io/library/postgres:17",
          env: [
            { name: "POSTGRES_PASSWORD", value: password },
            { name: "PGDATA", value: "/data/journal" },
          ],
          volumeMounts: [
            { name: "data", mountPath: "/data" },
            { name: "run", mountPath: "/var/run/postgresql" },
          ],
          readinessProbe: { tcpSocket: { port: 5432 } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      ],
    },
  });
  const service = await kube.apply("Service", namespace, {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "journal", namespace },
    spec: { type: "NodePort", selector: labels, ports: [{ port: 5432 }] },
  });
  const { ports } = service.spec as { ports: readonly { nodePort: number }[] };
  return `postgres://postgres:${password}@${await nodeAddress(kube)}:${String(ports[0]?.nodePort)}/postgres`;
}

async function wipe(): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  await client.connect();
  try {
    await client.query("DROP SCHEMA IF EXISTS repo_runner CASCADE");
  } finally {
    await client.end();
  }
}

// The same contract that holds for SQLite in the unit tests (src/store).
describe.runIf(process.env["REPO_RUNNER_E2E"] === "all")("the journal on a real PostgreSQL", () => {
  beforeAll(async () => {
    kube = new Kube(process.env["REPO_RUNNER_E2E_KUBECONFIG"] ?? "");
    url = await startPostgres(randomBytes(12).toString("hex"));
    const answers = async () => {
      await wipe();
      return true;
    };
    await eventually("PostgreSQL answers", answers, { timeoutMs: 180_000 });
  });

  afterAll(async () => {
    await kube.remove("Namespace", "", namespace);
  });

  holdsStoreContract("PostgreSQL", async () => await PostgresStore.open(url, () => undefined), wipe);
});
