import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { localPaths } from "../../../deploy/local/paths.ts";
import { writeWarmMark } from "./warm-mark.ts";

const root = join(import.meta.dirname, "../../..");

/** Once before all end-to-end tests: the cluster that `make up` makes (or CONTEXT=), with Repo Runner of this checkout installed from its chart. */
export async function setup(): Promise<void> {
  const paths = localPaths();
  const code = await new Promise<number>((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, "src/main.ts"), "up", "--no-sample"], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.on("error", reject);
    child.on("close", (status) => {
      resolve(status ?? 1);
    });
  });
  if (code !== 0) throw new Error(`repo-runner up ended with exit code ${code}`);
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
