import { join } from "node:path";
import { ensureGitServer } from "./git-server.ts";
import { eventually, Kube } from "./kube.ts";
import { imageOf } from "./pushed-git.ts";

/** The cluster under test, with Repo Runner installed from its chart; `KUBECONFIG` and the images come from the set-up of the project. */
export interface World {
  readonly kube: Kube;
  readonly git: { url(name: string): string };
  /** Which cases are run: `core` by `make test`, `all` by `make test-all`. */
  readonly tier: "core" | "all";
}

export const repos = join(import.meta.dirname, "..", "repos");

let opened: Promise<World> | undefined;

export function world(): Promise<World> {
  opened ??= open();
  return opened;
}

async function open(): Promise<World> {
  const kubeconfig = process.env["REPO_RUNNER_E2E_KUBECONFIG"];
  if (kubeconfig === undefined)
    throw new Error("the set-up of the e2e project did not give a cluster (REPO_RUNNER_E2E_KUBECONFIG)");
  const kube = new Kube(kubeconfig);
  const git = await ensureGitServer(kube, await imageOf(kube), repos);
  return { kube, git, tier: process.env["REPO_RUNNER_E2E"] === "all" ? "all" : "core" };
}

/** A fresh namespace that Repo Runner is let into, as an administrator does it. */
export async function tenant(kube: Kube, name: string): Promise<string> {
  await kube.remove("Namespace", "", name);
  await eventually(
    `${name} is gone`,
    async () => ((await kube.get("Namespace", "", name)) === undefined ? true : undefined),
    { timeoutMs: 180_000 },
  );
  await kube.create("Namespace", "", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
  });
  await kube.create("RoleBinding", name, {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: "repo-runner", namespace: name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "repo-runner-tenant" },
    subjects: [{ kind: "ServiceAccount", name: "repo-runner", namespace: "repo-runner-system" }],
  });
  return name;
}

/** Takes a namespace of tests away with its builder, which would hold its share of the node until it had been idle for long. */
export async function dismiss(kube: Kube, name: string): Promise<void> {
  await kube.remove("Namespace", "", name);
  for (const service of await kube.list("Service", "repo-runner-builds", `repo-runner.dev/tenant=${name}`))
    await kube.remove("Service", "repo-runner-builds", service.metadata.name);
}
