import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { z } from "zod";
import {
  type BuildLogTag,
  buildLogTypes,
  keptLogDays,
  maxLogBytes,
  readBuildLogTag,
} from "../../agents/setup/kept-build-log.ts";
import { type RegistryClient, RegistryRefused } from "../../jobs/registry-read.ts";
import type { ClusterClient } from "../cluster/client.ts";
import { openRegistry } from "../cluster/own-registry.ts";
import { findPlan } from "../cluster/plan-seen.ts";
import type { RunSeen } from "../cluster/run-seen.ts";
import { CommandError } from "../exit-code.ts";

/** The whole log of one build, as the registry keeps it. */
export interface WholeLog extends BuildLogTag {
  readonly service: string;
  readonly lines: readonly string[];
}

/** More than a log unpacks to. */
const maxTextBytes = 134_217_728;
const Tags = z.object({ tags: z.array(z.string()).nullish() });
const Manifest = z.object({
  layers: z.array(z.object({ mediaType: z.string(), digest: z.string(), size: z.number() })),
});

/** The newest whole log of each service, or those of one plan; `why` says what kept one from being read. Logs are kept for seven days. */
export async function wholeBuildLogs(
  client: ClusterClient,
  run: RunSeen,
  wish: { readonly service: string | undefined; readonly plan: string | undefined; readonly signal: AbortSignal },
): Promise<{ readonly logs: readonly WholeLog[]; readonly why?: string }> {
  const plan = await findPlan(client, run);
  const names = (plan?.plan.services ?? run.status.services).map(({ name }) => name);
  const services = names.filter((name) => wish.service === undefined || name === wish.service);
  try {
    const registry = await openRegistry(client, { secretWaitMs: 0, signal: wish.signal });
    try {
      const { name, namespace } = run.metadata;
      const found = await Promise.all(
        services.map(async (service) => {
          const repository = registry.repository(`tenants/${namespace}/${name}/${service}`);
          const log = await newestLog(repository, wish.plan === undefined ? undefined : Number(wish.plan));
          return log === undefined ? [] : [{ ...log, service }];
        }),
      );
      return { logs: found.flat() };
    } finally {
      registry.close();
    }
  } catch (error) {
    if (wish.signal.aborted) throw error;
    if (error instanceof CommandError) return { logs: [], why: error.message };
    return { logs: [], why: `the registry did not answer: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function newestLog(repository: RegistryClient, plan?: number): Promise<Omit<WholeLog, "service"> | undefined> {
  const chosen = (await logTags(repository)).findLast((each) => plan === undefined || each.plan === plan);
  if (!chosen) return undefined;
  const { value } = await repository.manifest(chosen.tag);
  const layer = Manifest.parse(value).layers.find(({ mediaType }) => mediaType === buildLogTypes.layer);
  if (!layer || layer.size > maxLogBytes * 2) return undefined;
  const parts: Buffer[] = [];
  for await (const part of await repository.blob(layer.digest)) parts.push(part as Buffer);
  const text = await promisify(gunzip)(Buffer.concat(parts), { maxOutputLength: maxTextBytes });
  return { ...chosen, lines: text.toString("utf8").trimEnd().split("\n") };
}

/** Tags of logs in the order of their time. A repository that nothing was pushed to has none. */
async function logTags(repository: RegistryClient): Promise<readonly BuildLogTag[]> {
  try {
    const { tags } = Tags.parse(await repository.json("tags/list?n=1000&last=log-"));
    return (tags ?? []).flatMap((tag) => readBuildLogTag(tag) ?? []).toSorted((a, b) => Number(a.at) - Number(b.at));
  } catch (error) {
    if (error instanceof RegistryRefused && error.status === 404) return [];
    throw error;
  }
}

/** For the one who asks for a log that is gone. */
export const keptNote = `whole logs are kept for ${String(keptLogDays)} days`;
