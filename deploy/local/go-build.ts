import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createWriteStream, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { runCommand } from "./command.ts";
import { StepFailure } from "./step-failure.ts";

/** Programs of one Go module that are built by one call of the compiler. */
export interface GoBuild {
  /** Folder of the module, below `deploy/local/go`. */
  readonly module: string;
  readonly packages: readonly string[];
  /** Where they go, below the group's folder; a name where there is one package alone, else a folder that ends with `/`. */
  readonly output: string;
  readonly tags?: string;
  readonly ldflags?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const modules = join(import.meta.dirname, "go");
const step = "programs";

/** What the programs are made of: a digest over the module's files, the compiler and how it is called. */
export function inputsOf(builds: readonly GoBuild[], goVersion: string): string {
  const hash = createHash("sha256").update(goVersion);
  for (const build of builds) {
    hash.update(JSON.stringify([build.packages, build.output, build.tags, build.ldflags]));
    for (const file of readdirSync(join(modules, build.module)).toSorted())
      hash.update(file).update(readFileSync(join(modules, build.module, file)));
  }
  return hash.digest("hex");
}

/** Builds into the folder; `progress` hears how many packages are done of how many. What was compiled is kept by Go itself, so the next try goes on from there. */
export async function buildGo(
  build: GoBuild,
  folder: string,
  log: string,
  go: { readonly file: string; readonly path: string; readonly signal?: AbortSignal | undefined },
  progress: (done: number, of: number) => void,
): Promise<void> {
  const cwd = join(modules, build.module);
  const env = {
    PATH: go.path,
    CGO_ENABLED: "0",
    GOFLAGS: "-buildvcs=false -trimpath -mod=readonly",
    GOTOOLCHAIN: "local",
    GOWORK: "off",
    ...build.env,
  };
  const flags = [
    ...(build.tags === undefined ? [] : ["-tags", build.tags]),
    "-ldflags",
    `-s -w ${build.ldflags ?? ""}`.trim(),
  ];
  progress(0, 0);
  const listed = await runCommand(
    go.file,
    ["list", "-deps", ...flags, "-f", "{{if .Stale}}x{{end}}", ...build.packages],
    {
      cwd,
      env,
      step,
      timeoutMs: 900_000,
      ...(go.signal === undefined ? {} : { signal: go.signal }),
    },
  );
  const of = listed.split("\n").filter((line) => line === "x").length;
  mkdirSync(folder, { recursive: true });
  const output =
    build.output.endsWith("/") || build.output === "" ? `${join(folder, build.output)}/` : join(folder, build.output);
  const code = await follow(
    go.file,
    ["build", "-v", ...flags, "-o", output, ...build.packages],
    { cwd, env, log, signal: go.signal },
    (done) => {
      progress(Math.min(done, of), of);
    },
  );
  if (code === 0) return;
  const lines = readFileSync(log, "utf8")
    .trimEnd()
    .split("\n")
    .filter((line) => /[: ]/.test(line))
    .slice(-6);
  const killed = lines.some((line) => line.includes("signal: killed"));
  throw new StepFailure(
    step,
    killed
      ? `${build.module}: the compiler was killed, out of memory; it needs 4 GiB free`
      : `${build.module}: the compiler ended with ${String(code)}`,
    {
      log,
      lines,
      next: killed
        ? "free memory and make up (what was built is kept, it goes on from here), or CONTEXT="
        : "make up again: what was built is kept",
    },
  );
}

async function follow(
  file: string,
  args: readonly string[],
  options: { cwd: string; env: Readonly<Record<string, string>>; log: string; signal?: AbortSignal | undefined },
  onPackage: (done: number) => void,
): Promise<number> {
  const log = createWriteStream(options.log, { flags: "a" });
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "ignore", "pipe"],
    timeout: 3_600_000,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  let done = 0;
  const lines = createInterface({ input: child.stderr });
  lines.on("line", (line) => {
    log.write(`${line}\n`);
    if (!line.startsWith("go: ") && !line.startsWith("#")) onPackage(++done);
  });
  const code = await new Promise<number>((resolve) => {
    child.once("error", () => {
      resolve(1);
    });
    child.once("close", (ended) => {
      resolve(ended ?? 1);
    });
  });
  await new Promise((resolve) => {
    log.end(resolve);
  });
  return code;
}
