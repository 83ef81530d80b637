import { existsSync } from "node:fs";
import { join } from "node:path";
import type { LocalPaths } from "./paths.ts";
import { StepFailure, type Report } from "./step-failure.ts";

/** Where the node's programs lie, and the PATH that they are run with. */
export interface Programs {
  readonly folder: string;
  readonly path: string;
}

/** The programs of the node, from the cache; built from Go modules where they are not there yet. */
export async function ensurePrograms(paths: LocalPaths, _report: Report, _signal?: AbortSignal): Promise<Programs> {
  const folder = process.env["REPO_RUNNER_PROGRAMS"] ?? join(paths.cache, "programs");
  if (!existsSync(join(folder, "kube"))) throw new StepFailure("programs", `${folder} holds no programs`);
  return await Promise.resolve({ folder, path: `${join(paths.cache, "tools/usr/bin")}:${join(paths.cache, "tools/usr/sbin")}:${folder}:${join(folder, "cni")}:${process.env["PATH"] ?? ""}` });
}
