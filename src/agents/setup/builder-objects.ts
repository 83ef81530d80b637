import type { V1DeploymentSpec, V1PodSpec, V1ServiceSpec } from "@kubernetes/client-node";
import { label } from "../../run-ref.ts";
import type { Settings } from "../../settings.ts";
import type { KubeObject, OwnerReference } from "../cluster.ts";
import { builderFiles, builderPort } from "./builder-config.ts";
import type { Papers } from "./certificates.ts";

export type BuilderSize = "Small" | "Medium" | "Large";

export interface DeploymentObject extends KubeObject {
  readonly kind: "Deployment";
  readonly spec: V1DeploymentSpec;
}
export interface ServiceObject extends KubeObject {
  readonly kind: "Service";
  readonly spec: V1ServiceSpec;
}
export interface NetworkPolicyObject extends KubeObject {
  readonly kind: "NetworkPolicy";
  // By hand: the library's type calls `from` `_from`, and what is sent is this object as it stands.
  readonly spec: {
    readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly policyTypes: readonly string[];
    readonly ingress: readonly {
      readonly from: readonly {
        readonly namespaceSelector: { readonly matchLabels?: Readonly<Record<string, string>> };
      }[];
      readonly ports: readonly { readonly port: number; readonly protocol: string }[];
    }[];
  };
}
export interface ConfigMapObject extends KubeObject {
  readonly kind: "ConfigMap";
  readonly immutable: boolean;
  readonly data: Readonly<Record<string, string>>;
}
export interface SecretObject extends KubeObject {
  readonly kind: "Secret";
  readonly type: string;
  readonly immutable: true;
  readonly stringData: Readonly<Record<string, string>>;
}

/** One generation of a builder: everything of it but the Service has a name of its own, so that the next can stand beside it. */
export interface Generation {
  /** Of the Service. */
  readonly builder: string;
  /** `<builder>-<hash>` */
  readonly name: string;
  /** The namespace that it builds for; undefined when all share it. */
  readonly tenant: string | undefined;
  readonly size: BuilderSize;
  readonly owner: OwnerReference;
}

const builderLabel = "repo-runner.dev/builder";
const cpuLimit: Readonly<Record<BuilderSize, string>> = { Small: "1", Medium: "2", Large: "4" };

/**
 * What a container has by default, and three more, all inside the pod's user namespace only: to mount, to make networks for RUN steps, and to enter them.
 * Without the default ones the packages of a base image could not be installed.
 */
const capabilities = [
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "NET_RAW",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
  "NET_ADMIN",
  "SYS_ADMIN",
  "SYS_PTRACE",
];

/** The Service is a builder's stable name and its record: everything else belongs to it and goes with it. */
export function builderService(
  at: { readonly name: string; readonly namespace: string; readonly tenant: string | undefined },
  record: { readonly selects: string; readonly annotations: Readonly<Record<string, string>> },
): ServiceObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: at.name,
      namespace: at.namespace,
      labels: { ...labelsOf(at.tenant), [label.run]: allBuilders },
      annotations: record.annotations,
    },
    spec: {
      selector: { [builderLabel]: record.selects },
      ports: [{ name: "buildkit", port: builderPort, protocol: "TCP" }],
    },
  };
}

/** Stands where a run's name stands on other objects, so that all builders can be listed; no RepoRun can have this name. */
export const allBuilders = "BUILDERS";

export function builderConfigMap(generation: Generation, settings: Settings): ConfigMapObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: metadataOf(generation, settings),
    immutable: true,
    data: builderFiles(settings),
  };
}

export function builderSecret(generation: Generation, settings: Settings, papers: Papers): SecretObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: metadataOf(generation, settings),
    type: "Opaque",
    immutable: true,
    stringData: { ...papers },
  };
}

/** The client's half, in the namespace of the builds; labelled, since no owner reference crosses namespaces. */
export function clientSecret(
  name: string,
  namespace: string,
  papers: Papers | Readonly<Record<string, never>>,
): SecretObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace, labels: labelsOf(namespace) },
    type: "Opaque",
    immutable: true,
    stringData: { ...papers },
  };
}

