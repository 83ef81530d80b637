import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { isOutdatedLog, readBuildLogTag } from "../agents/setup/kept-build-log.ts";
import { say } from "./progress.ts";

const Catalogue = z.object({ repositories: z.array(z.string()).nullish() });
const Tags = z.object({ tags: z.array(z.string()).nullish() });
const Manifest = z.object({
  config: z.object({ digest: z.string() }).optional(),
  layers: z.array(z.object({ digest: z.string() })).default([]),
});

const pageSize = 200;
const mostPages = 500;
const everyMs = 3_600_000;
const requestTimeoutMs = 30_000;
const manifestType = "application/vnd.oci.image.manifest.v1+json";

/** Takes away the logs of builds that have been kept for long enough, once an hour, until it is stopped. */
export async function sweepHourly(upstream: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      const removed = await sweepBuildLogs(upstream, new Date());
      if (removed > 0) say(`${removed} logs of builds were kept for long enough`);
    } catch (error) {
      say(`logs of builds could not be swept: ${error instanceof Error ? error.message : "unknown"}`);
    }
  }
}

/** The same once, at `upstream` (`http://127.0.0.1:5001`), the registry behind the gate; gives how many went. Their bytes go with the registry's own garbage collection. */
export async function sweepBuildLogs(upstream: string, now: Date): Promise<number> {
  let removed = 0;
  let last = "";
  for (let page = 0; page < mostPages; page += 1) {
    const from = last === "" ? "" : `&last=${encodeURIComponent(last)}`;
    const { repositories } = Catalogue.parse(await json(`${upstream}/v2/_catalog?n=${pageSize}${from}`));
    for (const repository of repositories ?? []) removed += await sweepRepository(`${upstream}/v2/${repository}`, now);
    last = repositories?.at(-1) ?? "";
    if ((repositories ?? []).length < pageSize) break;
  }
  return removed;
}

async function sweepRepository(base: string, now: Date): Promise<number> {
  const { tags } = Tags.parse((await json(`${base}/tags/list?n=1000&last=log-`)) ?? {});
  let removed = 0;
  for (const tag of tags ?? []) {
    const log = readBuildLogTag(tag);
    if (log && isOutdatedLog(log, now) && (await remove(base, tag))) removed += 1;
  }
  return removed;
}

/** By digest, as registries want it; then its blobs, which no image shares. */
async function remove(base: string, tag: string): Promise<boolean> {
  const answer = await ask(`${base}/manifests/${tag}`, "GET", { accept: manifestType });
  const digest = answer.headers.get("docker-content-digest");
  if (!answer.ok || digest === null) return false;
  const { layers } = Manifest.parse(await answer.json());
  const gone = await ask(`${base}/manifests/${digest}`, "DELETE");
  if (!gone.ok) return false;
  for (const layer of layers) await ask(`${base}/blobs/${layer.digest}`, "DELETE");
  return true;
}

/** Undefined where there is nothing: a repository whose last tag went is not known any more. */
async function json(url: string): Promise<unknown> {
  const answer = await ask(url, "GET");
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(`the registry answered ${answer.status}`);
  return await answer.json();
}

async function ask(url: string, method: string, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(url, { method, headers, signal: AbortSignal.timeout(requestTimeoutMs) });
}
