import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureRunning, stopProgram, waitUntil } from "./background.ts";
import { attemptCommand } from "./command.ts";
import { network } from "./network.ts";
import type { LocalPaths } from "./paths.ts";
import type { Programs } from "./programs.ts";
import { StepFailure } from "./step-failure.ts";

const pushHost = `127.0.0.1:${String(network.mirrorPushPort)}`;
const name = "host-buildkitd";

/** What is built: a Dockerfile with its folders, pushed to the mirror under these names. */
export interface ImageBuild {
  readonly dockerfile: string;
  readonly contexts: Readonly<Record<string, string>>;
  /** `library/node:24-slim` */
  readonly names: readonly string[];
  readonly args?: Readonly<Record<string, string>>;
}

/** BuildKit on this machine, for base images and our own; it runs only while something is built. */
export class BuildDaemon {
  readonly #paths: LocalPaths;
  readonly #programs: Programs;

  constructor(paths: LocalPaths, programs: Programs) {
    this.#paths = paths;
    this.#programs = programs;
  }

  async start(): Promise<void> {
    const config = join(this.#paths.config, "host-buildkitd.toml");
    mkdirSync(this.#paths.config, { recursive: true });
    mkdirSync(this.#paths.state, { recursive: true, mode: 0o755 });
    writeFileSync(
      config,
      `root = "${join(this.#paths.cache, "buildkit")}"
[grpc]
  address = ["unix://${this.#socket}"]
[worker.oci]
  enabled = true
  networkMode = "host"
  noProcessSandbox = false
  gckeepstorage = 1500000000
  max-parallelism = 2
[worker.containerd]
  enabled = false
[registry."docker.io"]
  mirrors = ["${pushHost}"]
[registry."${pushHost}"]
  http = true
`,
    );
    await ensureRunning(this.#paths, {
      name,
      file: join(this.#programs.folder, "buildkitd"),
      args: ["--config", config, `--oci-worker-binary=${join(this.#programs.folder, "runc")}`],
      reads: [config],
      env: { PATH: this.#programs.path },
    });
    await waitUntil(this.#paths, name, async () => (await this.#buildctl(["debug", "workers"], 5000)).ok);
  }

  async stop(): Promise<void> {
    await stopProgram(this.#paths, name);
  }

  /** Builds and pushes; gives the digest of the manifest. */
  async build(build: ImageBuild, step: string, log: string): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), "repo-runner-build-"));
    try {
      writeFileSync(join(folder, "Dockerfile"), build.dockerfile);
      const metadata = join(folder, "metadata.json");
      const empty = join(folder, "empty");
      mkdirSync(empty);
      const { ".": context, ...named } = build.contexts;
      const names = build.names.map((each) => `${pushHost}/${each}`).join(",");
      const result = await this.#buildctl(
        [
          "build",
          "--progress=plain",
          "--frontend=dockerfile.v0",
          `--local=dockerfile=${folder}`,
          `--local=context=${context ?? empty}`,
          ...Object.entries(named).flatMap(([key, path]) => [
            `--local=${key}=${path}`,
            `--opt=context:${key}=local:${key}`,
          ]),
          ...Object.entries(build.args ?? {}).map(([key, value]) => `--opt=build-arg:${key}=${value}`),
          `--output=type=image,"name=${names}",push=true,compression=zstd,compression-level=3,force-compression=true,oci-mediatypes=true`,
          `--metadata-file=${metadata}`,
        ],
        1_800_000,
      );
      mkdirSync(this.#paths.log, { recursive: true });
      writeFileSync(log, result.stderr);
      if (!result.ok) {
        throw new StepFailure(step, `${build.names[0] ?? "image"} was not built`, {
          log,
          lines: result.stderr.trimEnd().split("\n").slice(-10),
        });
      }
      const told = JSON.parse(readFileSync(metadata, "utf8")) as Record<string, unknown>;
      return String(told["containerimage.digest"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  get #socket(): string {
    return join(this.#paths.state, "host-buildkitd.sock");
  }

  async #buildctl(
    args: readonly string[],
    timeoutMs: number,
  ): Promise<{ ok: boolean; stdout: string; stderr: string }> {
    return await attemptCommand(join(this.#programs.folder, "buildctl"), [`--addr=unix://${this.#socket}`, ...args], {
      timeoutMs,
    });
  }
}
