import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Logger } from "pino";
import { annotation, type RunRef } from "../run-ref.ts";
import type { RunRecord } from "../agents/pass.ts";
import { isSigned, placeOf, type PushEvent, readPush } from "./push-event.ts";
import { objectPath, patchType } from "./resources.ts";
import type { Transport } from "./transport.ts";

export interface WebhookOptions {
  readonly port: number;
  /** File that holds the secret which git servers sign with; read at each delivery, so that it can be changed. */
  readonly secretFile: string;
  /** RepoRuns that wait for pushes to one of these repositories (`host/path`), from the watch. */
  readonly followers: (places: ReadonlySet<string>) => Iterable<RunRecord>;
  readonly transport: Pick<Transport, "json">;
  readonly logger: Logger;
}

const maxBodyBytes = 5 * 1024 * 1024;
const mostRuns = 500;
const answerMs = 10_000;

/** Takes pushes of GitHub, GitLab, Gitea and Forgejo at `POST /hook`: every RepoRun that follows the pushed branch is asked for anew, at once. Any replica can. */
export async function serveWebhook(options: WebhookOptions): Promise<Server> {
  const server = createServer((request, response) => {
    answer(options, request)
      .catch((error: unknown) => {
        options.logger.warn({ error: error instanceof Error ? error.message : "unknown" }, "webhook failed");
        return { status: 500, text: "failed" };
      })
      .then(({ status, text }) => response.writeHead(status, { "content-type": "text/plain" }).end(`${text}\n`))
      .catch(() => response.destroy());
  });
  server.requestTimeout = answerMs;
  server.headersTimeout = 5000;
  server.maxConnections = 128;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return server;
}

async function answer(options: WebhookOptions, request: IncomingMessage): Promise<{ status: number; text: string }> {
  if (request.method !== "POST" || request.url !== "/hook") return { status: 404, text: "POST /hook" };
  const body = await readBody(request);
  if (body === undefined) return { status: 413, text: "too large" };
  const secret = readFileSync(options.secretFile, "utf8").trim();
  // An empty secret would let anybody in.
  if (secret === "" || !isSigned(request.headers, body, secret))
    return { status: 401, text: "not signed by our secret" };
  const push = readPush(request.headers, body);
  if (!push) return { status: 202, text: "no push: nothing to do" };
  const runs = [...options.followers(push.repositories)].filter((run) => isFollowing(run, push)).slice(0, mostRuns);
  const at = new Date().toISOString();
  for (const run of runs) await ask(options.transport, run, at);
  options.logger.info({ ref: push.ref, commit: push.commit, runs: runs.length }, "push");
  return { status: 202, text: `${String(runs.length)} RepoRuns asked for anew` };
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > maxBodyBytes) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Whether a push concerns a run: the same repository and branch or tag, mode Follow, and a commit that it has not. */
export function isFollowing(run: RunRecord, push: PushEvent): boolean {
  const { source, update, suspend } = run.spec;
  if (source.git === undefined || update?.mode !== "Follow" || suspend === true || run.deleting) return false;
  if (run.status?.source?.commit === push.commit) return false;
  const place = placeOf(source.git.url);
  if (place === undefined || !push.repositories.has(place)) return false;
  const { branch = push.defaultBranch, tag, commit, pullRequest } = source.git.ref ?? {};
  if (commit !== undefined || pullRequest !== undefined) return false;
  return push.ref === (tag === undefined ? `refs/heads/${branch ?? ""}` : `refs/tags/${tag}`);
}

async function ask(transport: Pick<Transport, "json">, run: RunRef, at: string): Promise<void> {
  await transport.json({
    method: "PATCH",
    path: objectPath("RepoRun", run.namespace, run.name),
    contentType: patchType.merge,
    body: { metadata: { uid: run.uid, annotations: { [annotation.requestedAt]: at } } },
    signal: AbortSignal.timeout(answerMs),
  });
}
