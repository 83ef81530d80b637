import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import { writtenKinds } from "./written.ts";

/** Counts and times requests to the API server under client-go's names. */
export interface RequestMetrics {
  count(code: string, method: string, host: string): void;
  time(verb: string, host: string, seconds: number): void;
}

/** How a pass ended, in controller-runtime's words. */
export const passResults = ["success", "error", "requeue", "requeue_after"] as const;
export type PassResult = (typeof passResults)[number];

export const watchedKinds = [
  "RepoRun",
  ...writtenKinds,
  "Pod",
  "Job",
  "Deployment",
  "StatefulSet",
  "Service",
  "CronJob",
] as const;
const relistReasons = ["gone", "garbled", "unsupported"] as const;
export type RelistReason = (typeof relistReasons)[number];

const controller = "reporun";
const seconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** All that this process tells Prometheus, under the names that dashboards for Go operators know. Everything starts at 0, so that rates work from the first scrape. */
export class Metrics implements RequestMetrics {
  readonly registry = new Registry();
  readonly #requests: Counter<"code" | "method" | "host">;
  readonly #requestSeconds: Histogram<"verb" | "host">;
  readonly #passes: Counter<"controller" | "result">;
  readonly #passErrors: Counter<"controller">;
  readonly #passTerminal: Counter<"controller">;
  readonly #passPanics: Counter<"controller">;
  readonly #passTimeouts: Counter<"controller">;
  readonly #passSeconds: Histogram<"controller">;
  readonly #maxWorkers: Gauge<"controller">;
  readonly #activeWorkers: Gauge<"controller">;
  readonly #leader: Gauge<"name">;
  readonly #statusWrites: Counter<"result">;
  readonly #relists: Counter<"kind" | "reason">;
  readonly #readySeconds: Histogram;

  constructor() {
    const registers = [this.registry];
    const mine = { registers, labelNames: ["controller"] as const };
    this.#requests = new Counter({
      name: "rest_client_requests_total",
      help: "Requests to the API server, by status code, method and host.",
      labelNames: ["code", "method", "host"],
      registers,
    });
    this.#requestSeconds = new Histogram({
      name: "rest_client_request_duration_seconds",
      help: "Time of requests to the API server, by verb and host.",
      labelNames: ["verb", "host"],
      buckets: seconds,
      registers,
    });
    this.#passes = new Counter({
      name: "controller_runtime_reconcile_total",
      help: "Passes, by result.",
      labelNames: ["controller", "result"],
      registers,
    });
    this.#passErrors = new Counter({
      name: "controller_runtime_reconcile_errors_total",
      help: "Passes that threw.",
      ...mine,
    });
    this.#passTerminal = new Counter({
      name: "controller_runtime_terminal_reconcile_errors_total",
      help: "Passes that threw what no retry mends.",
      ...mine,
    });
    this.#passPanics = new Counter({
      name: "controller_runtime_reconcile_panics_total",
      help: "Passes that threw what only a bug throws.",
      ...mine,
    });
    this.#passTimeouts = new Counter({
      name: "controller_runtime_reconcile_timeouts_total",
      help: "Passes that were stopped by their time limit.",
      ...mine,
    });
    this.#passSeconds = new Histogram({
      name: "controller_runtime_reconcile_time_seconds",
      help: "Time of a pass.",
      buckets: seconds,
      ...mine,
    });
    this.#maxWorkers = new Gauge({
      name: "controller_runtime_max_concurrent_reconciles",
      help: "Workers.",
      ...mine,
    });
    this.#activeWorkers = new Gauge({
      name: "controller_runtime_active_workers",
      help: "Workers with a pass in hand.",
      ...mine,
    });
    this.#leader = new Gauge({
      name: "leader_election_master_status",
      help: "1 while this process holds the lease.",
      labelNames: ["name"],
      registers,
    });
    this.#statusWrites = new Counter({
      name: "repo_runner_status_writes_total",
      help: "Statuses that passes handed over, by whether they had to be written.",
      labelNames: ["result"],
      registers,
    });
    this.#readySeconds = new Histogram({
      name: "repo_runner_time_to_ready_seconds",
      help: "Time from the beginning of the work on a commit to its Ready.",
      buckets: [5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200, 2700],
      registers,
    });
    this.#relists = new Counter({
      name: "repo_runner_watch_relists_total",
      help: "Watches that had to start from nothing again.",
      labelNames: ["kind", "reason"],
      registers,
    });
    for (const result of passResults) this.#passes.inc({ controller, result }, 0);
    for (const each of [this.#passErrors, this.#passTerminal, this.#passPanics, this.#passTimeouts]) {
      each.inc({ controller }, 0);
    }
    for (const result of ["written", "skipped", "conflict"]) this.#statusWrites.inc({ result }, 0);
    for (const kind of watchedKinds) for (const reason of relistReasons) this.#relists.inc({ kind, reason }, 0);
    this.#activeWorkers.set({ controller }, 0);
  }

  /** Memory, CPU and event-loop figures of the process itself. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  count(code: string, method: string, host: string): void {
    this.#requests.inc({ code, method, host });
  }

  time(verb: string, host: string, took: number): void {
    this.#requestSeconds.observe({ verb, host }, took);
  }

  workers(count: number): void {
    this.#maxWorkers.set({ controller }, count);
  }

  passStarted(): void {
    this.#activeWorkers.inc({ controller });
  }

  passEnded(result: PassResult, took: number): void {
    this.#activeWorkers.dec({ controller });
    this.#passes.inc({ controller, result });
    this.#passSeconds.observe({ controller }, took);
    if (result === "error") this.#passErrors.inc({ controller });
  }

  passFailed(how: "terminal" | "panic" | "timeout"): void {
    const counter = { terminal: this.#passTerminal, panic: this.#passPanics, timeout: this.#passTimeouts }[how];
    counter.inc({ controller });
  }

  leader(name: string, holds: boolean): void {
    this.#leader.set({ name }, holds ? 1 : 0);
  }

  statusWrite(result: "written" | "skipped" | "conflict"): void {
    this.#statusWrites.inc({ result });
  }

  ready(seconds: number): void {
    this.#readySeconds.observe(seconds);
  }

  relist(kind: string, reason: RelistReason): void {
    this.#relists.inc({ kind, reason });
  }

  /** A gauge that is asked for its values only when somebody scrapes. */
  observe<L extends string>(
    name: string,
    help: string,
    labels: readonly L[],
    read: () => readonly [Partial<Record<L, string>>, number][],
  ): void {
    const gauge: Gauge<L> = new Gauge({
      name,
      help,
      labelNames: labels,
      registers: [this.registry],
      collect: () => {
        gauge.reset();
        for (const [at, value] of read()) gauge.set(at, value);
      },
    });
  }
}
