import { existsSync } from "node:fs";
import { join } from "node:path";
import { localPaths } from "../../../deploy/local/paths.ts";
import { bringUp } from "./bring-up.ts";
import { writeWarmMark } from "./warm-mark.ts";

/** Once before all end-to-end tests: the cluster that `make up` makes (or CONTEXT=), with Repo Runner of this checkout installed from its chart. */
export async function setup(): Promise<void> {
  const paths = localPaths();
  await bringUp();
  process.env["REPO_RUNNER_E2E_BEGIN"] = new Date().toISOString();
  const context = process.env["CONTEXT"] ?? "";
  process.env["REPO_RUNNER_E2E_KUBECONFIG"] =
    context === "" && existsSync(paths.kubeconfig)
      ? paths.kubeconfig
      : (process.env["KUBECONFIG"] ?? join(process.env["HOME"] ?? "", ".kube/config"));
  const audit = join(paths.cluster, "log", "audit.log");
  if (context === "" && existsSync(audit)) process.env["REPO_RUNNER_E2E_AUDIT"] = audit;
  writeWarmMark(paths.cache);
}
