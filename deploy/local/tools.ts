import { accessSync, chmodSync, constants, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cachedFolder } from "./cache-entry.ts";
import { attemptCommand, runCommand } from "./command.ts";
import type { LocalPaths } from "./paths.ts";
import { StepFailure, type Report } from "./step-failure.ts";

const step = "tools";
const systemPath = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
const libraries = ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu", "usr/lib", "lib"];

/** What the node needs of Debian: where it would be, and the package that brings it. */
const wanted = [
  { program: "nft", debian: "nftables" },
  { program: "ip", debian: "iproute2" },
  { program: "modprobe", debian: "kmod" },
  { program: "mount", debian: "mount" },
  { program: "mmdebstrap", debian: "mmdebstrap" },
  { program: "xz", debian: "xz-utils" },
] as const;

/** What building runc needs besides Go. */
const compilers = [
  { program: "gcc", debian: "gcc" },
  { program: "pkg-config", debian: "pkgconf" },
] as const;

/** Programs of Debian that this machine lacks, unpacked into the cache; nothing is installed. */
export interface Tools {
  /** Folders for the front of PATH. */
  readonly path: readonly string[];
  /** What had to be unpacked. */
  readonly unpacked: readonly string[];
  /** Root of the unpacked tree; empty where nothing was needed. */
  readonly root: string;
}

/** The PATH that node programs run with: the same in every shell, so that it is no reason to start them anew. */
export function pathOf(folders: readonly string[]): string {
  return [...folders, ...systemPath].join(":");
}

/** What starting and stopping a node needs, or what building its programs needs besides Go. */
export async function ensureTools(paths: LocalPaths, report: Report, purpose: "run" | "build"): Promise<Tools> {
  const startedAt = Date.now();
  const missing = packagesMissing(purpose);
  if (missing.length === 0) return { path: [], unpacked: [], root: "" };
  report.live(step, missing.join(" "));
  const place = join(paths.cache, `tools-${purpose}`);
  let isNew = false;
  const root = await cachedFolder(place, missing.join(" "), async (temporary) => {
    isNew = true;
    await unpack(paths, missing, temporary);
    wrapPrograms(temporary, place);
  });
  const text = isNew
    ? `${missing.join(" ")} unpacked into the cache; nothing is installed on this machine`
    : "from the cache";
  report.done(step, text, (Date.now() - startedAt) / 1000);
  return { path: [join(root, "wrapped")], unpacked: missing, root };
}

function packagesMissing(purpose: "run" | "build"): readonly string[] {
  // The node's programs do not see the PATH of whoever typed `up`.
  if (purpose === "run")
    return wanted
      .filter(({ program }) => !systemPath.some((folder) => isExecutable(join(folder, program))))
      .map(({ debian }) => debian);
  const missing: string[] = compilers.filter(({ program }) => !isOnPath(program)).map(({ debian }) => debian);
  if (missing.includes("gcc")) missing.push("libc6-dev");
  if (!existsSync("/usr/include/seccomp.h")) missing.push("libseccomp-dev");
  return missing;
}

/** Whether a program of that name can be run here. */
export function isOnPath(program: string): boolean {
  return [...systemPath, ...(process.env["PATH"] ?? "").split(":")].some((folder) =>
    isExecutable(join(folder, program)),
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** apt works out what is missing here and downloads it, with lists and archives of its own: the system's are not touched. */
async function unpack(paths: LocalPaths, packages: readonly string[], root: string): Promise<void> {
  if (!isOnPath("apt-get")) {
    throw new StepFailure(step, `this machine lacks ${packages.join(", ")} and has no apt to fetch them`, {
      next: `install ${packages.join(" ")} by this system's package manager, then make up`,
      turn: "Person",
    });
  }
  const folder = join(paths.cache, "apt");
  mkdirSync(join(folder, "lists/partial"), { recursive: true });
  mkdirSync(join(folder, "archives/partial"), { recursive: true });
  const options = [
    "-o",
    `Dir::State::lists=${folder}/lists`,
    "-o",
    `Dir::Cache=${folder}`,
    "-o",
    `Dir::Cache::archives=${folder}/archives`,
    "-o",
    "Debug::NoLocking=1",
    "-o",
    "APT::Sandbox::User=root",
    "-o",
    "Acquire::Languages=none",
  ];
  await runCommand("apt-get", [...options, "update"], { step, timeoutMs: 180_000 });
  await runCommand(
    "apt-get",
    [...options, "install", "--yes", "--no-install-recommends", "--download-only", "--reinstall", ...packages],
    { step, timeoutMs: 600_000 },
  );
  const archives = readdirSync(join(folder, "archives")).filter((file) => file.endsWith(".deb"));
  for (const file of archives)
    await runCommand("dpkg-deb", ["--extract", join(folder, "archives", file), root], { step, timeoutMs: 120_000 });
  await attemptCommand("apt-get", [...options, "clean"], { timeoutMs: 60_000 });
}

/** Each unpacked program with a wrapper that finds its libraries; the libraries of this machine stay first choice for everybody else. */
function wrapPrograms(root: string, place: string): void {
  mkdirSync(join(root, "wrapped"));
  const search = libraries.map((folder) => join(place, folder)).join(":");
  for (const folder of ["usr/sbin", "sbin", "usr/bin", "bin"]) {
    if (!existsSync(join(root, folder))) continue;
    for (const program of readdirSync(join(root, folder))) {
      const file = join(root, "wrapped", program);
      if (existsSync(file)) continue;
      writeFileSync(file, `#!/bin/sh\nLD_LIBRARY_PATH="${search}" exec "${join(place, folder, program)}" "$@"\n`);
      chmodSync(file, 0o755);
    }
  }
}
