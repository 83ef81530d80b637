import type { RepoRunSpec, RepoRunStatus } from "../repo-run.ts";
import type { Clock, Cluster, EventSink } from "./cluster.ts";
import type { Span } from "./span.ts";

/** A RepoRun as the watch keeps it: whole spec and status, without managed fields. */
export interface RunRecord {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly resourceVersion: string;
  readonly createdAt: string;
  readonly deleting: boolean;
  /** Annotation repo-runner.dev/requestedAt. */
  readonly requestedAt: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: RepoRunSpec;
  readonly status: RepoRunStatus | undefined;
}

/** All that one look at one run may use. */
export interface Pass {
  readonly run: RunRecord;
  readonly cluster: Cluster;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: (message: string, fields?: Readonly<Record<string, unknown>>) => void;
  /** Of the stage that the run is in; absent where nobody traces. */
  readonly span?: Span | undefined;
}

/** One look at one run: the status as it should be (written once, only where it differs), and when to look again (undefined: when a watched object changes). `wake`: other runs, as `namespace/name`, whose turn has come. */
export type Reconcile = (
  pass: Pass,
) => Promise<{ readonly status: RepoRunStatus; readonly afterMs?: number; readonly wake?: readonly string[] }>;

/** Called once a run is gone; best-effort clean-up. */
export type Gone = (run: { readonly namespace: string; readonly name: string; readonly uid: string }) => Promise<void>;
