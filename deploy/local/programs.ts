import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { cachedFolder } from "./cache-entry.ts";
import { buildGo, inputsOf, type GoBuild } from "./go-build.ts";
import { findGo } from "./go-toolchain.ts";
import { withLock } from "./lock.ts";
import type { LocalPaths } from "./paths.ts";
import type { Report } from "./step-failure.ts";
import { ensureTools, pathOf, type Tools } from "./tools.ts";

const step = "programs";

/** Where the node's programs lie, and the PATH that they are run with. */
export interface Programs {
  readonly folder: string;
  readonly path: string;
}

interface Group {
  readonly name: string;
  /** What a person reads. */
  readonly text: string;
  readonly builds: readonly GoBuild[];
  readonly files: readonly string[];
}

const version = { kubernetes: "v1.37.2", containerd: "v2.4.2" };
const stamp = "k8s.io/component-base/version";
const plugins = "github.com/containernetworking/plugins/plugins";
const containerd = "github.com/containerd/containerd/v2";

const groups: readonly Group[] = [
  {
    name: "node",
    text: "containerd 2.4.2 · runc 1.5.2 · cni 1.9.1 · registry 3.1.2",
    files: [
      "containerd",
      "containerd-shim-runc-v2",
      "ctr",
      "runc",
      "registry",
      ...["bridge", "loopback", "host-local", "portmap", "firewall"].map((each) => `cni/${each}`),
    ],
    builds: [
      {
        module: "node",
        packages: [
          `${containerd}/cmd/containerd`,
          `${containerd}/cmd/containerd-shim-runc-v2`,
          `${containerd}/cmd/ctr`,
        ],
        output: "",
        ldflags: `-X ${containerd}/version.Version=${version.containerd}`,
      },
      {
        module: "node",
        packages: ["main/bridge", "main/loopback", "ipam/host-local", "meta/portmap", "meta/firewall"].map(
          (each) => `${plugins}/${each}`,
        ),
        output: "cni/",
      },
      { module: "node", packages: ["github.com/distribution/distribution/v3/cmd/registry"], output: "registry" },
      {
        module: "node",
        packages: ["github.com/opencontainers/runc"],
        output: "runc",
        tags: "seccomp netgo osusergo",
        ldflags: "-extldflags -static",
        env: { CGO_ENABLED: "1" },
      },
    ],
  },
  {
    name: "buildkit",
    text: "buildkit 0.34.2",
    files: ["buildkitd", "buildctl"],
    builds: [
      {
        module: "buildkit",
        packages: ["github.com/moby/buildkit/cmd/buildctl", "github.com/moby/buildkit/cmd/buildkitd"],
        output: "",
        tags: "osusergo netgo",
      },
    ],
  },
  {
    name: "dns",
    text: "dns 1.15.0",
    files: ["coredns"],
    builds: [{ module: "dns", packages: ["."], output: "coredns" }],
  },
  {
    name: "kube",
    text: "kubernetes 1.37.2 with etcd 3.7.3",
    files: ["kube"],
    builds: [
      {
        module: "kube",
        packages: ["."],
        output: "kube",
        ldflags: `-X ${stamp}.gitVersion=${version.kubernetes} -X ${stamp}.gitMajor=1 -X ${stamp}.gitMinor=37`,
      },
    ],
  },
];

/**
 * The programs of the node, from the cache; built from Go modules where they are not there, not whole, or not of this version.
 * `REPO_RUNNER_PROGRAMS` names a folder with ready ones (a machine without a compiler).
 */
export async function ensurePrograms(paths: LocalPaths, report: Report, signal?: AbortSignal): Promise<Programs> {
  const tools = await ensureTools(paths, report, "run");
  const given = process.env["REPO_RUNNER_PROGRAMS"];
  if (given !== undefined && given !== "") {
    return { folder: given, path: pathOf([...tools.path, given, join(given, "cni")]) };
  }
  const go = await findGo(paths);
  const keys = groups.map((group) => inputsOf(group.builds, go.version));
  const isCold = groups.some((group, index) => !isWhole(groupFolder(paths, group, keys[index] ?? ""), group));
  if (isCold) {
    const compilers = await ensureTools(paths, report, "build");
    await withLock(
      join(paths.cache, "programs.lock"),
      () => {
        report.live(step, "another up builds them; waiting for it");
      },
      async () => {
        for (const [index, group] of groups.entries())
          await ensureGroup(paths, group, keys[index] ?? "", { go, tools: compilers, report, signal });
      },
    );
  }
  const folder = await assemble(paths, keys);
  linkBin(paths, folder);
  return { folder, path: pathOf([...tools.path, folder, join(folder, "cni")]) };
}

interface BuildMeans {
  readonly go: { readonly file: string };
  readonly tools: Tools;
  readonly report: Report;
  readonly signal: AbortSignal | undefined;
}

