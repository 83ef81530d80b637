/**
 * The mirror as nodes and pods see it: the registry behind it, read only, and base images that are made when somebody first asks for them.
 * `node mirror-server.ts ADDRESS PORT UPSTREAM-PORT PROGRAMS PATH`
 */
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureBaseImages } from "./base-images.ts";
import { type BaseImage, nameOf } from "./images/base-image.ts";
import { nearestImage, repositoryHere } from "./images/nearest.ts";
import { localPaths } from "./paths.ts";
import type { Report } from "./step-failure.ts";

/** Clients give up after 20 to 30 seconds without an answer; told to come again, they do. */
const patienceMs = 15_000;
const [address = "127.0.0.1", port = "0", upstream = "0", folder = "", path = ""] = process.argv.slice(2);
const paths = localPaths();
const report: Report = {
  live: () => undefined,
  done: (step, text, seconds) => {
    console.log(`${new Date().toISOString()} ${step}: ${text}, ${seconds.toFixed(1)} s`);
  },
};
const inTheMaking = new Map<string, Promise<void>>();
/** Seen to since this server began: what was made by an older checkout may have changed since. */
const seenTo = new Set<string>();

const server = createServer((asked, answer) => {
  serve(asked, answer).catch((error: unknown) => {
    console.log(`${new Date().toISOString()} ${asked.url ?? ""}: ${String(error)}`);
    if (!answer.headersSent) refuse(answer, 502, "UNKNOWN", "the registry behind the mirror does not answer");
    else answer.destroy();
  });
});
server.listen(Number(port), address);

async function serve(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
  if (asked.method !== "GET" && asked.method !== "HEAD") {
    refuse(answer, 405, "UNSUPPORTED", "this mirror is read only");
    return;
  }
  const [, wanted = "", kind = "", rest = ""] =
    /^\/v2\/([a-z0-9._/-]+)\/(manifests|blobs)\/([A-Za-z0-9._:-]+)(?:\?|$)/.exec(asked.url ?? "") ?? [];
  const repository = repositoryHere(wanted);
  if (kind === "") return await pass(asked, answer, asked.url ?? "");
  // By digest: what stands in has told it.
  if (kind === "blobs" || rest.includes(":")) return await pass(asked, answer, `/v2/${repository}/${kind}/${rest}`);
  const image = nearestImage(`${wanted}:${rest}`);
  const path = `/v2/${repository}/manifests/${image === undefined ? rest : standInTag(image, wanted, rest)}`;
  if (image !== undefined && (!seenTo.has(nameOf(image)) || !(await isThere(path)))) {
    const made = make(nameOf(image));
    if ((await Promise.race([made, sleep(patienceMs, "later" as const, { ref: false })])) === "later") {
      answer.setHeader("retry-after", "10");
      refuse(answer, 503, "UNAVAILABLE", `${nameOf(image)} is being made; ask again`);
      return;
    }
  }
  await pass(asked, answer, path);
}

/** The tag as it was asked for, where the image has it; else the image's own. */
function standInTag(image: BaseImage, repository: string, tag: string): string {
  const own = image.tags[0] ?? "latest";
  if (image.repository === repository && image.tags.includes(tag)) return tag;
  console.log(`${new Date().toISOString()} ${repository}:${tag}: ${nameOf(image)} stands in`);
  return own;
}

/** Makes the image, once however many ask. A failure is in the log; whoever asked gets the registry's 404. */
async function make(name: string): Promise<void> {
  const running = inTheMaking.get(name);
  if (running !== undefined) {
    await running;
    return;
  }
  const work = ensureBaseImages(paths, { folder, path }, [name], report)
    .then(() => {
      seenTo.add(name);
    })
    .catch((error: unknown) => {
      console.log(`${new Date().toISOString()} ${name} could not be made: ${String(error)}`);
    })
    .finally(() => inTheMaking.delete(name));
  inTheMaking.set(name, work);
  await work;
}

async function isThere(url: string): Promise<boolean> {
  const head = { host: "127.0.0.1", port: upstream, path: url, method: "HEAD", timeout: 10_000 };
  const accept = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json";
  return await new Promise((resolve, reject) => {
    const call = request({ ...head, headers: { accept } }, (found) => {
      found.resume();
      resolve(found.statusCode === 200);
    });
    call.on("timeout", () => call.destroy(new Error("timeout")));
    call.on("error", reject);
    call.end();
  });
}

async function pass(asked: IncomingMessage, answer: ServerResponse, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const call = request(
      {
        host: "127.0.0.1",
        port: upstream,
        path,
        method: asked.method,
        headers: asked.headers,
        timeout: 60_000,
      },
      (found) => {
        answer.writeHead(found.statusCode ?? 502, found.headers);
        found.pipe(answer);
        found.on("error", reject);
        answer.on("close", resolve);
      },
    );
    call.on("timeout", () => call.destroy(new Error("timeout")));
    call.on("error", reject);
    answer.on("close", () => call.destroy());
    call.end();
  });
}

function refuse(answer: ServerResponse, status: number, code: string, message: string): void {
  answer.writeHead(status, { "content-type": "application/json" });
  answer.end(JSON.stringify({ errors: [{ code, message }] }));
}
