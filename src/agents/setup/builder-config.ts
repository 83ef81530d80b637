import type { Settings } from "../../settings.ts";

/** Port of a builder, with mutual TLS. */
export const builderPort = 1234;

/** Network of the RUN steps, inside a builder's pod only: a range that is routed nowhere. */
const runNetwork = "198.18.0.0/16";
const runBridge = "rr-run";

/** Registries that a mirror stands before. */
const mirrored = [
  "docker.io",
  "ghcr.io",
  "quay.io",
  "gcr.io",
  "mcr.microsoft.com",
  "public.ecr.aws",
  "registry.k8s.io",
];

/** The files of a builder's ConfigMap: BuildKit's configuration, and what starts it. */
export function builderFiles(settings: Settings): Readonly<Record<string, string>> {
  return { "buildkitd.toml": buildkitdToml(settings), "start.sh": startScript(settings) };
}

function buildkitdToml(settings: Settings): string {
  const { builder, mirror, registry } = settings;
  const cacheBytes = toBytes(builder.cacheSize);
  const lines = [
    'root = "/var/lib/buildkit"',
    "insecure-entitlements = []",
    "",
    "[log]",
    'format = "json"',
    "",
    "[grpc.tls]",
    'ca = "/tls/ca.crt"',
    'cert = "/tls/tls.crt"',
    'key = "/tls/tls.key"',
    "",
    // Nothing of a build is kept for others to read: logs go to the client alone.
    "[history]",
    "maxEntries = 0",
    "",
    "[worker.containerd]",
    "enabled = false",
    "",
    "[worker.oci]",
    "enabled = true",
    `noProcessSandbox = ${builder.mode === "Rootless"}`,
    'networkMode = "cni"',
    'cniConfigPath = "/run/repo-runner/cni.conflist"',
    'cniBinaryPath = "/run/repo-runner/cni"',
    "max-parallelism = 4",
    "gc = true",
    "",
    "[[worker.oci.gcpolicy]]",
    "all = true",
    `reservedSpace = ${Math.floor(cacheBytes * 0.1)}`,
    `maxUsedSpace = ${Math.floor(cacheBytes * 0.8)}`,
    "",
    '[frontend."dockerfile.v0"]',
    "enabled = true",
    "",
    // A frontend named by a repository would be a program of its choice with access to the build's session.
    '[frontend."gateway.v0"]',
    ...(builder.frontends.length === 0
      ? ["enabled = false"]
      : ["enabled = true", `allowedRepositories = ${JSON.stringify(builder.frontends)}`]),
  ];
  const registries = new Map<string, string[]>();
  if (mirror) {
    for (const host of mirrored) registries.set(host, [`mirrors = [${JSON.stringify(mirror.host)}]`]);
    registries.set(mirror.host, mirror.insecure ? ["http = true"] : []);
  }
  if (registry.insecure) registries.set(registry.push, ["http = true"]);
  for (const [host, values] of registries) lines.push("", `[registry.${JSON.stringify(host)}]`, ...values);
  return `${lines.join("\n")}\n`;
}

/**
 * Starts the daemon behind a firewall of its own. Every RUN step has a network of its own on a bridge inside the pod; from there it reaches the
 * outside and the name server, and neither the cluster, nor the node, nor another RUN step, nor this daemon. No rule, no daemon.
 */
function startScript(settings: Settings): string {
  const { deny, allow } = settings.builder;
  return `#!/bin/sh
set -eu
umask 022
mkdir -p /run/repo-runner/cni
for plugin in bridge host-local loopback; do
  for at in "$(command -v "buildkit-cni-$plugin" || true)" "/opt/cni/bin/$plugin" "/usr/lib/cni/$plugin" "/usr/libexec/cni/$plugin"; do
    if [ -x "$at" ]; then ln -sf "$at" "/run/repo-runner/cni/$plugin"; break; fi
  done
  [ -x "/run/repo-runner/cni/$plugin" ] || { echo "CNI plugin $plugin is missing in this image" >&2; exit 1; }
done
mtu=$(cat /sys/class/net/eth0/mtu 2>/dev/null || echo 1400)
cat > /run/repo-runner/cni.conflist <<CNI
{"cniVersion":"1.0.0","name":"repo-runner","plugins":[{"type":"bridge","bridge":"${runBridge}","isDefaultGateway":true,"ipMasq":false,"hairpinMode":false,"portIsolation":true,"mtu":$mtu,"ipam":{"type":"host-local","dataDir":"/run/repo-runner/addresses","ranges":[[{"subnet":"${runNetwork}"}]]}}]}
CNI
if [ "$(cat /proc/sys/net/ipv4/ip_forward)" != 1 ]; then
  mount -o remount,rw /proc/sys
  echo 1 > /proc/sys/net/ipv4/ip_forward
fi
{
  echo "*nat"
  echo ":POSTROUTING ACCEPT [0:0]"
  echo "-A POSTROUTING -s ${runNetwork} ! -o ${runBridge} -j MASQUERADE"
  echo "COMMIT"
  echo "*filter"
  echo ":INPUT ACCEPT [0:0]"
  echo ":FORWARD DROP [0:0]"
  echo ":OUTPUT ACCEPT [0:0]"
  echo "-A INPUT -i ${runBridge} -j DROP"
  echo "-A FORWARD -i ${runBridge} -o ${runBridge} -j DROP"
  echo "-A FORWARD -o ${runBridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"
  for server in $(sed -n 's/^nameserver[[:space:]]*//p' /etc/resolv.conf | grep -v :); do
    echo "-A FORWARD -i ${runBridge} -d $server -p udp --dport 53 -j ACCEPT"
    echo "-A FORWARD -i ${runBridge} -d $server -p tcp --dport 53 -j ACCEPT"
  done
  for range in "$NODE_IP" "\${KUBERNETES_SERVICE_HOST:-}"; do
    case "$range" in ""|*:*) ;; *) echo "-A FORWARD -i ${runBridge} -d $range -j REJECT" ;; esac
  done
${allow
  .filter(isRange)
  .map((range) => `  echo "-A FORWARD -i ${runBridge} -d ${range} -j ACCEPT"\n`)
  .join("")}${deny
    .filter(isRange)
    .map((range) => `  echo "-A FORWARD -i ${runBridge} -d ${range} -j REJECT"\n`)
    .join("")}  echo "-A FORWARD -i ${runBridge} -j ACCEPT"
  echo "COMMIT"
} | iptables-restore
if [ -d /proc/sys/net/ipv6 ]; then
  printf '%s\\n' "*filter" ":INPUT ACCEPT [0:0]" ":FORWARD DROP [0:0]" ":OUTPUT ACCEPT [0:0]" "-A INPUT -i ${runBridge} -j DROP" "COMMIT" | ip6tables-restore
fi
exec buildkitd --config /etc/repo-runner/buildkitd.toml --addr tcp://0.0.0.0:${builderPort}
`;
}

/** An IPv4 address or range; what an administrator mistypes must not become a line of a script. */
function isRange(text: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?$/.test(text);
}

/** `20Gi` as bytes. */
function toBytes(quantity: string): number {
  const match = /^(?<number>\d+(?:\.\d+)?)(?<unit>[KMGT]i?)?$/.exec(quantity);
  const unit = match?.groups?.["unit"] ?? "";
  const base = unit.endsWith("i") ? 1024 : 1000;
  const power = ["", "K", "M", "G", "T"].indexOf(unit.charAt(0));
  if (!match || power < 0) throw new Error(`builder.cacheSize is no quantity: ${quantity}`);
  return Number(match.groups?.["number"]) * base ** power;
}
