import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { CommandError, exitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";

/** Where `up` installs: a cluster of yours, one that kind makes, or a node on this machine. */
export type ClusterKind = "context" | "kind" | "embedded";

const script = join(import.meta.dirname, "../../../deploy/local/choose.sh");

/** The launcher's choice; called without the launcher, the same script is asked. */
export function chosenKind(io: Io): ClusterKind {
  const given = io.env["REPO_RUNNER_CLUSTER"] ?? ask(io);
  if (given === "context" || given === "kind" || given === "embedded") return given;
  throw new CommandError(
    exitCode.person,
    "a node on this machine needs Linux and root, and there is no Docker engine with kind and no CONTEXT=",
    [
      "sudo make up",
      "make up CONTEXT=my-cluster IMAGE=registry.example.org/repo-runner:0.1.0",
      "start Docker and install kind, then make up",
    ],
  );
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
