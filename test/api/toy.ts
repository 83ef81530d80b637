import { pino } from "pino";
import type { Pass, Reconcile, RunRecord } from "../../src/agents/pass.ts";
import type { Metrics } from "../../src/controller/metrics.ts";
import { type ControllerOptions, runController } from "../../src/controller/run.ts";
import { labelsOf, ownerOf } from "../../src/run-ref.ts";
import type { RepoRunStatus } from "../../src/repo-run.ts";
import type { ApiServer } from "./apiserver.ts";
import { installCrd, runs } from "./install-crd.ts";

export { runs } from "./install-crd.ts";
export const merge = "application/merge-patch+json";

/** A RepoRun as the API server gives it back. */
export interface WireRun {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation: number;
  };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: RepoRunStatus;
}

/** A RepoRun without rules: what is tested here is how the controller lives, not what the resource allows. */
export async function installOpenCrd(api: ApiServer): Promise<void> {
  const open = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const runsWithoutRules = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "reporuns.repo-runner.dev" },
    spec: {
      group: "repo-runner.dev",
      scope: "Namespaced",
      names: { kind: "RepoRun", listKind: "RepoRunList", plural: "reporuns", singular: "reporun" },
      versions: [
        {
          name: "v1alpha1",
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: "object", properties: { spec: open, status: open } } },
        },
      ],
    },
  };
  await installCrd(api, [runsWithoutRules]);
}

/** A RepoRun with this name. */
export async function createRun(api: ApiServer, name: string, spec: object = {}): Promise<WireRun> {
  return await api.must<WireRun>("POST", runs, {
    apiVersion: "repo-runner.dev/v1alpha1",
    kind: "RepoRun",
    metadata: { name },
    spec: { source: { git: { url: "https://git.example.org/a.git" } }, ...spec },
  });
}

export async function readRun(api: ApiServer, name: string): Promise<WireRun> {
  return await api.must<WireRun>("GET", `${runs}/${name}`);
}

/** A Job that nobody runs, owned by the run. */
export function jobOf(run: RunRecord, name = `${run.name}-survey-1`) {
  return {
    apiVersion: "batch/v1" as const,
    kind: "Job" as const,
    metadata: { name, namespace: run.namespace, labels: labelsOf(run, "survey"), ownerReferences: [ownerOf(run)] },
    spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "it", image: "example.org/it:1" }] } } },
  };
}

/** Makes one Job a run, and says in status whether the run waits for it, has it done, or is suspended. */
export const toy: Reconcile = async (pass) => {
  const { run, cluster } = pass;
  if (run.spec.suspend === true) return { status: statusOf(pass, "False", "Suspended") };
  const job = cluster.children("Job", run.namespace, run.name)[0];
  if (!job) await cluster.create(jobOf(run));
  const isDone = (job?.succeeded ?? 0) > 0;
  return { status: statusOf(pass, isDone ? "True" : "Unknown", isDone ? "Completed" : "Working") };
};

export function statusOf(
  pass: Pass,
  ready: "True" | "False" | "Unknown",
  reason: string,
  more: object = {},
): RepoRunStatus {
  const before = pass.run.status?.conditions?.[0];
  const lastTransitionTime =
    before?.status === ready ? before.lastTransitionTime : `${pass.clock.now().toISOString().slice(0, 19)}Z`;
  const observedGeneration = pass.run.generation;
  return {
    observedGeneration,
    conditions: [{ type: "Ready", status: ready, reason, message: "", lastTransitionTime, observedGeneration }],
    ...more,
  };
}

/** A controller within the test's process. */
export interface Running {
  readonly metrics: () => Promise<string>;
  readonly port: () => number;
  readonly leading: Promise<void>;
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export function startController(api: ApiServer, options: Partial<ControllerOptions> = {}): Running {
  const stop = new AbortController();
  let metrics: Metrics | undefined;
  let port = 0;
  let lead: () => void = () => undefined;
  const leading = new Promise<void>((resolve) => {
    lead = resolve;
  });
  const ended = runController({
    kubeconfig: api.kubeconfig,
    namespace: "default",
    leaseName: "repo-runner",
    port: 0,
    reconcile: toy,
    gone: () => Promise.resolve(),
    logger: pino({ level: process.env["LOG_LEVEL"] ?? "silent" }),
    stop: stop.signal,
    lease: { durationMs: 3000, renewDeadlineMs: 2000, retryMs: 200 },
    on: {
      listening: (at, theirs) => {
        port = at;
        metrics = theirs;
      },
      leading: () => {
        lead();
      },
    },
    ...options,
  });
  ended.catch(() => undefined);
  return {
    metrics: async () => (await metrics?.registry.metrics()) ?? "",
    port: () => port,
    leading,
    ended,
    async stop() {
      stop.abort();
      await ended;
    },
  };
}

/** The value of one series in a Prometheus text; 0 when it is not there. */
export function valueOf(text: string, series: string): number {
  const line = text.split("\n").find((each) => each.startsWith(`${series} `));
  return line === undefined ? 0 : Number(line.slice(series.length + 1));
}

/** Requests of the controller by method, whatever their code. */
export function requestsOf(text: string, method: string): number {
  return text
    .split("\n")
    .filter((line) => line.startsWith("rest_client_requests_total") && line.includes(`method="${method}"`))
    .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}
