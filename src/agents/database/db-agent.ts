import { done, failed, type Outcome } from "../../outcome.ts";
import { annotation, label, type RunRef } from "../../run-ref.ts";
import { type AgentContext, BaseAgent } from "../agent.ts";
import type { Cluster, StatefulSetRecord } from "../cluster.ts";
import { refusalToFailure } from "../refusal.ts";
import { claim } from "../runner/claim.ts";
import { accountObject } from "../runner/objects.ts";
import type { DatabaseAccess } from "./access.ts";
import { engines } from "./engines.ts";
import { initObject, kept, type Made, podObject, serviceObject, statefulSetObject } from "./objects.ts";
import { ensureSecret, hostOf } from "./secret.ts";
import { type DatabaseRequest, type Stand, standOf } from "./stand.ts";
import { ensureVolume } from "./volume.ts";
import { awaitDatabase } from "./watch-database.ts";

export type { DatabaseRequest } from "./stand.ts";

/**
 * Provides one database of the plan, or binds the one that a person's Secret names, and waits until programs may come in. Asked again it does
 * nothing twice, and costs no request while it stands as it should. Scaling and backup are not its job.
 */
export class DBAgent extends BaseAgent<DatabaseRequest, DatabaseAccess> {
  readonly name = "DBAgent";

  protected async work(request: DatabaseRequest, context: AgentContext): Promise<Outcome<DatabaseAccess>> {
    if (request.database.bindTo !== undefined) return done(boundTo(request, request.database.bindTo));
    const stand = standOf(request);
    const standing = await this.#place(stand, context);
    if (standing.state !== "done") return standing;
    const { cluster, run } = request;
    // A stopped run asks for nothing that it would wait for.
    if (stand.replicas === 1) {
      const pod = cluster
        .children("Pod", run.namespace, run.name)
        .find((each) => each.name === `${stand.name}-0` && each.annotations[annotation.input] === stand.input);
      const ready = await awaitDatabase(stand, pod, new Date());
      if (ready.state !== "done") return ready;
    }
    return done(standing.value);
  }

  /** What stands as it was asked for costs no request. */
  async #place(stand: Stand, context: AgentContext): Promise<Outcome<DatabaseAccess>> {
    const { cluster, run, database } = stand.request;
    const set = cluster
      .children("StatefulSet", run.namespace, run.name)
      .find((each) => each.name === stand.name && !each.deleting);
    const service = cluster
      .children("Service", run.namespace, run.name)
      .find((each) => each.name === stand.name && !each.deleting);
    if (service && set?.annotations[annotation.input] === stand.input) {
      return done(accessOf(stand, { ...keptOf(set, stand), clusterIP: service.clusterIp }));
    }
    const volume = await ensureVolume(stand);
    if (volume.state !== "done") return volume;
    const secret = await ensureSecret(stand, volume.value);
    if (secret.state !== "done") return secret;
    const made = madeOf(stand, volume.value.version, secret.value);
    const clusterIP = await around(stand, made);
    if (clusterIP.state !== "done") return clusterIP;
    const placed = await claim(cluster, run, statefulSetObject(stand, made));
    if (placed.state !== "done") return placed;
    context.log("database placed", { database: database.name, changed: placed.value.changed, version: made.version });
    return done(accessOf(stand, { ...made, clusterIP: clusterIP.value }));
  }
}

/** Account, Service and init files; then whether the API server would admit the pod: a refusal would else be hidden in an event. */
async function around(stand: Stand, made: Made): Promise<Outcome<string | undefined>> {
  const { cluster, run, database } = stand.request;
  const account = await claim(cluster, run, accountObject({ run }), true);
  if (account.state !== "done") return account;
  const init = initObject(stand);
  if (init) {
    const claimed = await claim(cluster, run, init, true);
    if (claimed.state !== "done") return claimed;
  }
  const service = await claim(cluster, run, serviceObject(stand));
  if (service.state !== "done") return service;
  const refusal = await cluster.preflight(podObject(stand, made));
  if (refusal) return failed({ ...refusalToFailure(refusal, `a pod of ${database.name}`), service: database.name });
  return done(service.value.object.spec.clusterIP);
}

/**
 * Data that only their own version reads stay with it: a newer default, or a newer file in the repository, is no reason to lose them. Another
 * image of the repository's own choice is taken as it is.
 */
function madeOf({ request, engine }: Stand, written: string, secret: string): Made {
  const { database } = request;
  const older = engine.upgradesInPlace && Number.parseFloat(database.version) >= Number.parseFloat(written);
  const version = older || majorOf(written) === majorOf(database.version) ? database.version : written;
  const asked = database.image ?? `${engine.repository}:${version}`;
  return { secret, version, image: version === database.version ? asked : `${engine.repository}:${version}` };
}

function majorOf(version: string): string {
  return version.split(".")[0] ?? version;
}

function keptOf(set: StatefulSetRecord, { request }: Stand): Pick<Made, "secret" | "version"> {
  return {
    secret: set.annotations[kept.secret] ?? "",
    version: set.annotations[kept.version] ?? request.database.version,
  };
}

function accessOf(
  stand: Stand,
  { secret, version, clusterIP }: Pick<Made, "secret" | "version"> & { readonly clusterIP: string | undefined },
): DatabaseAccess {
  const { name, engine } = stand.request.database;
  const host = hostOf(stand);
  const { port } = stand.engine;
  return { name, engine, version, host, port, secret, ...(clusterIP === undefined ? {} : { clusterIP }) };
}

function boundTo({ database }: DatabaseRequest, secret: string): DatabaseAccess {
  const { name, engine, version } = database;
  return { name, engine, version, host: undefined, port: engines[engine].port, secret };
}

/** Takes away what stands for databases that the plan no longer provides; data that are retained stay. Costs nothing when there is nothing. */
export async function removeUnplannedDatabases(
  cluster: Cluster,
  run: RunRef,
  provided: readonly string[],
): Promise<void> {
  for (const kind of ["StatefulSet", "Service"] as const) {
    for (const record of cluster.children(kind, run.namespace, run.name)) {
      const name = record.labels[label.database];
      const isOurs = record.labels[label.stage] === "database" && name !== undefined && !record.deleting;
      if (isOurs && !provided.includes(name)) await cluster.remove(kind, run.namespace, record.name, record.uid);
    }
  }
}
