/** A named point at which a test kills this process: before, or just after the answer to, the n-th request that changes the cluster. */
export interface Fault {
  before(): void;
  after(): void;
}

/** Reads `REPO_RUNNER_FAULT=before:3|after:3`; it counts for nothing unless `REPO_RUNNER_FAULTS_ALLOWED=1` stands beside it. */
export function faultOf(env: NodeJS.ProcessEnv): Fault | undefined {
  const match = /^(?<when>before|after):(?<count>[1-9][0-9]*)$/.exec(env["REPO_RUNNER_FAULT"] ?? "");
  if (!match?.groups || env["REPO_RUNNER_FAULTS_ALLOWED"] !== "1") return undefined;
  const { when } = match.groups;
  const count = Number(match.groups["count"]);
  const seen = { before: 0, after: 0 };
  const at = (point: "before" | "after"): void => {
    seen[point] += 1;
    if (when === point && seen[point] === count) process.kill(process.pid, "SIGKILL");
  };
  return {
    before: () => {
      at("before");
    },
    after: () => {
      at("after");
    },
  };
}

/**
 * Leases and events are housekeeping, and a dry run changes nothing: a run's own requests keep their numbers without them. Where namespaces are named
 * (`REPO_RUNNER_FAULT_IN=a,b`), only what changes them counts, so that other runs do not disturb the numbers either.
 */
export function countsAsChange(method: string, path: string, only = process.env["REPO_RUNNER_FAULT_IN"]): boolean {
  return (
    method !== "GET" &&
    !path.includes("dryRun=") &&
    !/^\/apis\/(coordination|events)\.k8s\.io\//.test(path) &&
    (only === undefined || only.split(",").some((namespace) => path.includes(`/namespaces/${namespace}/`)))
  );
}
