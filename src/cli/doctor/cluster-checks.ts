import { z } from "zod";
import { parse } from "yaml";
import { Settings } from "../../settings.ts";
import type { ClusterClient } from "../cluster/client.ts";
import { ApiProblem } from "../cluster/problems.ts";
import { duration } from "../text.ts";
import type { Check } from "./check.ts";
import { crdCheck } from "./crd-check.ts";

const home = "repo-runner-system";

/** What the cluster brings, each look on its own: one that may not be made is said, and does not hide the others. */
export async function clusterChecks(client: ClusterClient): Promise<readonly Check[]> {
  const settings = await readSettings(client);
  const looks = [
    controller(client),
    crdCheck(client),
    rights(client),
    builder(client, settings),
    registry(client, settings),
    baseImages(settings),
    storage(client),
  ];
  const found = await Promise.all(looks);
  return found.filter((check) => check !== undefined);
}

/** Kubernetes' version, the number of nodes and their architecture, as far as they may be read. */
export async function clusterHead(client: ClusterClient): Promise<string> {
  const version = z
    .object({ gitVersion: z.string() })
    .parse(await client.get("/version"))
    .gitVersion.replace(/^v/, "");
  const nodes = await items(
    client,
    "/api/v1/nodes?limit=500",
    z.object({ metadata: z.object({ labels: z.record(z.string(), z.string()).default({}) }) }),
  );
  if (!nodes) return `cluster ${client.chosen.name} (Kubernetes ${version})`;
  const kinds = [...new Set(nodes.map((node) => node.metadata.labels["kubernetes.io/arch"] ?? "?"))].join(", ");
  return `cluster ${client.chosen.name} (Kubernetes ${version}, ${String(nodes.length)} node${nodes.length === 1 ? "" : "s"}, ${kinds})`;
}

async function items<T>(client: ClusterClient, path: string, schema: z.ZodType<T>): Promise<readonly T[] | undefined> {
  try {
    return z.object({ items: z.array(schema).catch([]) }).parse(await client.get(path)).items;
  } catch (error) {
    if (error instanceof ApiProblem) return error.status === 404 ? [] : undefined;
    throw error;
  }
}

const Deployment = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ replicas: z.number().default(1) }),
  status: z.object({ readyReplicas: z.number().default(0) }).prefault({}),
});
const Lease = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z
    .object({
      holderIdentity: z.string().nullish(),
      renewTime: z.string().nullish(),
      leaseDurationSeconds: z.number().nullish(),
    })
    .prefault({}),
});

async function controller(client: ClusterClient): Promise<Check> {
  const part = "cluster";
  const [deployments, leases] = await Promise.all([
    items(client, `/apis/apps/v1/namespaces/${home}/deployments?limit=50`, Deployment),
    items(client, `/apis/coordination.k8s.io/v1/namespaces/${home}/leases?limit=50`, Lease),
  ]);
  if (!deployments)
    return { part, state: "know", text: `controller: not visible with your rights (namespace ${home})` };
  const own =
    deployments.find((each) => /^repo-runner(?:-controller)?$/.test(each.metadata.name)) ??
    deployments.find((each) => each.metadata.name.includes("repo-runner"));
  if (!own) {
    return {
      part,
      state: "mend",
      text: `controller: there is none in namespace ${home}`,
      next: ["helm install repo-runner ./helm/repo-runner -n repo-runner-system --create-namespace"],
    };
  }
  const { replicas } = own.spec;
  const ready = own.status.readyReplicas;
  const lease = leases?.find((each) => each.metadata.name.includes("repo-runner"));
  const renewed = lease?.spec.renewTime ? (Date.now() - Date.parse(lease.spec.renewTime)) / 1000 : undefined;
  const leader = lease?.spec.holderIdentity ? `, leader ${lease.spec.holderIdentity.replace(/_.*$/, "")}` : "";
  const look = ["kubectl logs -n repo-runner-system deploy/" + own.metadata.name];
  if (ready === 0) return { part, state: "mend", text: `controller 0 of ${String(replicas)}`, next: look };
  if (renewed !== undefined && renewed > (lease?.spec.leaseDurationSeconds ?? 15) * 2) {
    return {
      part,
      state: "mend",
      text: `controller ${String(ready)} of ${String(replicas)}, but nobody leads: the lease was renewed ${duration(renewed)} ago`,
      next: look,
    };
  }
  const since = renewed === undefined ? "" : `, seen ${duration(Math.max(0, renewed))} ago`;
  return {
    part,
    state: ready < replicas ? "know" : "ok",
    text: `controller ${String(ready)} of ${String(replicas)}${leader}${since}`,
  };
}

interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly says: string;
}

const wanted: readonly Right[] = [
  { verb: "create", group: "repo-runner.dev", resource: "reporuns", says: "RepoRuns" },
  { verb: "get", group: "", resource: "pods", subresource: "log", says: "logs" },
  { verb: "create", group: "", resource: "secrets", says: "secrets" },
  { verb: "create", group: "", resource: "pods", subresource: "portforward", says: "open" },
];

