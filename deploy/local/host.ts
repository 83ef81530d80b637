import { existsSync, readFileSync, readdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { attemptCommand, runCommand } from "./command.ts";
import { nothingMade, readHostRecord, writeHostRecord } from "./host-record.ts";
import { network } from "./network.ts";
import type { LocalPaths } from "./paths.ts";

const kernelSettings: Readonly<Record<string, string>> = {
  "/proc/sys/net/ipv4/ip_forward": "1",
  "/proc/sys/net/bridge/bridge-nf-call-iptables": "1",
};
const cgroupNames = ["kubepods", "k8s.io", "buildkit"];
const tables = [
  "ip kube-proxy",
  "ip6 kube-proxy",
  "inet cni_plugins_masquerade",
  "ip cni_hostport",
  "ip6 cni_hostport",
];

/** The pods' bridge with its address, forwarding, and the kernel's settings for them; all of it written down first. */
export async function prepareHost(paths: LocalPaths): Promise<void> {
  const before = readHostRecord(paths);
  await attemptCommand("modprobe", ["-a", "br_netfilter", "overlay"], { timeoutMs: 10_000 });
  const settings: Record<string, string> = {};
  for (const [file, wanted] of Object.entries(kernelSettings)) {
    if (!existsSync(file)) continue;
    const value = readFileSync(file, "utf8").trim();
    if (value !== wanted) settings[file] = value;
  }
  writeHostRecord(paths, {
    interfaces: [network.bridge],
    settings: { ...settings, ...before.settings },
    tables,
    cgroups: cgroupNames,
    folders: [paths.state],
  });
  for (const [file, wanted] of Object.entries(kernelSettings)) if (existsSync(file)) writeFileSync(file, wanted);
  if (!existsSync(`/sys/class/net/${network.bridge}`)) {
    await runCommand("ip", ["link", "add", network.bridge, "type", "bridge"], { timeoutMs: 10_000 });
  }
  await runCommand("ip", ["addr", "replace", `${network.gateway}/16`, "dev", network.bridge], { timeoutMs: 10_000 });
  await runCommand("ip", ["link", "set", network.bridge, "up"], { timeoutMs: 10_000 });
}

/** Takes away what `prepareHost` and the node's programs made on this machine. What is already gone is fine. */
export async function restoreHost(paths: LocalPaths, env: Readonly<Record<string, string>>): Promise<void> {
  const record = readHostRecord(paths);
  await unmountBelow([paths.state, paths.cluster]);
  for (const name of record.interfaces) await attemptCommand("ip", ["link", "delete", name], { timeoutMs: 10_000 });
  for (const table of record.tables) {
    await attemptCommand("nft", ["delete", "table", ...table.split(" ")], { timeoutMs: 10_000, env });
  }
  for (const [file, value] of Object.entries(record.settings)) if (existsSync(file)) writeFileSync(file, value);
  for (const name of record.cgroups) removeCgroups(name);
  for (const folder of record.folders) rmSync(folder, { recursive: true, force: true });
  writeHostRecord(paths, nothingMade);
}

/** Unmounts everything below these folders, innermost first. */
export async function unmountBelow(folders: readonly string[]): Promise<void> {
  const points = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => (line.split(" ")[4] ?? "").replaceAll("\\040", " "))
    .filter((point) => folders.some((folder) => point.startsWith(`${folder}/`)));
  for (const point of points.toReversed()) {
    const plain = await attemptCommand("umount", [point], { timeoutMs: 10_000 });
    if (!plain.ok) await attemptCommand("umount", ["--lazy", point], { timeoutMs: 10_000 });
  }
}

function removeCgroups(name: string): void {
  const root = "/sys/fs/cgroup";
  for (const hierarchy of [".", ...readdirSync(root)]) removeEmptyFolders(join(root, hierarchy, name));
}

function removeEmptyFolders(folder: string): void {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) removeEmptyFolders(join(folder, entry.name));
    }
    rmdirSync(folder);
  } catch {
    // Not there, or somebody is still in it: the next `down` finds it again.
  }
}
