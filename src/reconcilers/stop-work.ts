import type { Pass } from "../agents/pass.ts";

/** Ends the Jobs under way (survey, build) of a run that is suspended or out of time; the release goes on. */
export async function stopWork(pass: Pass): Promise<void> {
  const { run, cluster } = pass;
  for (const job of cluster.children("Job", run.namespace, run.name)) {
    const stage = job.labels["repo-runner.dev/stage"];
    if ((stage === "survey" || stage === "build") && !job.deleting && job.succeeded === 0) {
      await cluster.remove("Job", run.namespace, job.name, job.uid);
      pass.log("job stopped", { job: job.name });
    }
  }
}
