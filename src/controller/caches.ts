import type { Logger } from "pino";
import type { Kind, Records, Written } from "../agents/cluster.ts";
import { isAtWork } from "../agents/job-at-work.ts";
import type { RunRecord } from "../agents/pass.ts";
import { label } from "../run-ref.ts";
import { keepRun, type KeptRun, recordOf } from "./kept-run.ts";
import { type Metrics, watchedKinds } from "./metrics.ts";
import { Reflector } from "./reflector.ts";
import { collectionPath } from "./resources.ts";
import { type Phase, phases } from "./run-phase.ts";
import {
  slimCronJob,
  slimDeployment,
  slimJob,
  slimPod,
  slimService,
  slimStatefulSet,
  type WireObject,
} from "./slim.ts";
import { type Kept, Store } from "./store.ts";
import type { Transport } from "./transport.ts";
import { isWritten, keepWritten, runOfWritten, writtenKinds } from "./written.ts";

export type WatchedKind = (typeof watchedKinds)[number];
export type ChildKind = Exclude<WatchedKind, "RepoRun" | keyof Written>;
type Labelled = Kept & Pick<Records[keyof Records], "labels">;

/** Who is told of changes; must only take a note. */
export interface ChangeListener {
  runChanged(before: KeptRun | undefined, after: KeptRun | undefined): void;
  childChanged(namespace: string, run: string): void;
}

