import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { ensureRunning, waitUntil } from "./background.ts";
import { network } from "./network.ts";
import { registryConfig } from "./node-files.ts";
import type { LocalPaths } from "./paths.ts";
import type { Programs } from "./programs.ts";

const accepted = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json";

/** The writable side of the mirror, which needs no node: `up` pushes to it before there is one. */
export async function startMirror(paths: LocalPaths, programs: Programs): Promise<void> {
  const file = join(paths.config, "mirror-push.yml");
  mkdirSync(paths.config, { recursive: true });
  writeFileSync(file, registryConfig(paths, `127.0.0.1:${String(network.mirrorPushPort)}`, false));
  await ensureRunning(paths, {
    name: "mirror-push",
    file: join(programs.folder, "registry"),
    reads: [file],
    args: ["serve", file],
    env: { OTEL_TRACES_EXPORTER: "none" },
  });
  await waitUntil(paths, "mirror-push", async () => (await ask("GET", "/v2/")).code === 200);
}

/**
 * Whether an image is there with all its parts, each of the size that its manifest says. A part of another size is thrown away: the registry
 * would take it for uploaded for ever.
 */
export async function isWhole(paths: LocalPaths, repository: string, digest: string): Promise<boolean> {
  const answer = await ask("GET", `/v2/${repository}/manifests/${digest}`);
  if (answer.code !== 200) return false;
  const document = JSON.parse(answer.body) as { manifests?: Part[]; config?: Part; layers?: Part[] };
  for (const part of document.manifests ?? []) if (!(await isWhole(paths, repository, part.digest))) return false;
  for (const part of [...(document.config ? [document.config] : []), ...(document.layers ?? [])]) {
    const found = await ask("HEAD", `/v2/${repository}/blobs/${part.digest}`);
    if (found.code === 200 && found.length === part.size) continue;
    if (found.code === 200) dropBlob(paths, part.digest);
    return false;
  }
  return true;
}

function dropBlob(paths: LocalPaths, digest: string): void {
  const hex = /^sha256:(?<hex>[0-9a-f]{64})$/.exec(digest)?.groups?.["hex"];
  if (hex === undefined) return;
  rmSync(join(paths.cache, "mirror/docker/registry/v2/blobs/sha256", hex.slice(0, 2), hex), {
    recursive: true,
    force: true,
  });
}

interface Part {
  readonly digest: string;
  readonly size: number;
}

async function ask(method: string, path: string): Promise<{ code: number; length: number; body: string }> {
  return await new Promise((resolve) => {
    const nobody = { code: 0, length: 0, body: "" };
    const asked = request(
      {
        host: "127.0.0.1",
        port: network.mirrorPushPort,
        method,
        path,
        agent: false,
        timeout: 10_000,
        headers: { accept: accepted },
      },
      (answer) => {
        let body = "";
        answer.setEncoding("utf8");
        answer.on("data", (chunk: string) => {
          body += chunk;
        });
        answer.on("end", () => {
          resolve({ code: answer.statusCode ?? 0, length: Number(answer.headers["content-length"] ?? 0), body });
        });
        answer.on("error", () => {
          resolve(nobody);
        });
      },
    );
    asked.on("error", () => {
      resolve(nobody);
    });
    asked.on("timeout", () => asked.destroy());
    asked.end();
  });
}
