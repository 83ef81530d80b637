import { randomBytes } from "node:crypto";
import { digestOf, shortHash } from "../../digest.ts";
import { done, failed, waiting, type Outcome } from "../../outcome.ts";
import type { RunRef } from "../../run-ref.ts";
import type { Settings } from "../../settings.ts";
import type { Clock, Cluster, KubeObject, Refusal } from "../cluster.ts";
import { refusalToFailure } from "../refusal.ts";
import type { BuilderAccess } from "./build-request.ts";
import { refused, stranger } from "./builder-failure.ts";
import { builderFiles, builderPort } from "./builder-config.ts";
import {
  allBuilders,
  builderConfigMap,
  builderDeployment,
  builderNetworkPolicy,
  builderSecret,
  builderService,
  clientSecret,
  type BuilderSize,
  type Generation,
  type ServiceObject,
} from "./builder-objects.ts";
import { newRecord, readRecord, writeRecord, type BuilderRecord } from "./builder-record.ts";
import { Authority } from "./certificates.ts";

export type { BuilderAccess } from "./build-request.ts";

const certificateDays = 30;
const dayMs = 86_400_000;
/** How often a builder's last use is written down, at most. */
const markEveryMs = 5 * 60_000;
/** How long a look at a builder holds. */
const lookEveryMs = 60_000;

/** Which builder, and for whom. */
interface Place {
  readonly builder: string;
  readonly tenant: string;
  readonly size: BuilderSize;
}

interface Known {
  readonly access: BuilderAccess;
  readonly lookedAt: number;
}

/**
 * BuildKit daemons on demand, one for each tenant namespace and size (or one for all, where an administrator says so). A builder's Service is its record:
 * which generation is the present one, until when its papers hold, when it was last used. Everything of a generation is made before the Service points to it.
 */
export class BuilderPool {
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();
  readonly #turns = new Map<string, Promise<unknown>>();
  /** Of generations that this process made: another tenant's client can still be signed (shared builders only). */
  readonly #authorities = new Map<string, Authority>();

