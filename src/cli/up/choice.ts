import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Io } from "../io.ts";

/** Where `up` installs: a cluster of yours, one that kind makes, or a node on this machine. */
export type ClusterKind = "context" | "kind" | "embedded";

const script = join(import.meta.dirname, "../../../deploy/local/choose.sh");

/** The launcher's choice, undefined where there is none; called without the launcher, the same script is asked. */
export function chosenKind(io: Io): ClusterKind | undefined {
  const given = io.env["REPO_RUNNER_CLUSTER"] ?? ask(io);
  if (given === "context" || given === "kind" || given === "embedded") return given;
  // The script has said why, and what to do.
  return undefined;
}

function ask(io: Io): string {
  const line = '. "$1"; choose_cluster >&2; printf %s "$REPO_RUNNER_CLUSTER"';
  const cache = io.env["REPO_RUNNER_CACHE"] ?? join(io.env["HOME"] ?? "/", ".cache/repo-runner");
  return execFileSync("sh", ["-c", line, "sh", script], {
    env: { ...process.env, cache },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 20_000,
  });
}
