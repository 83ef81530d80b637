import type { V1PodSpec, V1ServiceSpec, V1StatefulSetSpec } from "@kubernetes/client-node";
import { shortHash } from "../../digest.ts";
import { annotation, label, labelsOf, ownerOf } from "../../run-ref.ts";
import type { KubeObject } from "../cluster.ts";
import { accountName, childName } from "../runner/names.ts";
import { type Given, mountsOf } from "./engine.ts";
import type { Stand } from "./stand.ts";

export interface StatefulSetObject extends KubeObject {
  readonly kind: "StatefulSet";
  readonly spec: V1StatefulSetSpec;
}
export interface ServiceObject extends KubeObject {
  readonly kind: "Service";
  readonly spec: V1ServiceSpec;
}
export interface PodObject extends KubeObject {
  readonly kind: "Pod";
  readonly spec: V1PodSpec;
}
export interface ConfigMapObject extends KubeObject {
  readonly kind: "ConfigMap";
  readonly immutable: true;
  readonly data: Readonly<Record<string, string>>;
}

/** What a pass needs to know of a database that stands, kept at its StatefulSet: nobody has to be asked for it. */
export const kept = { secret: "repo-runner.dev/secret", version: "repo-runner.dev/version" } as const;

/** What its objects are made with, once there is a volume. */
export interface Made {
  readonly secret: string;
  readonly version: string;
  readonly image: string;
}

/** The name of the program's container. */
export const databaseContainer = "database";

export function metadataOf({ request }: Stand, name: string): KubeObject["metadata"] {
  const { run, database } = request;
  return {
    name,
    namespace: run.namespace,
    labels: { ...labelsOf(run, "database"), [label.database]: database.name },
    ownerReferences: [ownerOf(run)],
  };
}

function selectorOf({ request }: Stand): Record<string, string> {
  const { run, database } = request;
  return { [label.run]: run.name, [label.stage]: "database", [label.database]: database.name };
}

/** Also while it is not ready: programs wait for it by its port, which is closed until then. */
export function serviceObject(stand: Stand): ServiceObject {
  const { engine, name } = stand;
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadataOf(stand, name),
    spec: {
      selector: selectorOf(stand),
      ports: [{ name: engine.type, port: engine.port, targetPort: engine.port, protocol: "TCP" }],
    },
  };
}

/** Files that fill an empty database; undefined where there are none. */
export function initObject(stand: Stand): ConfigMapObject | undefined {
  const { init } = stand.request.database;
  if (init.length === 0) return undefined;
  const name = childName(stand.request.run, `${stand.request.database.name}-init-${shortHash(init, 6)}`);
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: metadataOf(stand, name),
    immutable: true,
    data: Object.fromEntries(init.map(({ name: file, text }) => [file, text])),
  };
}

export function statefulSetObject(stand: Stand, made: Made): StatefulSetObject {
  const { name, input, replicas, request } = stand;
  const metadata = metadataOf(stand, name);
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: {
      ...metadata,
      annotations: { [annotation.input]: input, [kept.secret]: made.secret, [kept.version]: made.version },
    },
    spec: {
      replicas,
      revisionHistoryLimit: 3,
      serviceName: name,
      selector: { matchLabels: selectorOf(stand) },
      template: {
        metadata: {
          labels: { ...labelsOf(request.run, "database"), [label.database]: request.database.name },
          annotations: { [annotation.input]: input },
        },
        spec: podOf(stand, made),
      },
    },
  };
}

/** A pod as it is tried by a dry run. */
export function podObject(stand: Stand, made: Made): PodObject {
  return { apiVersion: "v1", kind: "Pod", metadata: metadataOf(stand, `${stand.name}-try`), spec: podOf(stand, made) };
}

function podOf(stand: Stand, made: Made): V1PodSpec {
  const { engine, request, name } = stand;
  const { run, spec, settings } = request;
  const init = initObject(stand);
  const { pod } = spec;
  return {
    serviceAccountName: accountName(run),
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 60,
    securityContext: {
      runAsUser: engine.uid,
      runAsGroup: engine.uid,
      runAsNonRoot: true,
      fsGroup: engine.uid,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    },
    ...(pod?.nodeSelector ? { nodeSelector: pod.nodeSelector } : {}),
    ...(pod?.priorityClassName === undefined ? {} : { priorityClassName: pod.priorityClassName }),
    containers: [
      {
        name: databaseContainer,
        image: made.image,
        imagePullPolicy: settings.images.pullPolicy,
        ...engine.container(givenOf(stand, made.secret)),
        ports: [{ name: "database", containerPort: engine.port }],
        ...probesOf(stand, made.secret),
        resources: { requests: { ...engine.resources.requests }, limits: { ...engine.resources.limits } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [
          ...mountsOf(engine),
          ...(init ? [{ name: "init", mountPath: "/docker-entrypoint-initdb.d", readOnly: true }] : []),
        ],
      },
    ],
    volumes: [
      { name: "data", persistentVolumeClaim: { claimName: name } },
      { name: "scratch", emptyDir: {} },
      ...(engine.tls ? [{ name: "tls", secret: { secretName: made.secret, items: papers, defaultMode: 0o440 } }] : []),
      ...(init ? [{ name: "init", configMap: { name: init.metadata.name } }] : []),
    ],
  };
}

/** Of root and readable by the group alone, as PostgreSQL insists. */
const papers = ["tls.crt", "tls.key"].map((key) => ({ key, path: key }));

function givenOf(stand: Stand, secret: string): Given {
  return {
    database: stand.request.database,
    username: stand.username,
    databaseName: stand.databaseName,
    open: stand.open,
    from: (name, key) => ({ name, valueFrom: { secretKeyRef: { name: secret, key } } }),
  };
}

/** Patient at the start, when it may have to mend what an outage left; later it is only restarted when nobody can come in for minutes. */
function probesOf(
  stand: Stand,
  secret: string,
): Pick<V1PodSpec["containers"][number], "startupProbe" | "readinessProbe" | "livenessProbe"> {
  const { engine } = stand;
  const tcp = { tcpSocket: { port: engine.port } };
  const asked = engine.ready?.(givenOf(stand, secret)) ?? tcp;
  return {
    startupProbe: { ...asked, periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 300 },
    readinessProbe: { ...asked, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    livenessProbe: { ...tcp, periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 6 },
  };
}
