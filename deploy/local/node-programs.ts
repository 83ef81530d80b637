import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BackgroundProgram } from "./background.ts";
import { network } from "./network.ts";
import type { NodeFiles } from "./node-files.ts";
import type { LocalPaths } from "./paths.ts";
import { pathOf } from "./tools.ts";

const mirrorServer = join(import.meta.dirname, "mirror-server.ts");
const volumeServer = join(import.meta.dirname, "volumes.ts");
const images = join(import.meta.dirname, "images");
/** What the mirror can make is read once, at its start. */
const imageFiles = readdirSync(images).map((name) => join(images, name));

/** Certificates and kubeconfigs that the node's programs are given. */
export interface NodeIdentity {
  readonly caFile: string;
  readonly admin: { readonly certFile: string; readonly keyFile: string };
  readonly api: { readonly certFile: string; readonly keyFile: string };
  readonly kubeletServer: { readonly certFile: string; readonly keyFile: string };
  readonly kubeletClient: { readonly certFile: string; readonly keyFile: string };
  readonly serviceAccounts: { readonly privateFile: string; readonly publicFile: string };
  /** Kubeconfig of each component, by its name. */
  readonly kubeconfigs: Readonly<Record<"controllers" | "scheduler" | "kubelet" | "proxy", string>>;
}

/** Everything that runs on the node, in the order in which it is started. */
export interface NodePrograms {
  readonly etcd: BackgroundProgram;
  readonly api: BackgroundProgram;
  readonly controllers: BackgroundProgram;
  readonly scheduler: BackgroundProgram;
  readonly containerd: BackgroundProgram;
  readonly kubelet: BackgroundProgram;
  readonly proxy: BackgroundProgram;
  readonly dns: BackgroundProgram;
  readonly mirrorStore: BackgroundProgram;
  readonly mirror: BackgroundProgram;
  readonly volumes: BackgroundProgram;
}

export function nodePrograms(
  paths: LocalPaths,
  programs: string,
  path: string,
  node: { readonly files: NodeFiles; readonly identity: NodeIdentity; readonly address: string },
): NodePrograms {
  const { files, identity, address } = node;
  const kube = join(programs, "kube");
  const etcdUrl = `http://127.0.0.1:${String(network.etcdPort)}`;
  const peerUrl = `http://127.0.0.1:${String(network.etcdPeerPort)}`;
  const env = { PATH: path };
  return {
    etcd: {
      name: "etcd",
      file: kube,
      args: [
        "etcd",
        "--data-dir",
        join(paths.cluster, "etcd"),
        "--listen-client-urls",
        etcdUrl,
        "--advertise-client-urls",
        etcdUrl,
        "--listen-peer-urls",
        peerUrl,
        "--initial-advertise-peer-urls",
        peerUrl,
        "--initial-cluster",
        `default=${peerUrl}`,
        "--auto-compaction-retention",
        "5m",
        "--quota-backend-bytes",
        "8589934592",
        "--log-level",
        "warn",
      ],
    },
    api: {
      name: "kube-apiserver",
      graceMs: 3000,
      file: kube,
      reads: [identity.api.certFile, files.audit],
      args: [
        "kube-apiserver",
        `--etcd-servers=${etcdUrl}`,
        `--service-cluster-ip-range=${network.serviceRange}`,
        `--secure-port=${String(network.apiPort)}`,
        `--advertise-address=${address}`,
        `--client-ca-file=${identity.caFile}`,
        `--tls-cert-file=${identity.api.certFile}`,
        `--tls-private-key-file=${identity.api.keyFile}`,
        "--service-account-issuer=https://kubernetes.default.svc",
        `--service-account-key-file=${identity.serviceAccounts.publicFile}`,
        `--service-account-signing-key-file=${identity.serviceAccounts.privateFile}`,
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--allow-privileged=true",
        "--kubelet-preferred-address-types=InternalIP",
        `--kubelet-client-certificate=${identity.kubeletClient.certFile}`,
        `--kubelet-client-key=${identity.kubeletClient.keyFile}`,
        "--service-node-port-range=30000-32767",
        "--max-requests-inflight=800",
        "--max-mutating-requests-inflight=400",
        `--audit-policy-file=${files.audit}`,
        `--audit-log-path=${join(paths.log, "audit.log")}`,
        "--audit-log-maxsize=200",
        "--audit-log-maxbackup=5",
      ],
    },
    controllers: {
      name: "kube-controller-manager",
      file: kube,
      args: [
        "kube-controller-manager",
        `--kubeconfig=${identity.kubeconfigs.controllers}`,
        "--use-service-account-credentials",
        `--service-account-private-key-file=${identity.serviceAccounts.privateFile}`,
        `--root-ca-file=${identity.caFile}`,
        "--leader-elect=false",
        `--cluster-cidr=${network.podRange}`,
        "--allocate-node-cidrs=false",
        "--concurrent-gc-syncs=20",
      ],
    },
    scheduler: {
      name: "kube-scheduler",
      file: kube,
      args: ["kube-scheduler", `--kubeconfig=${identity.kubeconfigs.scheduler}`, "--leader-elect=false"],
    },
    containerd: {
      name: "containerd",
      file: join(programs, "containerd"),
      reads: [files.containerd, join(files.cni, "10-bridge.conflist")],
      args: ["--config", files.containerd],
      env,
    },
    kubelet: {
      name: "kubelet",
      file: kube,
      reads: [files.kubelet, identity.kubeletServer.certFile],
      args: [
        "kubelet",
        "--config",
        files.kubelet,
        "--kubeconfig",
        identity.kubeconfigs.kubelet,
        "--hostname-override",
        network.nodeName,
        "--node-ip",
        address,
        "--root-dir",
        join(paths.cluster, "kubelet"),
      ],
      env,
    },
    proxy: {
      name: "kube-proxy",
      file: kube,
      args: [
        "kube-proxy",
        `--kubeconfig=${identity.kubeconfigs.proxy}`,
        `--cluster-cidr=${network.podRange}`,
        `--hostname-override=${network.nodeName}`,
        "--proxy-mode=nftables",
      ],
      env,
    },
    dns: { name: "coredns", file: join(programs, "coredns"), reads: [files.corefile], args: ["-conf", files.corefile] },
    mirrorStore: {
      name: "mirror-store",
      file: join(programs, "registry"),
      reads: [files.mirror],
      args: ["serve", files.mirror],
      env: { OTEL_TRACES_EXPORTER: "none" },
    },
    volumes: {
      name: "volumes",
      file: process.execPath,
      reads: [volumeServer, identity.admin.certFile],
      args: [
        volumeServer,
        join(paths.cluster, "volumes"),
        network.nodeName,
        String(network.apiPort),
        identity.caFile,
        identity.admin.certFile,
        identity.admin.keyFile,
      ],
    },
    mirror: {
      name: "mirror",
      file: process.execPath,
      reads: [mirrorServer, ...imageFiles],
      args: [
        mirrorServer,
        network.gateway,
        String(network.mirrorPort),
        String(network.mirrorStorePort),
        programs,
        path,
      ],
      env: {
        ...ownFolders(),
        PATH: pathOf([dirname(process.execPath), "/usr/local/go/bin"]),
      },
    },
  };
}

/** The mirror makes images in the same cache, for the same cluster. */
function ownFolders(): Readonly<Record<string, string>> {
  const names = ["REPO_RUNNER_CACHE", "REPO_RUNNER_HOME"];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
