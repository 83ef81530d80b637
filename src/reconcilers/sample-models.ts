import type { JobRecord } from "../agents/cluster.ts";
import type { FakeCluster } from "../agents/fake-cluster.ts";
import type { ModelAnswer } from "../model-call.ts";

/** Ends the Job that asks a model, as a pod would: for tests. */
export function tellModel(
  cluster: FakeCluster,
  run: string,
  { name: job, annotations }: Pick<JobRecord, "name" | "annotations">,
  endpoint: string,
  over: Partial<ModelAnswer> | undefined,
): void {
  const usage = { inputTokens: 900, outputTokens: 30, known: true };
  const value = {
    endpoint,
    model: endpoint[0] ?? "",
    outcome: "Answered",
    usage,
    costUsd: 0.01,
    requests: 1,
    seconds: 2,
    rung: "JsonSchema",
    ...over,
  };
  cluster.setPod({
    name: `${job}-pod`,
    namespace: "team-a",
    labels: { "repo-runner.dev/run": run, "repo-runner.dev/stage": "model", "batch.kubernetes.io/job-name": job },
    containers: [
      {
        name: "model",
        type: "App",
        state: "Terminated",
        message: JSON.stringify({ v: 1, inputDigest: annotations["repo-runner.dev/input"], outcome: "Done", value }),
        restarts: 0,
        ready: false,
      },
    ],
  });
}
