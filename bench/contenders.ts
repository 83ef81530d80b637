import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { ApiServer } from "../test/api/apiserver.ts";
import {
  bundleOperator,
  type ControllerProcess,
  mountAccount,
  startOperator,
  startProcess,
} from "../test/api/operator-process.ts";
import { shortHash } from "../src/digest.ts";
import { tell } from "./measure.ts";

/** Something that makes one Job and one status write of each RepoRun. */
export interface Contender {
  readonly name: string;
  start(): ControllerProcess;
}

/** The operator of this checkout, and an ordinary controller-runtime one beside it, with the same number of workers. */
export async function contendersAt(server: ApiServer, workers: number): Promise<readonly Contender[]> {
  const bundle = bundleOperator();
  const account = await mountAccount(server);
  const reference = buildReference();
  return [
    { name: "repo-runner", start: () => startOperator(server, { bundle, account, workers }) },
    {
      name: "controller-runtime",
      start: () =>
        startProcess(server, "reference", reference, [`-workers=${workers}`], {
          HOME: server.folder,
          KUBECONFIG: server.kubeconfig,
        }),
    },
  ];
}

/** The reference controller's program: `REPO_RUNNER_REFERENCE`, or built once for its sources. */
function buildReference(): string {
  const named = process.env["REPO_RUNNER_REFERENCE"];
  if (named !== undefined) return named;
  const sources = join(import.meta.dirname, "reference-controller");
  const inputs = ["main.go", "go.mod", "go.sum"].map((file) => readFileSync(join(sources, file), "utf8"));
  const cache = process.env["REPO_RUNNER_CACHE"] ?? join(homedir(), ".cache", "repo-runner");
  const program = join(cache, "bench", `reference-${shortHash(inputs, 12)}`);
  if (!existsSync(program)) {
    tell("the reference controller is built, once: some minutes");
    execFileSync("go", ["build", "-o", program, "."], { cwd: sources, stdio: "inherit", timeout: 1_800_000 });
  }
  return program;
}
