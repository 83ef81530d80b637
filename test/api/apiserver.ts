import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { CertificateAuthority } from "../../deploy/local/certificates.ts";

/** A real API server with its own etcd, for one test file. */
export interface ApiServer {
  readonly kubeconfig: string;
  readonly url: string;
  /** Folder with logs, certificates and, where asked for, `audit.log`. */
  readonly folder: string;
  /** Asks as administrator. */
  ask(method: string, path: string, body?: unknown, contentType?: string): Promise<{ code: number; body: string }>;
  /** Like `ask`, for what has to work: the parsed answer. */
  must<T>(method: string, path: string, body?: unknown, contentType?: string): Promise<T>;
  /** Kills the API server (not etcd), as an outage would, and starts it on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** The multi-call program `kube` (etcd and kube-apiserver in one): `REPO_RUNNER_KUBE`, or the newest that `up` has built. */
export function findKube(): string | undefined {
  const named = process.env["REPO_RUNNER_KUBE"];
  if (named !== undefined) return named;
  const programs = join(process.env["REPO_RUNNER_CACHE"] ?? join(homedir(), ".cache", "repo-runner"), "programs");
  if (!existsSync(programs)) return undefined;
  return readdirSync(programs)
    .map((folder) => join(programs, folder, "kube"))
    .filter((file) => existsSync(file))
    .toSorted((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs)[0];
}

/** Starts etcd and an API server on free loopback ports in a temporary folder; resolves when it is ready. */
export async function startApiServer(options: { audit?: boolean; flags?: readonly string[] } = {}): Promise<ApiServer> {
  const kube = findKube();
  if (kube === undefined) throw new Error("no kube program: set REPO_RUNNER_KUBE, or run `repo-runner up` once");
  const folder = mkdtempSync(join(tmpdir(), "repo-runner-api-"));
  const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
  const authority = await CertificateAuthority.open(join(folder, "pki"));
  const serving = await authority.issue({
    name: "apiserver",
    commonName: "kube-apiserver",
    addresses: ["127.0.0.1", "10.96.0.1"],
    hosts: ["localhost", "kubernetes.default.svc"],
  });
  const admin = await authority.issue({ name: "admin", commonName: "admin", organization: "system:masters" });
  const accounts = authority.serviceAccountKeys();
  const kubeconfig = join(folder, "kubeconfig");
  const url = `https://127.0.0.1:${port}`;
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "test", cluster: { server: url, "certificate-authority": authority.certFile } }],
      users: [{ name: "admin", user: { "client-certificate": admin.certFile, "client-key": admin.keyFile } }],
      contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
      "current-context": "test",
    }),
    { mode: 0o600 },
  );

  const start = (name: string, args: readonly string[]): ChildProcess => {
    const log = openSync(join(folder, `${name}.log`), "a");
    return spawn(kube, args, { stdio: ["ignore", log, log] });
  };
  const etcd = start("etcd", [
    "etcd",
    `--data-dir=${join(folder, "etcd")}`,
    `--listen-client-urls=http://127.0.0.1:${etcdPort}`,
    `--advertise-client-urls=http://127.0.0.1:${etcdPort}`,
    `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
    "--unsafe-no-fsync",
    "--log-level=warn",
  ]);
  const apiArgs = [
    "kube-apiserver",
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    `--secure-port=${port}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    "--endpoint-reconciler-type=none",
    "--service-cluster-ip-range=10.96.0.0/16",
    `--client-ca-file=${authority.certFile}`,
    `--tls-cert-file=${serving.certFile}`,
    `--tls-private-key-file=${serving.keyFile}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${accounts.publicFile}`,
    `--service-account-signing-key-file=${accounts.privateFile}`,
    "--authorization-mode=RBAC",
    // Nothing makes service accounts here, and pods are made by tests themselves.
    "--disable-admission-plugins=ServiceAccount",
    "--enable-admission-plugins=OwnerReferencesPermissionEnforcement",
    ...(options.audit === true ? auditFlags(folder) : []),
    ...(options.flags ?? []),
  ];
  let server = start("apiserver", apiArgs);

  const identity = {
    ca: readFileSync(authority.certFile),
    cert: readFileSync(admin.certFile),
    key: readFileSync(admin.keyFile),
  };
  const ask: ApiServer["ask"] = async (method, path, body, contentType = "application/json") =>
    await new Promise((resolve) => {
      const asked = request(
        `${url}${path}`,
        {
          ...identity,
          method,
          agent: false,
          timeout: 20_000,
          headers: body === undefined ? {} : { "content-type": contentType },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.on("end", () => {
            resolve({ code: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
          });
          answer.on("error", (error) => {
            resolve({ code: 0, body: error.message });
          });
        },
      );
      asked.on("error", (error) => {
        resolve({ code: 0, body: error.message });
      });
      asked.on("timeout", () => asked.destroy());
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  const ready = async (): Promise<void> => {
    const until = Date.now() + 60_000;
    while ((await ask("GET", "/readyz")).code !== 200) {
      if (server.exitCode !== null || Date.now() > until) {
        throw new Error(`the API server did not start: ${tail(join(folder, "apiserver.log"))}`);
      }
      await sleep(100);
    }
  };
  const result: ApiServer = {
    kubeconfig,
    url,
    folder,
    ask,
    async must<T>(method: string, path: string, body?: unknown, contentType?: string) {
      const answer = await ask(method, path, body, contentType);
      if (answer.code < 200 || answer.code > 299) throw new Error(`${method} ${path}: ${answer.code} ${answer.body}`);
      return JSON.parse(answer.body) as T;
    },
    async restart() {
      await end(server, "SIGKILL");
      server = start("apiserver", apiArgs);
      await ready();
    },
    async stop() {
      // Open watches would keep it for ten seconds, and nothing of it is kept.
      await end(server, "SIGKILL");
      await end(etcd);
      if (process.env["KEEP"] !== "1") rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await ready();
    await until(async () => (await ask("GET", "/api/v1/namespaces/default")).code === 200);
  } catch (error) {
    await result.stop();
    throw error;
  }
  return result;
}

/** Asks again and again until it is so; the test's words when it never is. */
export async function until(isSo: () => boolean | Promise<boolean>, timeoutMs = 20_000, what = "it"): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`${what} did not come true within ${timeoutMs} ms`);
    await sleep(25);
  }
}

function auditFlags(folder: string): readonly string[] {
  const policy = join(folder, "audit-policy.json");
  const rules = [
    { level: "None", verbs: ["get", "list", "watch"] },
    { level: "Metadata", omitStages: ["RequestReceived"] },
  ];
  writeFileSync(policy, JSON.stringify({ apiVersion: "audit.k8s.io/v1", kind: "Policy", rules }));
  return [`--audit-policy-file=${policy}`, `--audit-log-path=${join(folder, "audit.log")}`];
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

async function end(child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  const kill = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await gone;
  clearTimeout(kill);
}

function tail(file: string): string {
  return readFileSync(file, "utf8").split("\n").slice(-12).join("\n");
}
