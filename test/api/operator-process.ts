import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApiServer } from "./apiserver.ts";

const root = join(import.meta.dirname, "..", "..");

/** Node's flags in the image: a small young generation, and code that is kept small. */
export const nodeFlags = ["--max-semi-space-size=2", "--optimize-for-size"] as const;
/** How the image sets glibc's allocator. */
const allocator = { MALLOC_ARENA_MAX: "1", MALLOC_TRIM_THRESHOLD_: "131072", MALLOC_MMAP_THRESHOLD_: "131072" };

/** A controller in a process of its own, as far as a measurement asks for it. */
export interface ControllerProcess {
  readonly pid: number;
  readonly logFile: string;
  readonly hasEnded: boolean;
  stop(): Promise<void>;
}

/** Bundles the checkout as the image has it; answers with the path of `main.js`. */
export function bundleOperator(): string {
  const folder = mkdtempSync(join(tmpdir(), "repo-runner-bundle-"));
  const rolldown = join(root, "node_modules", "rolldown", "bin", "cli.mjs");
  execFileSync(process.execPath, [rolldown, "-c", join(root, "rolldown.config.js"), "-d", folder], {
    cwd: root,
    stdio: "ignore",
    timeout: 120_000,
  });
  writeFileSync(join(folder, "package.json"), '{"type":"module"}\n');
  return join(folder, "main.js");
}

interface Token {
  readonly status: { readonly token: string };
}

/** A service account's folder as the kubelet mounts it, for an account that may do everything. */
export async function mountAccount(server: ApiServer): Promise<string> {
  const accounts = "/api/v1/namespaces/default/serviceaccounts";
  await server.must("POST", accounts, { metadata: { name: "repo-runner" } });
  await server.must("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
    metadata: { name: "repo-runner" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
    subjects: [{ kind: "ServiceAccount", name: "repo-runner", namespace: "default" }],
  });
  const answer = await server.must<Token>("POST", `${accounts}/repo-runner/token`, {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: { expirationSeconds: 86_400 },
  });
  const folder = join(server.folder, "account");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "token"), answer.status.token, { mode: 0o600 });
  writeFileSync(join(folder, "ca.crt"), certificateOf(server));
  return folder;
}

function certificateOf(server: ApiServer): Buffer {
  const config = JSON.parse(readFileSync(server.kubeconfig, "utf8")) as {
    clusters: readonly [{ cluster: { "certificate-authority": string } }];
  };
  return readFileSync(config.clusters[0].cluster["certificate-authority"]);
}

/** Starts the real operator, bundled, as its pod does: in-cluster access, settings from a file, no CA bundle. */
export function startOperator(
  server: ApiServer,
  options: { bundle: string; account: string; workers?: number; flags?: readonly string[] },
): ControllerProcess {
  const settings = join(server.folder, "settings.yaml");
  // No kubelet ends a Job here: none may wait for another.
  writeFileSync(settings, "jobs: { perNamespace: 0, total: 0 }\n");
  const url = new URL(server.url);
  return startProcess(
    server,
    "operator",
    process.execPath,
    [...(options.flags ?? nodeFlags), options.bundle, "controller"],
    {
      NODE_ENV: "production",
      ...allocator,
      PATH: process.env["PATH"] ?? "",
      REPO_RUNNER_SETTINGS: settings,
      REPO_RUNNER_SERVICE_ACCOUNT: options.account,
      KUBERNETES_SERVICE_HOST: url.hostname,
      KUBERNETES_SERVICE_PORT: url.port,
      POD_NAMESPACE: "default",
      POD_NAME: `operator-${Date.now()}`,
      WORKERS: String(options.workers ?? 8),
      PORT: "0",
    },
  );
}

let started = 0;

/** Starts a program with its output in a file beside the API server's logs. */
export function startProcess(
  server: ApiServer,
  name: string,
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): ControllerProcess {
  started += 1;
  const logFile = join(server.folder, `${name}-${started}.log`);
  const log = openSync(logFile, "a");
  const child: ChildProcess = spawn(program, args, { stdio: ["ignore", log, log], env });
  if (child.pid === undefined) throw new Error(`${program} did not start`);
  return {
    pid: child.pid,
    logFile,
    get hasEnded() {
      return child.exitCode !== null || child.signalCode !== null;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      const kill = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await gone;
      clearTimeout(kill);
    },
  };
}

/** What a process has taken so far: memory in MB, CPU in seconds. */
export interface Footprint {
  readonly rssMb: number;
  /** Shared pages counted by their share. */
  readonly pssMb: number;
  /** The most it ever had. */
  readonly highWaterMb: number;
  readonly cpuSeconds: number;
}

/** Reads a process's footprint from /proc. */
export function footprintOf(pid: number): Footprint {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const kb = (text: string, name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0);
  // The name in brackets may hold blanks; utime and stime are the 12th and 13th after it.
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    rssMb: kb(status, "VmRSS") / 1024,
    pssMb: kb(rollup, "Pss") / 1024,
    highWaterMb: kb(status, "VmHWM") / 1024,
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100,
  };
}
