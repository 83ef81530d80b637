import { self } from "../command.ts";
import { CommandError, exitCode } from "../exit-code.ts";
import { clean } from "../text.ts";
import type { ClusterClient } from "./client.ts";
import { ApiProblem, isMissingKind, refusal } from "./problems.ts";
import { readRun, type RunSeen } from "./run-seen.ts";

const base = "/apis/repo-runner.dev/v1alpha1";

/** Where a run, or all runs of a namespace, lie in the API. */
export function runPath(namespace: string, name?: string): string {
  const folder = `${base}/namespaces/${encodeURIComponent(namespace)}/reporuns`;
  return name === undefined ? folder : `${folder}/${encodeURIComponent(name)}`;
}

/** One run, or undefined where none has that name. */
export async function findRun(client: ClusterClient, name: string): Promise<RunSeen | undefined> {
  try {
    return readRun(await client.get(runPath(client.namespace, name)));
  } catch (error) {
    if (error instanceof ApiProblem) {
      if (error.status === 404 && !isMissingKind(error)) return undefined;
      throw refusal(error, `get RepoRun ${name}`, client.namespace);
    }
    throw error;
  }
}

/** One run that has to be there; the names that are, when it is not. */
export async function getRun(client: ClusterClient, name: string): Promise<RunSeen> {
  const run = await findRun(client, name);
  if (run) return run;
  const names = (await listRuns(client, false).catch(() => [])).map((each) => each.metadata.name);
  const there =
    names.length === 0 ? "it has none" : `there is ${names.slice(0, 8).join(", ")}${names.length > 8 ? " …" : ""}`;
  throw new CommandError(exitCode.usage, `no run ${clean(name, 60)} in namespace ${client.namespace}; ${there}`, [
    `${self} status -A                 runs of every namespace`,
  ]);
}

/** Runs of the namespace, or of all. */
export async function listRuns(client: ClusterClient, everywhere: boolean): Promise<readonly RunSeen[]> {
  const path = everywhere ? `${base}/reporuns` : runPath(client.namespace);
  const runs: RunSeen[] = [];
  let next = "";
  try {
    do {
      const page = (await client.get(
        `${path}?limit=500${next === "" ? "" : `&continue=${encodeURIComponent(next)}`}`,
      )) as {
        items?: unknown[];
        metadata?: { continue?: string };
      };
      runs.push(...(page.items ?? []).map(readRun));
      next = page.metadata?.continue ?? "";
    } while (next !== "");
    return runs;
  } catch (error) {
    if (error instanceof ApiProblem) throw refusal(error, "list RepoRuns", everywhere ? "(all)" : client.namespace);
    throw error;
  }
}

/** A merge patch on a run. */
export async function patchRun(client: ClusterClient, name: string, patch: unknown): Promise<RunSeen> {
  try {
    return readRun(
      await client.call("PATCH", runPath(client.namespace, name), {
        body: patch,
        contentType: "application/merge-patch+json",
      }),
    );
  } catch (error) {
    if (error instanceof ApiProblem) throw refusal(error, `patch RepoRun ${name}`, client.namespace);
    throw error;
  }
}