/** Only pods of the namespace that it builds for come in. */
export function builderNetworkPolicy(generation: Generation, settings: Settings): NetworkPolicyObject {
  const from =
    generation.tenant === undefined ? {} : { matchLabels: { "kubernetes.io/metadata.name": generation.tenant } };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: metadataOf(generation, settings),
    spec: {
      podSelector: { matchLabels: { [builderLabel]: generation.name } },
      policyTypes: ["Ingress"],
      ingress: [{ from: [{ namespaceSelector: from }], ports: [{ port: builderPort, protocol: "TCP" }] }],
    },
  };
}

/** The daemon: root inside is nobody outside, nothing of the cluster is mounted, and it ends when it is not used. */
export function builderDeployment(generation: Generation, settings: Settings): DeploymentObject {
  const labels = { ...labelsOf(generation.tenant), [builderLabel]: generation.name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadataOf(generation, settings),
    spec: {
      replicas: 1,
      revisionHistoryLimit: 0,
      strategy: { type: "Recreate" },
      selector: { matchLabels: { [builderLabel]: generation.name } },
      template: { metadata: { labels }, spec: podSpec(generation, settings) },
    },
  };
}

function podSpec(generation: Generation, settings: Settings): V1PodSpec {
  const { builder, images } = settings;
  const rootless = builder.mode === "Rootless";
  const memory = builder.memory[generation.size] ?? "4Gi";
  const start = ["/bin/sh", "/etc/repo-runner/start.sh"];
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 5,
    ...(rootless ? {} : { hostUsers: false }),
    securityContext: {
      seccompProfile: { type: "Unconfined" },
      appArmorProfile: { type: "Unconfined" },
      ...(rootless ? { runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000, runAsNonRoot: true } : {}),
    },
    containers: [
      {
        name: "buildkit",
        image: images.buildkit,
        imagePullPolicy: images.pullPolicy,
        command: rootless ? [...rootlesskit, ...start] : start,
        env: [
          { name: "NODE_IP", valueFrom: { fieldRef: { fieldPath: "status.hostIP" } } },
          // Of one step, to the client and in memory.
          { name: "BUILDKIT_STEP_LOG_MAX_SIZE", value: "8388608" },
          { name: "BUILDKIT_STEP_LOG_MAX_SPEED", value: "4194304" },
        ],
        ports: [{ name: "buildkit", containerPort: builderPort }],
        // A started daemon is a ready one; later probes only find one that hangs.
        startupProbe: { tcpSocket: { port: builderPort }, periodSeconds: 1, failureThreshold: 120 },
        livenessProbe: { tcpSocket: { port: builderPort }, periodSeconds: 30, timeoutSeconds: 5 },
        resources: { requests: { cpu: "50m", memory: "256Mi" }, limits: { cpu: cpuLimit[generation.size], memory } },
        securityContext: {
          privileged: false,
          // Follows from the capabilities (setuid helpers in rootless mode).
          allowPrivilegeEscalation: true,
          capabilities: rootless ? { drop: ["ALL"], add: ["SETUID", "SETGID"] } : { drop: ["ALL"], add: capabilities },
        },
        volumeMounts: [
          { name: "config", mountPath: "/etc/repo-runner", readOnly: true },
          { name: "tls", mountPath: "/tls", readOnly: true },
          { name: "state", mountPath: "/var/lib/buildkit" },
        ],
      },
    ],
    volumes: [
      { name: "config", configMap: { name: generation.name } },
      { name: "tls", secret: { secretName: generation.name, defaultMode: 0o440 } },
      { name: "state", emptyDir: { sizeLimit: builder.cacheSize } },
    ],
  };
}

/** Where the nodes have no user namespaces for pods: BuildKit makes one itself, with a network of its own in which the same firewall stands. */
const rootlesskit = [
  "rootlesskit",
  "--net=slirp4netns",
  "--disable-host-loopback",
  "--copy-up=/etc",
  "--copy-up=/run",
  "--port-driver=builtin",
  `--publish=0.0.0.0:${builderPort}:${builderPort}/tcp`,
];

function metadataOf(generation: Generation, settings: Settings): KubeObject["metadata"] {
  return {
    name: generation.name,
    namespace: settings.builder.namespace,
    labels: labelsOf(generation.tenant),
    ownerReferences: [generation.owner],
  };
}

function labelsOf(tenant: string | undefined): Record<string, string> {
  return {
    [label.managedBy]: "repo-runner",
    [label.stage]: "build",
    ...(tenant === undefined ? {} : { [label.tenant]: tenant }),
  };
}
