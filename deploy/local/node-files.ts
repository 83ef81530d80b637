import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mirrorHost, network } from "./network.ts";
import type { LocalPaths } from "./paths.ts";

/** The configuration files of the node's programs, by name. */
export interface NodeFiles {
  readonly audit: string;
  readonly cni: string;
  readonly containerd: string;
  readonly containerdSocket: string;
  readonly kubelet: string;
  readonly corefile: string;
  readonly resolvConf: string;
  readonly mirror: string;
}

/** Writes all of them; they are made anew at each start, so editing them changes nothing. */
export function writeNodeFiles(
  paths: LocalPaths,
  programs: string,
  pki: { caFile: string; kubeletCert: string; kubeletKey: string },
): NodeFiles {
  mkdirSync(paths.config, { recursive: true });
  mkdirSync(paths.state, { recursive: true, mode: 0o755 });
  const at = (name: string): string => join(paths.config, name);
  const files: NodeFiles = {
    audit: at("audit-policy.yaml"),
    cni: at("cni"),
    containerd: at("containerd.toml"),
    containerdSocket: join(paths.state, "containerd/containerd.sock"),
    kubelet: at("kubelet.yaml"),
    corefile: at("Corefile"),
    resolvConf: at("resolv.conf"),
    mirror: at("mirror.yml"),
  };
  writeFileSync(files.audit, json(auditPolicy));
  mkdirSync(files.cni, { recursive: true });
  writeFileSync(join(files.cni, "10-bridge.conflist"), json(cniConfig(paths)));
  writeFileSync(files.containerd, containerdConfig(paths, programs, files));
  writeCertsD(paths);
  writeFileSync(files.kubelet, json(kubeletConfig(files, pki)));
  writeFileSync(files.resolvConf, `nameserver ${network.gateway}\n`);
  writeFileSync(files.corefile, corefile(join(paths.pki, "dns.kubeconfig")));
  writeFileSync(files.mirror, registryConfig(paths, `127.0.0.1:${String(network.mirrorStorePort)}`, true));
  return files;
}

/** YAML readers take JSON. */
function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

// Who asked what of the API server, never what was in it. Tests count requests by it.
const auditPolicy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [
    { level: "None", nonResourceURLs: ["/healthz*", "/readyz*", "/livez*", "/metrics"] },
    {
      level: "None",
      users: ["system:apiserver", "system:kube-scheduler", "system:kube-controller-manager"],
      resources: [{ group: "coordination.k8s.io", resources: ["leases"] }],
    },
    {
      level: "None",
      userGroups: ["system:nodes"],
      resources: [{ group: "coordination.k8s.io", resources: ["leases"] }],
    },
    { level: "Metadata" },
  ],
};

function cniConfig(paths: LocalPaths): unknown {
  return {
    cniVersion: "1.0.0",
    name: "repo-runner",
    plugins: [
      {
        type: "bridge",
        bridge: network.bridge,
        isGateway: true,
        ipMasq: true,
        ipMasqBackend: "nftables",
        hairpinMode: true,
        mtu: 1400,
        ipam: {
          type: "host-local",
          dataDir: join(paths.state, "cni"),
          ranges: [[{ subnet: network.podRange, gateway: network.gateway }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
      { type: "portmap", backend: "nftables", capabilities: { portMappings: true } },
    ],
  };
}

function containerdConfig(paths: LocalPaths, programs: string, files: NodeFiles): string {
  return `version = 3
root = "${join(paths.cluster, "containerd")}"
state = "${join(paths.state, "containerd")}"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.nri.v1.nri", "io.containerd.tracing.processor.v1.otlp"]
[grpc]
  address = "${files.containerdSocket}"
[plugins.'io.containerd.cri.v1.images']
  snapshotter = "overlayfs"
  max_concurrent_downloads = 6
  [plugins.'io.containerd.cri.v1.images'.pinned_images]
    sandbox = "${mirrorHost}/repo-runner/pause:1"
  [plugins.'io.containerd.cri.v1.images'.registry]
    config_path = "${join(paths.config, "certs.d")}"
[plugins.'io.containerd.cri.v1.runtime']
  # Else every sandbox dies at oom_score_adj on a machine that lacks CAP_SYS_RESOURCE.
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ["${join(programs, "cni")}"]
    conf_dir = "${files.cni}"
  [plugins.'io.containerd.cri.v1.runtime'.containerd]
    default_runtime_name = "runc"
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
        BinaryName = "${join(programs, "runc")}"
        SystemdCgroup = false
`;
}

/** Every official name is read from the mirror; the product's own registry is asked as it is. */
function writeCertsD(paths: LocalPaths): void {
  const folder = join(paths.config, "certs.d");
  rmSync(folder, { recursive: true, force: true });
  const hosts = { _default: mirrorHost, "docker.io": mirrorHost, [network.productRegistry]: network.productRegistry };
  for (const [name, host] of Object.entries(hosts)) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(
      join(folder, name, "hosts.toml"),
      `server = "http://${host}"\n[host."http://${host}"]\n  capabilities = ["pull", "resolve"]\n`,
    );
  }
}

function kubeletConfig(files: NodeFiles, pki: { caFile: string; kubeletCert: string; kubeletKey: string }): unknown {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    cgroupDriver: "cgroupfs",
    failCgroupV1: false,
    containerRuntimeEndpoint: `unix://${files.containerdSocket}`,
    clusterDNS: [network.gateway],
    clusterDomain: "cluster.local",
    failSwapOn: false,
    resolvConf: files.resolvConf,
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: pki.caFile } },
    authorization: { mode: "Webhook" },
    tlsCertFile: pki.kubeletCert,
    tlsPrivateKeyFile: pki.kubeletKey,
    imageGCHighThresholdPercent: 95,
    imageGCLowThresholdPercent: 90,
    evictionHard: { "nodefs.available": "1%", "imagefs.available": "1%", "memory.available": "100Mi" },
    maxPods: 200,
    podPidsLimit: 4096,
    serializeImagePulls: false,
    maxParallelImagePulls: 4,
    registryPullQPS: 0,
    containerLogMaxSize: "10Mi",
    containerLogMaxFiles: 2,
  };
}

function corefile(kubeconfig: string): string {
  return `.:53 {
  bind ${network.gateway}
  errors
  health 127.0.0.1:${String(network.dnsHealthPort)}
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    kubeconfig ${kubeconfig}
    pods insecure
    ttl 5
  }
  forward . /etc/resolv.conf
  cache 30 {
    disable success cluster.local
    disable denial cluster.local
  }
}
`;
}

/** The mirror's configuration; both sides of it share one storage in the cache, which outlives the cluster. */
export function registryConfig(paths: LocalPaths, address: string, readOnly: boolean): string {
  return json({
    version: "0.1",
    log: { level: "warn", accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: join(paths.cache, "mirror") },
      ...(readOnly ? { maintenance: { readonly: { enabled: true } } } : { delete: { enabled: true } }),
    },
    http: { addr: address },
  });
}
