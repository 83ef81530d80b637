import { createHash } from "node:crypto";
import { cpSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cachedFolder } from "./cache-entry.ts";
import { runCommand } from "./command.ts";
import { findGo } from "./go-toolchain.ts";
import type { ContextSource } from "./images/base-image.ts";
import type { LocalPaths } from "./paths.ts";
import type { Programs } from "./programs.ts";
import { StepFailure } from "./step-failure.ts";
import { machineTrust } from "./trust.ts";

const step = "base images";

/** A folder for a build, and a text that changes when what is in it does. */
export interface BuildContext {
  readonly folder: string;
  readonly inputs: string;
}

/** Fetches or makes the folder; what is in the cache is not fetched again. */
export async function prepareContext(
  paths: LocalPaths,
  programs: Programs,
  source: ContextSource,
): Promise<BuildContext> {
  switch (source.kind) {
    case "Debian":
      return await debianRoot(paths, programs, source.suite);
    case "Npm":
      return await npmPackage(paths, source.name, source.version);
    case "Go":
      return await goToolchain(paths, source.minor);
    case "Programs":
      return await programFiles(paths, programs, source.files);
    case "Folder":
      return { folder: source.folder, inputs: source.inputs };
    case "Trust":
      return await trustFolder(paths);
  }
}

async function debianRoot(paths: LocalPaths, programs: Programs, suite: string): Promise<BuildContext> {
  const inputs = `debian ${suite} 1`;
  const folder = await cachedFolder(join(paths.cache, "contexts", `debian-${suite}`), inputs, async (temporary) => {
    const hooks = [
      'rm -rf "$1"/usr/share/man/* "$1"/usr/share/locale/* "$1"/usr/share/info/* "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/var/log/*',
      'find "$1"/usr/share/doc -type f ! -name copyright -delete',
      'rm -f "$1"/etc/hostname "$1"/etc/resolv.conf',
    ];
    await runCommand(
      "mmdebstrap",
      [
        "--mode=root",
        "--variant=minbase",
        "--include=ca-certificates",
        '--aptopt=Acquire::Languages "none"',
        ...hooks.map((hook) => `--customize-hook=${hook}`),
        suite,
        join(temporary, "rootfs.tar"),
      ],
      { step, timeoutMs: 600_000, env: { PATH: programs.path } },
    );
  });
  return { folder, inputs };
}

async function npmPackage(paths: LocalPaths, name: string, range: string): Promise<BuildContext> {
  const shown = await runCommand("npm", ["view", `${name}@${range}`, "version", "--json"], { step, timeoutMs: 60_000 });
  const versions: unknown = JSON.parse(shown);
  const version = [versions].flat().map(String).toSorted(byVersion).at(-1);
  if (version === undefined) throw new StepFailure(step, `no version of the package ${name} is within ${range}`);
  const inputs = `npm ${name} ${version} 1`;
  const folder = await cachedFolder(join(paths.cache, "contexts", `${name}-${version}`), inputs, async (temporary) => {
    // npm checks the archive against the registry's integrity hash.
    const packed = await runCommand(
      "npm",
      ["pack", `${name}@${version}`, "--silent", "--pack-destination", temporary],
      { step, timeoutMs: 300_000 },
    );
    const archive = join(temporary, packed.trim().split("\n").at(-1) ?? "");
    await runCommand("tar", ["-xzf", archive, "--strip-components=1", "--no-same-owner", "-C", temporary], {
      step,
      timeoutMs: 120_000,
    });
    rmSync(archive);
  });
  return { folder, inputs };
}

async function goToolchain(paths: LocalPaths, minor: string): Promise<BuildContext> {
  const go = await findGo(paths);
  const listed = await runCommand(go.file, ["list", "-m", "-versions", "-json", "golang.org/toolchain"], {
    step,
    timeoutMs: 60_000,
    env: goEnvironment,
    cwd: "/",
  });
  const all = (JSON.parse(listed) as { Versions?: string[] }).Versions ?? [];
  const pattern = new RegExp(`^v0\\.0\\.1-go${minor.replace(".", "\\.")}(\\.\\d+)?\\.linux-amd64$`);
  const version = all
    .filter((each) => pattern.test(each))
    .toSorted(byVersion)
    .at(-1);
  if (version === undefined) throw new StepFailure(step, `no Go toolchain of version ${minor} was found`);
  const inputs = `go ${version} 1`;
  const folder = await cachedFolder(join(paths.cache, "contexts", version), inputs, async (temporary) => {
    const fetched = await runCommand(go.file, ["mod", "download", "-json", `golang.org/toolchain@${version}`], {
      step,
      timeoutMs: 600_000,
      env: goEnvironment,
      cwd: "/",
    });
    const { Dir: from } = JSON.parse(fetched) as { Dir: string };
    await runCommand("cp", ["-r", "--no-preserve=mode", `${from}/.`, temporary], { step, timeoutMs: 120_000 });
    // Modules carry no mode bits.
    for (const place of ["bin", "pkg/tool/linux_amd64"]) {
      const folderOf = join(temporary, place);
      if (existsSync(folderOf)) await runCommand("chmod", ["-R", "a+x", folderOf], { step });
    }
  });
  return { folder, inputs };
}

const goEnvironment = { GOTOOLCHAIN: "local", GOFLAGS: "-mod=mod", GO111MODULE: "on" };

async function programFiles(paths: LocalPaths, programs: Programs, files: readonly string[]): Promise<BuildContext> {
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update(readFileSync(join(programs.folder, file)));
  const digest = hash.digest("hex").slice(0, 16);
  const folder = await cachedFolder(join(paths.cache, "contexts", `programs-${digest}`), digest, async (temporary) => {
    for (const file of files) {
      mkdirSync(dirname(join(temporary, file)), { recursive: true });
      try {
        linkSync(join(programs.folder, file), join(temporary, file));
      } catch {
        cpSync(join(programs.folder, file), join(temporary, file));
      }
    }
    await Promise.resolve();
  });
  return { folder, inputs: `programs ${digest}` };
}

async function trustFolder(paths: LocalPaths): Promise<BuildContext> {
  const trust = machineTrust();
  const digest = createHash("sha256").update(trust.join("")).digest("hex").slice(0, 16);
  const folder = await cachedFolder(join(paths.cache, "contexts", `trust-${digest}`), digest, async (temporary) => {
    mkdirSync(join(temporary, "trust"));
    for (const [index, pem] of trust.entries())
      writeFileSync(join(temporary, "trust", `machine-${String(index)}.crt`), pem);
    await Promise.resolve();
  });
  return { folder, inputs: `trust ${digest}` };
}

function byVersion(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