async function rights(client: ClusterClient): Promise<Check> {
  const answers = await Promise.all(wanted.map(async (right) => ({ right, allowed: await may(client, right) })));
  const yes = answers.filter((each) => each.allowed).map((each) => each.right.says);
  const no = answers.filter((each) => !each.allowed).map((each) => each.right.says);
  const part = "cluster";
  if (no.length === 0)
    return { part, state: "ok", text: `rights: yours allow ${yes.join(", ")} in ${client.namespace}` };
  return {
    part,
    state: no.includes("RepoRuns") ? "mend" : "know",
    text: `rights: yours do not allow ${no.join(", ")} in ${client.namespace}`,
    next: [
      `ask an administrator for: kubectl create rolebinding runs -n ${client.namespace} --clusterrole=edit --user=YOU`,
    ],
  };
}

async function may(client: ClusterClient, { verb, group, resource, subresource }: Right): Promise<boolean> {
  const answer = await client.call("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
    body: {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: {
        resourceAttributes: {
          namespace: client.namespace,
          verb,
          group,
          resource,
          ...(subresource === undefined ? {} : { subresource }),
        },
      },
    },
  });
  return z.object({ status: z.object({ allowed: z.boolean() }) }).parse(answer).status.allowed;
}

async function readSettings(client: ClusterClient): Promise<Settings | undefined> {
  try {
    const map = z
      .object({ data: z.record(z.string(), z.string()).default({}) })
      .parse(await client.get(`/api/v1/namespaces/${home}/configmaps/repo-runner`));
    return Settings.parse(parse(map.data["settings.yaml"] ?? "{}") ?? {});
  } catch (error) {
    if (error instanceof ApiProblem || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

async function builder(client: ClusterClient, settings: Settings | undefined): Promise<Check | undefined> {
  if (!settings)
    return {
      part: "cluster",
      state: "know",
      text: `builder, registry, base images: the settings are not visible with your rights (ConfigMap ${home}/repo-runner)`,
    };
  const { mode, namespace, perTenant } = settings.builder;
  const there = await items(
    client,
    `/api/v1/namespaces/${namespace}/pods?limit=100`,
    z.object({ status: z.object({ phase: z.string().default("") }).prefault({}) }),
  );
  const running =
    there === undefined ? "" : `, ${String(there.filter((pod) => pod.status.phase === "Running").length)} awake`;
  const how = mode === "UserNamespace" ? "user namespace, not privileged" : "rootless";
  return {
    part: "cluster",
    state: perTenant ? "ok" : "know",
    text: `builder: ${how}, ${perTenant ? "one for each namespace" : "one for all: its logs and cache are shared"}${running}`,
  };
}

async function registry(client: ClusterClient, settings: Settings | undefined): Promise<Check | undefined> {
  if (!settings) return undefined;
  const { push, pull, credentials } = settings.registry;
  const part = "cluster";
  if (credentials !== "Gate") return { part, state: "ok", text: `registry: ${push}, not the chart's own` };
  const pods = await items(
    client,
    "/api/v1/namespaces/repo-runner-registry/pods?limit=50",
    z.object({ status: z.object({ phase: z.string().default("") }).prefault({}) }),
  );
  if (!pods) return { part, state: "ok", text: `registry: ${push}, nodes pull from ${pull}` };
  const running = pods.filter((pod) => pod.status.phase === "Running").length;
  if (running === 0)
    return {
      part,
      state: "mend",
      text: "registry: no pod of it runs",
      next: ["kubectl get pods -n repo-runner-registry"],
    };
  return {
    part,
    state: "ok",
    text: `registry: ${push} (${String(running)} pod${running === 1 ? "" : "s"}), nodes pull from ${pull}`,
  };
}

async function baseImages(settings: Settings | undefined): Promise<Check | undefined> {
  if (!settings || settings.baseImages.mode === "Any") return await Promise.resolve(undefined);
  const listed = Object.entries(settings.baseImages.listed).map(([name, versions]) => `${name} ${versions.join(", ")}`);
  return {
    part: "cluster",
    state: "know",
    text: `base images: only those listed (${listed.join(" · ")}); plans take the nearest of them`,
  };
}

async function storage(client: ClusterClient): Promise<Check> {
  const classes = await items(
    client,
    "/apis/storage.k8s.io/v1/storageclasses?limit=100",
    z.object({ metadata: z.object({ name: z.string(), annotations: z.record(z.string(), z.string()).default({}) }) }),
  );
  const part = "cluster";
  if (!classes) return { part, state: "know", text: "storage class: not visible with your rights" };
  const chosen = classes.find(
    (each) => each.metadata.annotations["storageclass.kubernetes.io/is-default-class"] === "true",
  );
  if (chosen) return { part, state: "ok", text: `storage class ${chosen.metadata.name}` };
  return {
    part,
    state: "know",
    text: "storage: no default storage class, so volumes (databases, uploads) would wait for ever",
  };
}
