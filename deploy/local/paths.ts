import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where the embedded cluster keeps its things. Nothing of it lies outside these folders, but for what `host-record.ts` writes down. */
export interface LocalPaths {
  /** Slow to make, can be made again: programs, unpacked packages, base images. */
  readonly cache: string;
  /** Data of the cluster: certificates, etcd, images, volumes. */
  readonly cluster: string;
  readonly log: string;
  /** Process records, one for each program that runs. */
  readonly processes: string;
  readonly pki: string;
  readonly config: string;
  /** Sockets, mounts. Outside the home folder, which is often closed (0700) to the users inside a container's user namespace. */
  readonly state: string;
  readonly kubeconfig: string;
}

/** The folders, by environment: `REPO_RUNNER_HOME`, `REPO_RUNNER_CACHE`, `REPO_RUNNER_KUBECONFIG`, else below the home folder. */
export function localPaths(env: Readonly<Record<string, string | undefined>> = process.env): LocalPaths {
  const home = env["HOME"] ?? homedir();
  const data = env["REPO_RUNNER_HOME"] ?? join(home, ".local/share/repo-runner");
  const cluster = join(data, "cluster");
  // A home of one's own is a cluster of one's own: nothing of the usual one is touched.
  const isOwn = env["REPO_RUNNER_HOME"] !== undefined;
  return {
    cache: env["REPO_RUNNER_CACHE"] ?? join(home, ".cache/repo-runner"),
    cluster,
    log: join(cluster, "log"),
    processes: join(cluster, "processes"),
    pki: join(cluster, "pki"),
    config: join(cluster, "config"),
    state:
      env["REPO_RUNNER_HOME"] === undefined
        ? "/run/repo-runner"
        : `/run/repo-runner-${createHash("sha256").update(data).digest("hex").slice(0, 8)}`,
    kubeconfig:
      env["REPO_RUNNER_KUBECONFIG"] ??
      (isOwn ? join(data, "kubeconfig") : join(home, ".config/repo-runner/kubeconfig")),
  };
}
