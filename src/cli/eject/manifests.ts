import { z } from "zod";

/** An object of the cluster as a person may keep it: no status, no identity, no owner, none of our names. */
export type Manifest = Readonly<Record<string, unknown>>;

const ObjectSeen = z.looseObject({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({}).optional(),
});

const renamed: Readonly<Record<string, string>> = {
  "repo-runner.dev/run": "app.kubernetes.io/part-of",
  "repo-runner.dev/service": "app.kubernetes.io/name",
};

/** Cleans one object. `image` gives the name to use in place of an image of the run's registry. */
export function cleanObject(
  object: unknown,
  type: { apiVersion: string; kind: string },
  image: (service: string) => string,
): Manifest {
  const { metadata, spec, ...rest } = ObjectSeen.parse(object);
  const labels = asLabels(metadata["labels"]);
  const service = labels["repo-runner.dev/service"] ?? metadata.name;
  const { status: _status, apiVersion: _apiVersion, kind: _kind, ...other } = rest as Record<string, unknown>;
  return {
    ...type,
    metadata: { name: metadata.name, labels: relabelled(labels) },
    ...other,
    ...(spec ? { spec: cleanSpec(spec, type.kind, image(service)) } : {}),
  };
}

function cleanSpec(spec: Record<string, unknown>, kind: string, image: string): unknown {
  if (kind === "Service") {
    const {
      clusterIP: _ip,
      clusterIPs: _ips,
      ipFamilies: _families,
      ipFamilyPolicy: _policy,
      internalTrafficPolicy: _internal,
      ...kept
    } = spec;
    // A node port belongs to one Service of a cluster: beside the run itself it would be refused.
    const ports = Array.isArray(spec["ports"]) ? (spec["ports"] as unknown[]) : [];
    const free = ports.map((port) => {
      const { nodePort: _nodePort, ...rest } = asRecord(port);
      return rest;
    });
    return { ...kept, ports: free, selector: relabelled(asLabels(spec["selector"])) };
  }
  const template = asRecord(spec["template"]);
  const selector = asRecord(spec["selector"]);
  const metadata = asRecord(template["metadata"]);
  const { "controller-uid": _uid, ...podLabels } = asLabels(metadata["labels"]);
  const plainSelector =
    kind === "Job" ? {} : { selector: { matchLabels: relabelled(asLabels(selector["matchLabels"])) } };
  const { selector: _selector, template: _template, ...kept } = spec;
  return {
    ...kept,
    ...plainSelector,
    template: {
      metadata: { labels: withoutJobLabels(relabelled(podLabels)) },
      spec: cleanPod(asRecord(template["spec"]), image),
    },
  };
}

function cleanPod(pod: Record<string, unknown>, image: string): unknown {
  const { imagePullSecrets: _pull, serviceAccount: _account, ...kept } = pod;
  const containers = Array.isArray(pod["containers"]) ? (pod["containers"] as unknown[]) : [];
  return {
    ...kept,
    containers: containers.map((each, index) => (index === 0 ? { ...asRecord(each), image } : each)),
  };
}

function relabelled(labels: Readonly<Record<string, string>>): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [key, value] of Object.entries(labels)) {
    const name = renamed[key];
    if (name !== undefined) out[name] = value;
    else if (!key.startsWith("repo-runner.dev/") && key !== "app.kubernetes.io/managed-by") out[key] = value;
  }
  return out;
}

function withoutJobLabels(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).filter(([key]) => !key.startsWith("batch.kubernetes.io/") && key !== "job-name"),
  );
}

function asLabels(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(asRecord(value)).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
