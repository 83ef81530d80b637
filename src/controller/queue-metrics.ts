import { Counter, Histogram } from "prom-client";
import type { Metrics } from "./metrics.ts";
import type { Queue } from "./queue.ts";

/** What a queue reports while it works. */
export interface QueueWatcher {
  added(): void;
  retried(): void;
  waited(seconds: number): void;
  worked(seconds: number): void;
}

const labels = { name: "reporun", controller: "reporun" };
const buckets = [0.001, 0.01, 0.1, 0.5, 1, 5, 10, 60, 300];

/** Counters of the queue, under client-go's names. */
export function queueWatcher(metrics: Metrics): QueueWatcher {
  const registers = [metrics.registry];
  const labelNames = ["name", "controller"] as const;
  const adds = new Counter({ name: "workqueue_adds_total", help: "Names that were added.", labelNames, registers });
  const retries = new Counter({
    name: "workqueue_retries_total",
    help: "Names that were put back with backoff.",
    labelNames,
    registers,
  });
  const waits = new Histogram({
    name: "workqueue_queue_duration_seconds",
    help: "How long a name waited for a worker.",
    labelNames,
    buckets,
    registers,
  });
  const works = new Histogram({
    name: "workqueue_work_duration_seconds",
    help: "How long a worker took for a name.",
    labelNames,
    buckets,
    registers,
  });
  adds.inc(labels, 0);
  retries.inc(labels, 0);
  return {
    added: () => {
      adds.inc(labels);
    },
    retried: () => {
      retries.inc(labels);
    },
    waited: (seconds) => {
      waits.observe(labels, seconds);
    },
    worked: (seconds) => {
      works.observe(labels, seconds);
    },
  };
}

/** Gauges of the queue, read from it when somebody scrapes. */
export function observeQueue(metrics: Metrics, queue: Queue): void {
  metrics.observe("workqueue_depth", "Names that wait for a worker.", ["name", "controller", "priority"], () => [
    [{ ...labels, priority: "high" }, queue.depth("high")],
    [{ ...labels, priority: "low" }, queue.depth("low")],
  ]);
  metrics.observe(
    "workqueue_unfinished_work_seconds",
    "Sum of the ages of passes under way.",
    ["name", "controller"],
    () => [[labels, queue.unfinished().sumMs / 1000]],
  );
  metrics.observe(
    "workqueue_longest_running_processor_seconds",
    "Age of the oldest pass under way.",
    ["name", "controller"],
    () => [[labels, queue.unfinished().longestMs / 1000]],
  );
}