/** What the watches keep: all runs and their watched children, with our own writes already in it. */
export class Caches {
  readonly #runs = new Store<KeptRun>();
  readonly #children: Readonly<{ [K in ChildKind]: Store<Records[K] & Kept> }> = {
    Pod: new Store<Records["Pod"] & Kept>(runOf),
    Job: new Store<Records["Job"] & Kept>(runOf),
    Deployment: new Store<Records["Deployment"] & Kept>(runOf),
    StatefulSet: new Store<Records["StatefulSet"] & Kept>(runOf),
    Service: new Store<Records["Service"] & Kept>(runOf),
    CronJob: new Store<Records["CronJob"] & Kept>(runOf),
  };
  readonly #written: Readonly<{ [K in keyof Written]: Store<Written[K]> }> = {
    RepoRunApproval: new Store<Written["RepoRunApproval"]>(),
    FixLesson: new Store<Written["FixLesson"]>(),
    ModelPolicy: new Store<Written["ModelPolicy"]>(),
  };
  readonly #reflectors: {
    readonly kind: WatchedKind;
    readonly namespace: string | undefined;
    readonly reflector: Watcher;
  }[] = [];
  readonly #listener: ChangeListener;
  /** What passes are making just now, and the run that would have been woken by it. */
  readonly #making = new Map<string, string | undefined>();

  constructor(parts: {
    readonly transport: Transport;
    readonly namespaces: readonly string[] | undefined;
    readonly listener: ChangeListener;
    readonly metrics: Metrics;
    readonly logger: Logger;
  }) {
    const { transport, listener, metrics, logger } = parts;
    this.#listener = listener;
    for (const namespace of parts.namespaces ?? [undefined]) {
      const common = (kind: WatchedKind) => ({
        transport,
        kind,
        path: collectionPath(kind, namespace),
        relisted: metrics.relist.bind(metrics, kind),
        log: (message: string, fields?: Record<string, unknown>) => {
          logger.warn({ ...fields }, message);
        },
        ...(namespace === undefined ? {} : { covers: (record: Kept) => record.namespace === namespace }),
      });
      const labelSelector = `${label.managedBy}=repo-runner`;
      const add = (kind: WatchedKind, reflector: Watcher): void => {
        this.#reflectors.push({ kind, namespace, reflector });
      };
      add(
        "RepoRun",
        new Reflector({
          ...common("RepoRun"),
          slim: keepRun,
          store: this.#runs,
          changed: (before: KeptRun | undefined, after: KeptRun | undefined) => {
            listener.runChanged(before, after);
          },
        }),
      );
      const addWritten = <K extends keyof Written>(kind: K): void => {
        const changed = (before: Written[K] | undefined, after: Written[K] | undefined): void => {
          const record = after ?? before;
          const run = record && runOfWritten(kind, record);
          if (record && run !== undefined) listener.childChanged(record.namespace, run);
        };
        const slim = (raw: WireObject): Written[K] => keepWritten(kind, raw);
        add(kind, new Reflector<Written[K]>({ ...common(kind), slim, store: this.#written[kind], changed }));
      };
      for (const kind of writtenKinds) addWritten(kind);
      const addChild = <K extends ChildKind>(kind: K, slim: (raw: WireObject) => Records[K] & Kept): void => {
        const changed = (before: Labelled | undefined, after: Labelled | undefined): void => {
          this.#childChanged(kind, before, after);
        };
        add(kind, new Reflector({ ...common(kind), labelSelector, slim, store: this.#children[kind], changed }));
      };
      addChild("Pod", slimPod);
      addChild("Job", slimJob);
      addChild("Deployment", slimDeployment);
      addChild("StatefulSet", slimStatefulSet);
      addChild("Service", slimService);
      addChild("CronJob", slimCronJob);
    }
    metrics.observe("repo_runner_phase_runs", "RepoRuns, by where they are.", ["phase"], () => {
      const counts = new Map<Phase, number>(phases.map((phase) => [phase, 0]));
      for (const { phase } of this.#runs.values()) counts.set(phase, (counts.get(phase) ?? 0) + 1);
      return [...counts].map(([phase, count]) => [{ phase }, count]);
    });
    metrics.observe("repo_runner_cache_objects", "Objects that the watches keep.", ["kind"], () =>
      watchedKinds.map((kind) => [{ kind }, this.#storeOf(kind).size]),
    );
  }

  get isSynced(): boolean {
    return this.#reflectors.every(({ reflector }) => reflector.isSynced);
  }

  /** Runs all watches until the signal. */
  async watch(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#reflectors.map(async ({ reflector }) => await reflector.run(signal)));
  }

  /** Resolves when every watch has its whole first list. */
  async synced(): Promise<void> {
    await Promise.all(this.#reflectors.map(async ({ reflector }) => await reflector.synced));
  }

  /** Names of all runs. */
  runKeys(): Iterable<string> {
    return this.#runs.keys();
  }

  /** Runs that wait for pushes to one of these repositories (`host/path`), unpacked one by one. */
  *followers(places: ReadonlySet<string>): Generator<RunRecord> {
    for (const key of this.runKeys()) {
      const kept = this.#runs.get(key);
      if (kept?.follows !== undefined && places.has(kept.follows)) yield recordOf(kept);
    }
  }

  /** One run, unpacked. */
  run(key: string): RunRecord | undefined {
    const kept = this.#runs.get(key);
    return kept && recordOf(kept);
  }

  children<K extends ChildKind>(kind: K, namespace: string, run: string): readonly Records[K][] {
    return this.#children[kind].ofRun(namespace, run);
  }

  written<K extends keyof Written>(kind: K, namespace: string): readonly Written[K][] {
    return [...this.#written[kind].values()].filter((each) => each.namespace === namespace);
  }

  #storeOf(kind: WatchedKind): { readonly size: number } {
    if (kind === "RepoRun") return this.#runs;
    return isWritten(kind) ? this.#written[kind] : this.#children[kind];
  }

  /** The namespace of each survey and build Job that is at work. */
  jobsAtWork(): readonly string[] {
    return [...this.#children.Job.values()].filter(isAtWork).map(({ namespace }) => namespace);
  }

  has(kind: ChildKind, namespace: string, name: string): boolean {
    return this.#children[kind].get(`${namespace}/${name}`) !== undefined;
  }

  /** Makes a child. The watch often shows it before the answer is there: to the pass that makes it, that is no news. */
  async making<T>(kind: Kind, namespace: string, name: string, make: () => Promise<T>): Promise<T> {
    const key = `${kind}/${namespace}/${name}`;
    this.#making.set(key, undefined);
    try {
      return await make();
    } catch (error) {
      const run = this.#making.get(key);
      if (run !== undefined) this.#listener.childChanged(namespace, run);
      throw error;
    } finally {
      this.#making.delete(key);
    }
  }

  #childChanged(kind: ChildKind, before: Labelled | undefined, after: Labelled | undefined): void {
    const record = after ?? before;
    const run = record && runOf(record);
    if (!record || run === undefined) return;
    const key = `${kind}/${record.namespace}/${record.name}`;
    if (before === undefined && this.#making.has(key)) this.#making.set(key, run);
    else this.#listener.childChanged(record.namespace, run);
  }

  /** Takes in the answer to a write of our own; what no watch would bring is left out. */
  wrote(kind: Kind, raw: WireObject): void {
    if (!isWatched(kind)) return;
    if (kind !== "RepoRun" && !isWritten(kind) && raw.metadata?.labels?.[label.managedBy] !== "repo-runner") return;
    this.#of(kind, raw.metadata?.namespace)?.upsert(raw);
  }

  /** Takes in that the server has confirmed an end. */
  ended(kind: Kind, namespace: string, name: string, uid: string): void {
    if (isWatched(kind)) this.#of(kind, namespace)?.ended(`${namespace}/${name}`, uid);
  }

  #of(kind: WatchedKind, namespace: string | undefined): Watcher | undefined {
    return this.#reflectors.find(
      (each) => each.kind === kind && (each.namespace === undefined || each.namespace === namespace),
    )?.reflector;
  }
}

/** What is the same for reflectors of all kinds. */
interface Watcher {
  readonly isSynced: boolean;
  readonly synced: Promise<void>;
  run(signal: AbortSignal): Promise<void>;
  upsert(raw: WireObject): boolean;
  ended(key: string, uid: string): void;
}

export function isWatched(kind: Kind): kind is WatchedKind {
  return (watchedKinds as readonly string[]).includes(kind);
}

function runOf(record: { readonly labels: Readonly<Record<string, string>> }): string | undefined {
  return record.labels[label.run];
}