  constructor(settings: Settings, clock: Clock = { now: () => new Date() }) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** How to reach the builder of a tenant; it is made where it is missing, and a build's client waits until it answers. */
  async ensure(cluster: Cluster, tenant: string, size: BuilderSize, run: RunRef): Promise<Outcome<BuilderAccess>> {
    const builder = this.#nameOf(tenant, size);
    // By run, since a namespace that is made again has lost its half of the papers.
    const place = `${run.uid}/${builder}`;
    const known = this.#known.get(place);
    if (known && this.#now() - known.lookedAt < lookEveryMs) return done(known.access);
    return await this.#inTurn(builder, async () => {
      const outcome = await this.#look(cluster, { builder, tenant, size });
      if (outcome.state === "done") this.#remember(place, outcome.value);
      else this.#known.delete(place);
      return outcome;
    });
  }

  /** Removes builders that nobody used for a while; gives how many. Owner references take the rest of each. */
  async sweep(cluster: Cluster, clock: Clock = this.#clock): Promise<number> {
    const { namespace, idleMinutes } = this.#settings.builder;
    const services = await cluster.list<ServiceObject>("Service", namespace, allBuilders);
    let removed = 0;
    for (const service of services) {
      const builder = service.metadata.name;
      const record = readRecord(service.metadata.annotations);
      if (record && clock.now().getTime() - record.usedAt < idleMinutes * 60_000) continue;
      await this.#inTurn(builder, async () => {
        for (const id of [record?.id, record?.previous]) {
          if (id === undefined) continue;
          for (const tenant of record?.tenants ?? []) await removeClient(cluster, tenant, clientName(builder, id));
        }
        await cluster.remove("Service", namespace, builder, service.metadata.uid);
        this.#forget(builder);
      });
      removed += 1;
    }
    return removed;
  }

  async #look(cluster: Cluster, at: Place): Promise<Outcome<BuilderAccess>> {
    const { builder, tenant } = at;
    const { namespace } = this.#settings.builder;
    const service = await cluster.get<ServiceObject>("Service", namespace, builder);
    if (!service) return await this.#begin(cluster, at);
    const uid = service.metadata.uid ?? "";
    const record = readRecord(service.metadata.annotations);
    if (!record) return failed(stranger(builder));
    const now = this.#now();
    const idle = now - record.usedAt > this.#settings.builder.idleMinutes * 30_000;
    const old = now > record.until - (certificateDays / 2) * dayMs;
    const expiring = now > record.until - dayMs;
    const other = record.template !== this.#template();
    if (!record.complete) return await this.#make(cluster, at, uid, record);
    // A daemon at work is not replaced, as long as its papers hold.
    if (expiring || (idle && (old || other))) return await this.#renew(cluster, at, uid, record);

    if (!(await cluster.get("Deployment", namespace, record.id))) return await this.#renew(cluster, at, uid, record);
    const access = await this.#checkAccess(cluster, at, record.id);
    if (access.state === "failed") return access;
    if (access.state === "waiting") return await this.#renew(cluster, at, uid, record);
    const isNewTenant = !record.tenants.includes(tenant);
    if (isNewTenant || now - record.usedAt > markEveryMs) {
      const tenants = isNewTenant ? [...record.tenants, tenant] : record.tenants;
      await this.#write(cluster, at, uid, { ...record, usedAt: now, tenants });
    }
    return done(this.#access(builder, record.id));
  }

  async #begin(cluster: Cluster, at: Place): Promise<Outcome<BuilderAccess>> {
    const record = this.#newRecord(at);
    const created = await cluster.create(this.#service(at, record));
    if (created.state === "refused")
      return failed(refused(created.refusal, `the Service of a builder in ${this.#settings.builder.namespace}`));
    if (created.state === "exists") return waiting("BuilderStarting", `the builder of ${at.tenant} is being made`, 2);
    return await this.#make(cluster, at, created.object.metadata.uid ?? "", record);
  }

  /** Another generation; the present one goes when the Service has turned away from it. */
  async #renew(cluster: Cluster, at: Place, uid: string, old: BuilderRecord): Promise<Outcome<BuilderAccess>> {
    const record = { ...this.#newRecord(at), previous: old.id, tenants: [...new Set([...old.tenants, at.tenant])] };
    // Written before anything is made: a controller that is killed in between finds what it had begun, and what it had to clear away.
    await this.#write(cluster, at, uid, record);
    this.#authorities.delete(old.id);
    return await this.#make(cluster, at, uid, record);
  }

  async #make(cluster: Cluster, at: Place, uid: string, record: BuilderRecord): Promise<Outcome<BuilderAccess>> {
    const { namespace, perTenant } = this.#settings.builder;
    const generation: Generation = {
      builder: at.builder,
      name: record.id,
      tenant: perTenant ? at.tenant : undefined,
      size: at.size,
      owner: { apiVersion: "v1", kind: "Service", name: at.builder, uid, controller: true },
    };
    if (record.previous !== undefined) await this.#clear(cluster, at.builder, record.previous, record.tenants);
    const authority = await Authority.make(this.#serverName(at.builder), this.#clock.now(), certificateDays);
    const papers = await authority.issue("Server", this.#serverName(at.builder));
    // Whatever an earlier try left of this generation was never used, and its other half is not known any more.
    await cluster.remove("Secret", namespace, record.id);
    const objects: KubeObject[] = [
      builderConfigMap(generation, this.#settings),
      builderSecret(generation, this.#settings, papers),
      builderNetworkPolicy(generation, this.#settings),
      builderDeployment(generation, this.#settings),
    ];
    for (const object of objects) {
      const created = await cluster.create(object);
      if (created.state === "refused")
        return failed(refused(created.refusal, `${object.kind} ${object.metadata.name} in ${namespace}`));
    }
    await cluster.remove("Secret", at.tenant, clientName(at.builder, record.id));
    const refusal = await this.#giveAccess(cluster, at, record.id, authority);
    if (refusal) return failed(refusalToFailure(refusal, "the Secret of a builder's client"));
    this.#authorities.set(record.id, authority);
    await this.#write(cluster, at, uid, {
      ...record,
      complete: true,
      usedAt: this.#now(),
      tenants: [at.tenant],
      previous: undefined,
    });
    return done(this.#access(at.builder, record.id));
  }

  /**
   * A Secret is never read, so it is POSTed: what is taken is there. What was missing is mended by that where this process can sign;
   * else an empty one has been made, and the whole generation is renewed (`waiting`).
   */
  async #checkAccess(cluster: Cluster, at: Place, id: string): Promise<Outcome<undefined>> {
    const authority = this.#authorities.get(id);
    const name = clientName(at.builder, id);
    const created = await cluster.create(
      clientSecret(name, at.tenant, authority ? await authority.issue("Client", at.tenant) : {}),
    );
    if (created.state === "refused")
      return failed(refusalToFailure(created.refusal, "the Secret of a builder's client"));
    return created.state === "exists" || authority ? done(undefined) : waiting("BuilderStarting", "access is renewed");
  }

  async #clear(cluster: Cluster, builder: string, id: string, tenants: readonly string[]): Promise<void> {
    const { namespace } = this.#settings.builder;
    for (const tenant of tenants) await cluster.remove("Secret", tenant, clientName(builder, id));
    for (const kind of ["Deployment", "Secret", "ConfigMap", "NetworkPolicy"] as const) {
      await cluster.remove(kind, namespace, id);
    }
  }

  async #giveAccess(cluster: Cluster, at: Place, id: string, authority: Authority): Promise<Refusal | undefined> {
    const created = await cluster.create(
      clientSecret(clientName(at.builder, id), at.tenant, await authority.issue("Client", at.tenant)),
    );
    return created.state === "refused" ? created.refusal : undefined;
  }

  async #write(cluster: Cluster, at: Place, uid: string, record: BuilderRecord): Promise<void> {
    const applied = await cluster.apply(this.#service(at, record), uid);
    if (applied.state !== "created")
      throw new Error(`the record of builder ${at.builder} could not be written: ${applied.state}`);
  }

  #service(at: Place, record: BuilderRecord): ServiceObject {
    const { namespace, perTenant } = this.#settings.builder;
    return builderService(
      { name: at.builder, namespace, tenant: perTenant ? at.tenant : undefined },
      { selects: record.id, annotations: writeRecord(record) },
    );
  }

  #newRecord(at: Place): BuilderRecord {
    const id = `${at.builder}-${randomBytes(4).toString("hex")}`;
    return newRecord({
      id,
      tenant: at.tenant,
      now: this.#now(),
      until: this.#now() + certificateDays * dayMs,
      template: this.#template(),
    });
  }

  #access(builder: string, id: string): BuilderAccess {
    const serverName = this.#serverName(builder);
    return { address: `tcp://${serverName}:${builderPort}`, serverName, secret: clientName(builder, id) };
  }

  #serverName(builder: string): string {
    return `${builder}.${this.#settings.builder.namespace}.svc`;
  }

  #nameOf(tenant: string, size: BuilderSize): string {
    if (!this.#settings.builder.perTenant) return `builder-shared-${size.toLowerCase()}`;
    return `builder-${tenant.slice(0, 20).replace(/-+$/, "")}-${shortHash([tenant, size], 8)}`;
  }

  /** Changes when an administrator changes what a builder is made of. */
  #template(): string {
    const { builder, images } = this.#settings;
    return digestOf([builderFiles(this.#settings), builder, images.buildkit]).slice(7, 23);
  }

  #remember(place: string, access: BuilderAccess): void {
    const now = this.#now();
    for (const [key, known] of this.#known) if (now - known.lookedAt >= lookEveryMs) this.#known.delete(key);
    this.#known.set(place, { access, lookedAt: now });
  }

  #forget(builder: string): void {
    for (const key of this.#known.keys()) if (key.endsWith(`/${builder}`)) this.#known.delete(key);
  }

  #now(): number {
    return this.#clock.now().getTime();
  }

  /** Two runs of one tenant that start at once make one builder. */
  async #inTurn<T>(builder: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(builder) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.catch(() => undefined);
    this.#turns.set(builder, settled);
    try {
      return await mine;
    } finally {
      if (this.#turns.get(builder) === settled) this.#turns.delete(builder);
    }
  }
}

/** A namespace that is gone took our right to it along: that keeps no builder. What is left opens nothing. */
async function removeClient(cluster: Cluster, tenant: string, name: string): Promise<void> {
  try {
    await cluster.remove("Secret", tenant, name);
  } catch {}
}

function clientName(builder: string, id: string): string {
  return `repo-runner-${builder}-${id.slice(-8)}`;
}
