import { beforeEach, describe, expect, it } from "vitest";
import { Settings } from "../../settings.ts";
import type { Cluster, Created, Kind, KubeObject } from "../cluster.ts";
import { BuilderPool } from "./builder.ts";

const settings = Settings.parse({});
const run = { namespace: "team-a", name: "app", uid: "u" };
const day = 86_400_000;

/** The part of a cluster that a pool uses; it can die before any of its writes, as a controller does. */
class FakeCluster {
  readonly objects = new Map<string, KubeObject>();
  readonly writes: string[] = [];
  dieAt = Number.POSITIVE_INFINITY;
  #uid = 0;

  readonly cluster = {
    get: (kind: Kind, namespace: string, name: string) =>
      Promise.resolve(this.objects.get(`${kind}/${namespace}/${name}`)),
    list: (kind: Kind, namespace: string, value: string) =>
      Promise.resolve(
        [...this.objects.values()].filter(
          ({ kind: each, metadata }) =>
            each === kind && metadata.namespace === namespace && metadata.labels?.["repo-runner.dev/run"] === value,
        ),
      ),
    create: (object: KubeObject): Promise<Created<KubeObject>> => {
      const key = keyOf(object);
      if (this.objects.has(key)) return Promise.resolve({ state: "exists" });
      this.#write(`create ${key}`);
      const stored = { ...object, metadata: { ...object.metadata, uid: `uid-${(this.#uid += 1)}` } };
      this.objects.set(key, stored);
      return Promise.resolve({ state: "created", object: stored });
    },
    apply: (object: KubeObject, uid: string): Promise<Created<KubeObject>> => {
      const key = keyOf(object);
      if (this.objects.get(key)?.metadata.uid !== uid) throw new Error(`${key} is another`);
      this.#write(`apply ${key}`);
      const stored = { ...object, metadata: { ...object.metadata, uid } };
      this.objects.set(key, stored);
      return Promise.resolve({ state: "created", object: stored });
    },
    remove: (kind: Kind, namespace: string, name: string) => {
      const key = `${kind}/${namespace}/${name}`;
      if (!this.objects.has(key)) return Promise.resolve();
      this.#write(`remove ${key}`);
      const uid = this.objects.get(key)?.metadata.uid;
      this.objects.delete(key);
      // The garbage collector's work.
      for (const [other, object] of this.objects)
        if (object.metadata.ownerReferences?.some((owner) => owner.uid === uid)) this.objects.delete(other);
      return Promise.resolve();
    },
  } as unknown as Cluster;

  names(kind: Kind): string[] {
    return [...this.objects.values()].filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);
  }

  #write(what: string): void {
    if (this.writes.length >= this.dieAt) throw new Error("killed");
    this.writes.push(what);
  }
}

