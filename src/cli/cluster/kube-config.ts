import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node";
import type { Io } from "../io.ts";
import { clean } from "../text.ts";
import { noCluster } from "./problems.ts";

export interface ClusterChoice {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly namespace: string | undefined;
}

export interface ChosenCluster {
  readonly config: KubeConfig;
  readonly file: string;
  /** Name of the context's cluster, for people. */
  readonly name: string;
  readonly server: string;
  readonly namespace: string;
}

/** Files that may say where the cluster is, the surest first: flag, $KUBECONFIG, the one that `make up` wrote, kubectl's own. */
export function kubeconfigFiles(io: Pick<Io, "env">, flag: string | undefined): readonly string[] {
  if (flag !== undefined) return [flag];
  const named = (io.env["KUBECONFIG"] ?? "").split(delimiter).filter((file) => file !== "");
  if (named.length > 0) return named;
  const home = io.env["HOME"] ?? homedir();
  const config = io.env["XDG_CONFIG_HOME"] ?? join(home, ".config");
  return [join(config, "repo-runner", "kubeconfig"), join(home, ".kube", "config")];
}

/** Loads the kubeconfig and picks context and namespace, or says clearly that there is no cluster to talk to. */
export async function chooseCluster(io: Io, choice: ClusterChoice): Promise<ChosenCluster> {
  const files = kubeconfigFiles(io, choice.kubeconfig);
  const present = files.filter((file) => existsSync(file));
  if (present.length === 0)
    throw noCluster(`there is no cluster to talk to: no kubeconfig (looked for ${files.join(", ")})`);
  const { KubeConfig } = await import("@kubernetes/client-node");
  const contexts: string[] = [];
  for (const file of present) {
    const config = new KubeConfig();
    try {
      config.loadFromFile(file);
    } catch (error) {
      throw noCluster(
        `${file} cannot be read as a kubeconfig: ${clean(error instanceof Error ? error.message : String(error), 200)}`,
      );
    }
    contexts.push(...config.getContexts().map((context) => context.name));
    if (choice.context !== undefined) {
      if (!config.getContexts().some((context) => context.name === choice.context)) continue;
      config.setCurrentContext(choice.context);
    }
    const cluster = config.getCurrentCluster();
    if (!cluster) continue;
    const context = config.getContextObject(config.getCurrentContext());
    const namespace = choice.namespace ?? context?.namespace ?? "default";
    return { config, file, name: cluster.name, server: cluster.server, namespace };
  }
  throw noCluster(
    choice.context === undefined
      ? `${present.join(", ")} names no cluster: it has no current context`
      : `there is no context ${clean(choice.context, 80)}; there is ${contexts.length > 0 ? contexts.slice(0, 8).join(", ") : "none"}`,
  );
}