async function ensureGroup(paths: LocalPaths, group: Group, key: string, means: BuildMeans): Promise<void> {
  const folder = groupFolder(paths, group, key);
  if (isWhole(folder, group)) return;
  const startedAt = Date.now();
  const log = join(paths.cache, "log", `${group.name}.log`);
  mkdirSync(dirname(log), { recursive: true });
  writeFileSync(log, "");
  await cachedFolder(folder, `${key} ${String(startedAt)}`, async (temporary) => {
    for (const build of group.builds) {
      const buildStartedAt = Date.now();
      const go = { file: means.go.file, path: compilerPath(means.tools), signal: means.signal };
      await buildGo(withTools(build, means.tools), temporary, log, go, (done, of) => {
        means.report.live(step, progressText(group.text, done, of, buildStartedAt, log));
      });
    }
    writeFileSync(join(temporary, "sizes.json"), JSON.stringify(sizesOf(temporary, group)));
  });
  means.report.done(step, group.text, (Date.now() - startedAt) / 1000);
}

function progressText(text: string, done: number, of: number, startedAt: number, log: string): string {
  if (of === 0) return `${text}: modules · log ${log}`;
  const counted = `${text}: ${done.toLocaleString("en")} of ${of.toLocaleString("en")} packages`;
  const secondsLeft = done < 20 ? undefined : (((Date.now() - startedAt) / 1000) * (of - done)) / done;
  const left =
    secondsLeft === undefined
      ? ""
      : secondsLeft < 90
        ? " · about a minute left"
        : ` · ${String(Math.round(secondsLeft / 60))} min left`;
  return `${counted}${left} · log ${log}`;
}

function compilerPath(tools: Tools): string {
  return [...tools.path, process.env["PATH"] ?? ""].join(":");
}

/** Headers and libraries that were unpacked instead of installed are named to the C compiler. */
function withTools(build: GoBuild, tools: Tools): GoBuild {
  if (tools.root === "" || build.env?.["CGO_ENABLED"] !== "1") return build;
  const libraries = join(tools.root, "usr/lib/x86_64-linux-gnu");
  const hasCompiler = existsSync(join(tools.root, "usr/bin/gcc"));
  return {
    ...build,
    env: {
      ...build.env,
      PKG_CONFIG_PATH: join(libraries, "pkgconfig"),
      PKG_CONFIG_LIBDIR: `${join(libraries, "pkgconfig")}:/usr/lib/x86_64-linux-gnu/pkgconfig:/usr/share/pkgconfig`,
      CGO_CFLAGS: `-O2 -I${join(tools.root, "usr/include")}${hasCompiler ? ` -I${join(tools.root, "usr/include/x86_64-linux-gnu")} --sysroot=${tools.root}` : ""}`,
      CGO_LDFLAGS: `-L${libraries}${hasCompiler ? ` --sysroot=${tools.root}` : ""}`,
    },
  };
}

function groupFolder(paths: LocalPaths, group: Group, key: string): string {
  return join(paths.cache, "programs", `${group.name}-${key.slice(0, 16)}`);
}

/** Whether each program is there in the size that it had when it was built. */
function isWhole(folder: string, group: Group): boolean {
  try {
    const sizes = JSON.parse(readFileSync(join(folder, "sizes.json"), "utf8")) as Record<string, number>;
    return (
      existsSync(join(folder, ".complete")) &&
      group.files.every((file) => statSync(join(folder, file)).size === sizes[file])
    );
  } catch {
    return false;
  }
}

function sizesOf(folder: string, group: Group): Readonly<Record<string, number>> {
  return Object.fromEntries(group.files.map((file) => [file, statSync(join(folder, file)).size]));
}

/** `bin` in the cache: where tests and people find the programs. */
function linkBin(paths: LocalPaths, folder: string): void {
  const link = join(paths.cache, "bin");
  rmSync(`${link}.new`, { force: true });
  symlinkSync(folder, `${link}.new`);
  renameSync(`${link}.new`, link);
}

/** One folder with all of them, under a name that changes with any of them, so that a running node notices. */
async function assemble(paths: LocalPaths, keys: readonly string[]): Promise<string> {
  const stamps = groups.map((group, index) =>
    readFileSync(join(groupFolder(paths, group, keys[index] ?? ""), ".complete"), "utf8"),
  );
  const name = `all-${keys.map((key) => key.slice(0, 6)).join("-")}`;
  return await cachedFolder(join(paths.cache, "programs", name), stamps.join("\n"), async (temporary) => {
    for (const [index, group] of groups.entries()) {
      const from = groupFolder(paths, group, keys[index] ?? "");
      for (const file of group.files) {
        mkdirSync(dirname(join(temporary, file)), { recursive: true });
        try {
          linkSync(join(from, file), join(temporary, file));
        } catch {
          cpSync(join(from, file), join(temporary, file));
        }
      }
    }
    await Promise.resolve();
  });
}