function keyOf({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.namespace}/${metadata.name}`;
}

let fake: FakeCluster;
let now: number;
const clock = { now: () => new Date(now) };
const ensure = async (pool: BuilderPool, tenant = "team-a") => await pool.ensure(fake.cluster, tenant, "Medium", run);

/** What a client needs fits together: its Secret, the daemon's Secret and Deployment are of the generation that the Service selects. */
function expectWhole(tenant = "team-a"): void {
  const services = [...fake.objects.values()].filter((object) => object.kind === "Service") as unknown as {
    metadata: { name: string };
    spec: { selector: Record<string, string> };
  }[];
  expect(services).toHaveLength(1);
  const id = services[0]?.spec.selector["repo-runner.dev/builder"] ?? "";
  expect(fake.names("Deployment")).toEqual([id]);
  const client = fake.objects.get(`Secret/${tenant}/repo-runner-${services[0]?.metadata.name ?? ""}-${id.slice(-8)}`);
  const server = fake.objects.get(`Secret/repo-runner-builds/${id}`);
  const authorityOf = (object: KubeObject | undefined) =>
    (object as unknown as { stringData?: Record<string, string> } | undefined)?.stringData?.["ca.crt"];
  expect(authorityOf(client)).toBeDefined();
  expect(authorityOf(client)).toBe(authorityOf(server));
}

beforeEach(() => {
  fake = new FakeCluster();
  now = Date.parse("2026-01-01T00:00:00Z");
});

describe("a builder on demand", () => {
  it("is made once, though many runs ask at once, and then costs no write", async () => {
    const pool = new BuilderPool(settings, clock);
    const outcomes = await Promise.all([ensure(pool), ensure(pool), ensure(pool)]);
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(outcomes[0]).toMatchObject({ state: "done" });
    const before = fake.writes.length;
    now += 120_000;
    await ensure(pool);
    await ensure(new BuilderPool(settings, clock));
    expect(fake.writes.length).toBe(before);
    expectWhole();
  });

  it("is another one for another tenant", async () => {
    const pool = new BuilderPool(settings, clock);
    const [one, other] = [await ensure(pool, "team-a"), await ensure(pool, "team-b")];
    if (one.state !== "done" || other.state !== "done") throw new Error("not made");
    expect(one.value.address).not.toBe(other.value.address);
    expect(fake.names("Deployment")).toHaveLength(2);
    const policies = [...fake.objects.values()].filter((object) => object.kind === "NetworkPolicy");
    expect(JSON.stringify(policies[0])).toContain('"kubernetes.io/metadata.name":"team-a"');
  });

  it("is whole in the end wherever a controller is killed while making it", async () => {
    const count = await writesOf(async () => await ensure(new BuilderPool(settings, clock)));
    for (let at = 0; at < count; at += 1) {
      fake = new FakeCluster();
      fake.dieAt = at;
      await expect(ensure(new BuilderPool(settings, clock))).rejects.toThrow("killed");
      fake.dieAt = Number.POSITIVE_INFINITY;
      expect(await ensure(new BuilderPool(settings, clock))).toMatchObject({ state: "done" });
      expectWhole();
    }
  });

  it("is made anew when somebody removed its client's Secret, by a controller that can sign and by one that cannot", async () => {
    for (const samePool of [true, false]) {
      fake = new FakeCluster();
      const pool = new BuilderPool(settings, clock);
      const first = await ensure(pool);
      if (first.state !== "done") throw new Error("not made");
      await fake.cluster.remove("Secret", "team-a", first.value.secret);
      now += 120_000;
      expect(await ensure(samePool ? pool : new BuilderPool(settings, clock))).toMatchObject({ state: "done" });
      expectWhole();
    }
  });
});

describe("papers", () => {
  it("are renewed past half their life, but not under a builder at work until they are about to end", async () => {
    const pool = new BuilderPool(settings, clock);
    const first = await ensure(pool);
    usedAMinuteAgo("2026-01-29T00:00:00Z");
    expect(await ensure(pool)).toEqual(first);
    usedAMinuteAgo("2026-01-30T12:00:00Z");
    const second = await ensure(pool);
    expect(second).not.toEqual(first);
    expectWhole();
    now += 16 * day;
    expect(await ensure(pool)).not.toEqual(second);
    expectWhole();
  });

  it("are whole in the end wherever a controller is killed while renewing them", async () => {
    const late = 20 * day;
    await ensure(new BuilderPool(settings, clock));
    now += late;
    const count = await writesOf(async () => await ensure(new BuilderPool(settings, clock)));
    for (let at = 0; at < count; at += 1) {
      fake = new FakeCluster();
      now = Date.parse("2026-01-01T00:00:00Z");
      await ensure(new BuilderPool(settings, clock));
      now += late;
      fake.dieAt = fake.writes.length + at;
      await expect(ensure(new BuilderPool(settings, clock))).rejects.toThrow("killed");
      fake.dieAt = Number.POSITIVE_INFINITY;
      expect(await ensure(new BuilderPool(settings, clock))).toMatchObject({ state: "done" });
      expectWhole();
    }
  });
});

describe("the sweep", () => {
  it("removes what nobody used for a while with everything of it, and leaves what is used", async () => {
    const pool = new BuilderPool(settings, clock);
    await ensure(pool, "team-a");
    await ensure(pool, "team-b");
    now += 20 * 60_000;
    await ensure(pool, "team-b");
    now += 15 * 60_000;
    expect(await pool.sweep(fake.cluster, clock)).toBe(1);
    expect([...fake.objects.keys()].filter((key) => key.includes("team-a"))).toEqual([]);
    expectWhole("team-b");
    expect(await ensure(pool, "team-a")).toMatchObject({ state: "done" });
  });

  it("goes on where a namespace is gone and its rights with it", async () => {
    const pool = new BuilderPool(settings, clock);
    await ensure(pool, "team-a");
    await ensure(pool, "team-b");
    now += 40 * 60_000;
    const remove: Cluster["remove"] = async (kind, namespace, name, uid) => {
      if (namespace === "team-a") throw new Error("403: cannot delete secrets in team-a");
      await fake.cluster.remove(kind, namespace, name, uid);
    };
    expect(await pool.sweep({ ...fake.cluster, remove }, clock)).toBe(2);
    expect([...fake.objects.keys()].filter((key) => key.startsWith("Service/"))).toEqual([]);
  });
});

function usedAMinuteAgo(when: string): void {
  now = Date.parse(when);
  for (const [key, object] of fake.objects) {
    if (object.kind !== "Service") continue;
    const annotations = {
      ...object.metadata.annotations,
      "repo-runner.dev/builder-used-at": new Date(now - 60_000).toISOString(),
    };
    fake.objects.set(key, { ...object, metadata: { ...object.metadata, annotations } });
  }
}

async function writesOf(work: () => Promise<unknown>): Promise<number> {
  const before = fake.writes.length;
  await work();
  return fake.writes.length - before;
}
