import { join } from "node:path";
import { runCommand } from "../deploy/local/command.ts";
import { helmPrograms } from "../deploy/local/helm.ts";

const chart = join(import.meta.dirname, "..", "helm", "repo-runner");

/** The chart's manifests with these values, as Helm renders them. */
export async function renderChart(
  values: readonly string[] = [],
  /** Kinds that the cluster serves besides those that every one does. */
  served: readonly string[] = [],
): Promise<string> {
  const { helm } = await helmPrograms();
  const set = values.flatMap((value) => ["--set", value]);
  set.push(...served.flatMap((each) => ["--api-versions", each]));
  const target = ["repo-runner", chart, "--namespace", "repo-runner-system"];
  return await runCommand(helm, ["template", ...target, "--skip-tests", ...set], { step: "helm", timeoutMs: 60_000 });
}

/** deploy/repo-runner.yaml: the chart with its defaults and its own namespace, for those who have kubectl and no Helm. */
export async function renderedManifests(): Promise<string> {
  const head =
    "# Rendered from helm/repo-runner with its defaults by `npm run generate`. Do not edit.\n# kubectl apply --server-side -f deploy/repo-runner.yaml\n";
  return `${head}${(await renderChart(["namespace.create=true"])).trimEnd()}\n`;
}
