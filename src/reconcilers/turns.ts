import type { Cluster } from "../agents/cluster.ts";
import type { Pass } from "../agents/pass.ts";
import { type Waiting, waiting } from "../outcome.ts";
import type { RunRef } from "../run-ref.ts";
import type { Settings } from "../settings.ts";

interface Waiter {
  readonly key: string;
  readonly namespace: string;
  /** Since when it has work to do, in milliseconds of the epoch: the longest waits first, also after a restart. */
  readonly since: number;
  askedAt: number;
}

/** How often one that waits asks again by itself; it is woken sooner when its turn has come. */
const askSeconds = 60;
/** One that has not asked for so long does not want a turn any more. */
const forgottenMs = 150_000;

/**
 * How many survey and build Jobs are at work at once, in a namespace and in all, and whose turn is next: the namespace that has the fewest, and in
 * it the run that has waited longest. Who waits is known by asking alone, so that a restarted controller learns it anew.
 */
export class Turns {
  readonly #limits: Settings["jobs"];
  /** By namespace and run, so that the thousands who wait in a full namespace cost nothing. */
  readonly #waiters = new Map<string, Map<string, Waiter>>();
  #busy: ReadonlyMap<string, number> = new Map();

  constructor(limits: Settings["jobs"]) {
    this.#limits = limits;
  }

  /** A turn for one more Job of this run; what is waited for where there is none. */
  take({ run, cluster, clock }: Pass): Waiting | undefined {
    const { perNamespace, total } = this.#limits;
    if (perNamespace === 0 && total === 0) return undefined;
    const key = keyOf(run);
    const now = clock.now().getTime();
    const since = run.status?.conditions?.find(({ type }) => type === "Reconciling")?.lastTransitionTime;
    const line = this.#waiters.get(run.namespace) ?? new Map<string, Waiter>();
    this.#waiters.set(run.namespace, line);
    const waiter = line.get(key) ?? {
      key,
      namespace: run.namespace,
      since: Date.parse(since ?? run.createdAt),
      askedAt: now,
    };
    waiter.askedAt = now;
    line.set(key, waiter);
    this.#count(cluster);
    const full = perNamespace > 0 && (this.#busy.get(run.namespace) ?? 0) >= perNamespace;
    if (!full && this.#next(now).includes(key)) {
      this.forget(run);
      return undefined;
    }
    return waiting("Queued", this.#because(run.namespace), askSeconds);
  }

  /** Runs whose turn has come, as `namespace/name`, so that they are looked at at once. */
  called({ cluster, clock }: Pick<Pass, "cluster" | "clock">): readonly string[] {
    if (this.#waiters.size === 0) return [];
    this.#count(cluster);
    return this.#next(clock.now().getTime());
  }

  forget(run: Pick<RunRef, "namespace" | "name">): void {
    const line = this.#waiters.get(run.namespace);
    line?.delete(keyOf(run));
    if (line?.size === 0) this.#waiters.delete(run.namespace);
  }

  /** How many Jobs are at work and how many runs wait for a turn, by namespace, as of the last look. */
  counts(): { readonly working: ReadonlyMap<string, number>; readonly queued: ReadonlyMap<string, number> } {
    const queued = new Map<string, number>();
    for (const [namespace, line] of this.#waiters) queued.set(namespace, line.size);
    return { working: this.#busy, queued };
  }

  /** Those who would get the free turns now: one after the other to the namespace that has the fewest, each to its longest waiting run. */
  #next(now: number): string[] {
    const { perNamespace, total } = this.#limits;
    const busy = new Map(this.#busy);
    let free = total === 0 ? Number.POSITIVE_INFINITY : total - [...busy.values()].reduce((sum, each) => sum + each, 0);
    if (free <= 0) return [];
    const lines = this.#lines(now, busy);
    const next: string[] = [];
    while (free > 0) {
      const open = [...lines].filter(
        ([namespace, line]) => line.length > 0 && (perNamespace === 0 || (busy.get(namespace) ?? 0) < perNamespace),
      );
      const [chosen] = open.toSorted(
        ([a, lineA], [b, lineB]) =>
          (busy.get(a) ?? 0) - (busy.get(b) ?? 0) || (lineA[0]?.since ?? 0) - (lineB[0]?.since ?? 0),
      );
      const waiter = chosen?.[1].shift();
      if (waiter === undefined) break;
      next.push(waiter.key);
      busy.set(waiter.namespace, (busy.get(waiter.namespace) ?? 0) + 1);
      free -= 1;
    }
    return next;
  }

  #count(cluster: Cluster): void {
    const busy = new Map<string, number>();
    for (const namespace of cluster.jobsAtWork()) busy.set(namespace, (busy.get(namespace) ?? 0) + 1);
    this.#busy = busy;
  }

  /** Who waits where there is room, by namespace, the longest first. */
  #lines(now: number, busy: ReadonlyMap<string, number>): Map<string, Waiter[]> {
    const { perNamespace } = this.#limits;
    const lines = new Map<string, Waiter[]>();
    for (const [namespace, waiters] of this.#waiters) {
      if (perNamespace > 0 && (busy.get(namespace) ?? 0) >= perNamespace) continue;
      for (const { key, askedAt } of waiters.values()) if (now - askedAt > forgottenMs) waiters.delete(key);
      lines.set(
        namespace,
        [...waiters.values()].toSorted((a, b) => a.since - b.since),
      );
    }
    return lines;
  }

  /** Written once, since it names the limit and not the moving place. */
  #because(namespace: string): string {
    const { perNamespace, total } = this.#limits;
    return perNamespace > 0 && (this.#busy.get(namespace) ?? 0) >= perNamespace
      ? `${perNamespace} of ${perNamespace} Jobs of ${namespace} are taken`
      : `${total} of ${total} Jobs of this installation are taken or promised`;
  }
}

function keyOf({ namespace, name }: Pick<RunRef, "namespace" | "name">): string {
  return `${namespace}/${name}`;
}
