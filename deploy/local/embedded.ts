import { existsSync, rmSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { ApiClient } from "./api-client.ts";
import {
  ensureRunning,
  markLog,
  recordedPrograms,
  runningPid,
  saidSince,
  stopProgram,
  waitUntil,
} from "./background.ts";
import { ensureBaseImages } from "./base-images.ts";
import { CertificateAuthority } from "./certificates.ts";
import { endContainers } from "./containers.ts";
import { readHostRecord } from "./host-record.ts";
import { prepareHost, restoreHost, unmountBelow } from "./host.ts";
import { issueIdentities } from "./identity.ts";
import { withLock } from "./lock.ts";
import { mirrorHost, network, nodeAddress } from "./network.ts";
import { writeNodeFiles } from "./node-files.ts";
import { nodePrograms } from "./node-programs.ts";
import { localPaths, type LocalPaths } from "./paths.ts";
import { ensurePrograms, type Programs } from "./programs.ts";
import type { Report } from "./step-failure.ts";
import { storageClass } from "./storage-class.ts";

export interface ClusterOptions {
  readonly paths?: LocalPaths;
  readonly signal?: AbortSignal;
  /** Base images that will be needed, by their official names. */
  readonly images?: readonly string[];
}

/** A running embedded cluster: what is there is left as it is, what is missing is made and started. */
export async function ensureCluster(options: ClusterOptions, report: Report): Promise<EmbeddedCluster> {
  const paths = options.paths ?? localPaths();
  const programs = await ensurePrograms(paths, report, options.signal);
  await ensureBaseImages(paths, programs, ["repo-runner/pause:1", ...(options.images ?? [])], report);
  const waiting = (): void => {
    report.live("start", "another up starts the node; waiting for it");
  };
  await withLock(join(paths.cluster, "start.lock"), waiting, () =>
    startCluster(paths, programs.folder, programs.path, report),
  );
  return { kubeconfig: paths.kubeconfig, auditLog: join(paths.log, "audit.log"), paths, programs };
}

export interface EmbeddedCluster {
  readonly kubeconfig: string;
  /** Every request to the API server, one JSON line each. */
  readonly auditLog: string;
  readonly paths: LocalPaths;
  readonly programs: Programs;
}

async function startCluster(paths: LocalPaths, programs: string, path: string, report: Report): Promise<void> {
  const startedAt = Date.now();
  const seconds = (): number => (Date.now() - startedAt) / 1000;
  const told: string[] = [];
  const tell = (text: string): void => {
    told.push(`${text} ${seconds().toFixed(0)} s`);
    report.live("start", told.join(" · "));
  };
  const address = nodeAddress();
  const authority = await CertificateAuthority.open(paths.pki);
  const identity = await issueIdentities(paths, authority, address);
  const files = writeNodeFiles(paths, programs, {
    caFile: identity.caFile,
    kubeletCert: identity.kubeletServer.certFile,
    kubeletKey: identity.kubeletServer.keyFile,
  });
  const node = nodePrograms(paths, programs, path, { files, identity, address });

  await ensureRunning(paths, node.etcd);
  await waitUntil(paths, "etcd", () => answers(`http://127.0.0.1:${String(network.etcdPort)}/health`));
  tell("etcd");
  await prepareHost(paths);
  if (runningPid(paths, "containerd") === undefined) rmSync(files.containerdSocket, { force: true });
  const containerdLog = markLog(paths, "containerd");
  const isContainerdNew = await ensureRunning(paths, node.containerd);
  await ensureRunning(paths, node.api);
  await ensureRunning(paths, node.mirrorStore);
  await ensureRunning(paths, node.mirror);
  const api = new ApiClient(network.apiPort, { caFile: identity.caFile, ...identity.admin });
  await waitUntil(paths, "kube-apiserver", async () => (await api.ask("GET", "/readyz")).code === 200, 120_000);
  tell("api server");
  await allowDns(api);
  await api.apply(`/apis/storage.k8s.io/v1/storageclasses/${storageClass.metadata.name}`, storageClass);
  await ensureRunning(paths, node.volumes);
  await ensureRunning(paths, node.controllers);
  await ensureRunning(paths, node.scheduler);
  // Its socket is there before its CRI answers, and a kubelet that is refused ends at once.
  await waitUntil(
    paths,
    "containerd",
    () =>
      existsSync(files.containerdSocket) &&
      (!isContainerdNew || saidSince(containerdLog, "containerd successfully booted")),
  );
  await ensureRunning(paths, node.kubelet);
  await ensureRunning(paths, node.proxy);
  await ensureRunning(paths, node.dns);
  await waitUntil(
    paths,
    "kubelet",
    async () => (await answers("http://127.0.0.1:10248/healthz")) && (await isNodeReady(api)),
    120_000,
  );
  tell("node ready");
  await waitUntil(paths, "coredns", () => answers(`http://127.0.0.1:${String(network.dnsHealthPort)}/health`));
  await waitUntil(paths, "mirror", () => answers(`http://${mirrorHost}/v2/`));
  tell("dns and registry");
  report.done("start", told.join(" · "), seconds());
}

/** Stops everything and takes away what was made on this machine; the data stays, unless it is to be forgotten. */
export async function stopCluster(
  options: ClusterOptions & { readonly purge?: boolean },
  report: Report,
): Promise<void> {
  const paths = options.paths ?? localPaths();
  const startedAt = Date.now();
  const seconds = (): number => (Date.now() - startedAt) / 1000;
  if (recordedPrograms(paths).length > 0 || readHostRecord(paths).folders.length > 0)
    await stopNode(paths, options, report);
  if (options.purge === true) {
    await unmountBelow([paths.cluster]);
    rmSync(paths.cluster, { recursive: true, force: true });
    rmSync(paths.kubeconfig, { force: true });
  }
  report.done(
    "stop",
    options.purge === true ? "stopped, data forgotten; built programs and images are kept" : "stopped, data kept",
    seconds(),
  );
}

async function stopNode(paths: LocalPaths, options: ClusterOptions, report: Report): Promise<void> {
  const programs = await ensurePrograms(paths, report, options.signal);
  report.live("stop", "kubelet and pods");
  await stopProgram(paths, "kubelet");
  await endContainers(paths, programs.folder);
  const others = recordedPrograms(paths).filter((name) => name !== "containerd" && name !== "etcd");
  await Promise.all(others.map((name) => stopProgram(paths, name)));
  await stopProgram(paths, "containerd");
  await stopProgram(paths, "etcd");
  await restoreHost(paths, { PATH: programs.path });
}

async function isNodeReady(api: ApiClient): Promise<boolean> {
  // The kubelet renews its lease every ten seconds: without that, a condition from before the last stop would be believed.
  const lease = await api.ask(
    "GET",
    `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${network.nodeName}`,
  );
  const answer = await api.ask("GET", `/api/v1/nodes/${network.nodeName}`);
  if (lease.code !== 200 || answer.code !== 200) return false;
  const { spec } = JSON.parse(lease.body) as { spec?: { renewTime?: string } };
  const node = JSON.parse(answer.body) as { status?: { conditions?: { type: string; status: string }[] } };
  const ready = node.status?.conditions?.find((condition) => condition.type === "Ready");
  return ready?.status === "True" && Date.now() - Date.parse(spec?.renewTime ?? "") < 20_000;
}

async function allowDns(api: ApiClient): Promise<void> {
  const meta = { name: "repo-runner:dns" };
  const group = "rbac.authorization.k8s.io";
  await api.apply(`/apis/${group}/v1/clusterroles/repo-runner:dns`, {
    apiVersion: `${group}/v1`,
    kind: "ClusterRole",
    metadata: meta,
    rules: [
      { apiGroups: [""], resources: ["services", "pods", "namespaces"], verbs: ["list", "watch"] },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
    ],
  });
  await api.apply(`/apis/${group}/v1/clusterrolebindings/repo-runner:dns`, {
    apiVersion: `${group}/v1`,
    kind: "ClusterRoleBinding",
    metadata: meta,
    roleRef: { apiGroup: group, kind: "ClusterRole", name: "repo-runner:dns" },
    subjects: [{ apiGroup: group, kind: "User", name: "repo-runner:dns" }],
  });
}

async function answers(url: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const asked = request(url, { agent: false, timeout: 2000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.on("error", () => {
      resolve(false);
    });
    asked.on("timeout", () => asked.destroy());
    asked.end();
  });
}
