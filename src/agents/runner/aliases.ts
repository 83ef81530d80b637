import type { V1HostAlias } from "@kubernetes/client-node";
import { done, type Outcome, waiting } from "../../outcome.ts";
import { childName } from "./names.ts";
import type { RunRequest } from "./run-request.ts";
import { insideName, isOffered, isSplit } from "./service-object.ts";

/**
 * The names under which code looks for other parts of its run (a compose file's `db`), with the address of the Service of each. Only names that
 * the plan has an alias for: nobody else's Service is ever shadowed. Waits while one that is wanted has no address yet.
 */
export function hostAliasesOf(
  request: Pick<RunRequest, "cluster" | "run" | "plan" | "spec" | "settings" | "databases">,
): Outcome<readonly V1HostAlias[]> {
  const { plan, spec, databases = [] } = request;
  const aliases: V1HostAlias[] = [];
  for (const service of plan.services) {
    if (!wantsName({ service, spec })) continue;
    const ip = addressOf(request, service);
    if (ip === undefined) return waiting("Starting", `waits for the address of ${service.name}`, 1);
    aliases.push({ ip, hostnames: hostNames(service.aliases) });
  }
  for (const database of plan.databases) {
    const ip = databases.find(({ name }) => name === database.name)?.clusterIP;
    if (database.aliases.length > 0 && ip !== undefined) aliases.push({ ip, hostnames: hostNames(database.aliases) });
  }
  return done(aliases.filter(({ hostnames }) => (hostnames ?? []).length > 0));
}

/** Whether others look for a service by another name: then its Service has to be there before any pod of the run is made. */
export function wantsName(request: Pick<RunRequest, "service" | "spec">): boolean {
  return request.service.aliases.length > 0 && isOffered(request);
}

/** The address at which other code of the run reaches a service; undefined while its Service has none. */
export function addressOf(
  { cluster, run, spec, settings }: Pick<RunRequest, "cluster" | "run" | "spec" | "settings">,
  service: RunRequest["service"],
): string | undefined {
  const wanted = isSplit({ service, spec, settings }) ? insideName(run, service.name) : childName(run, service.name);
  return cluster.children("Service", run.namespace, run.name).find(({ name, deleting }) => name === wanted && !deleting)
    ?.clusterIp;
}

/** What the API server takes for the kubelet's /etc/hosts: names in lower case. */
function hostNames(aliases: readonly string[]): string[] {
  return aliases
    .map((alias) => alias.toLowerCase())
    .filter((alias) => /^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/.test(alias));
}
