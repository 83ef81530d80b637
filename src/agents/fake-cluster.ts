import type {
  Cluster,
  ContainerRecord,
  Created,
  CronJobRecord,
  DeploymentRecord,
  JobRecord,
  Kind,
  KubeObject,
  PodRecord,
  Records,
  Refusal,
  ServiceRecord,
  StatefulSetRecord,
  Written,
} from "./cluster.ts";
import { isAtWork } from "./job-at-work.ts";
import type { ModelPolicyStatus } from "../model-policy.ts";
import { label, type RunRef } from "../run-ref.ts";

/** One request that was made of the fake, in order. */
export interface FakeRequest {
  readonly verb:
    | "get"
    | "list"
    | "create"
    | "apply"
    | "remove"
    | "status"
    | "request"
    | "preflight"
    | "log"
    | "ephemeral";
  readonly kind: string;
  readonly name: string;
}

type Stored = KubeObject & { readonly spec?: unknown; readonly status?: unknown };

/** A cluster in memory for unit tests: names are taken, owners are kept, refusals are what the test says, and every request is counted. */
export class FakeCluster implements Cluster {
  readonly requests: FakeRequest[] = [];
  readonly objects = new Map<string, Stored>();
  readonly pods = new Map<string, PodRecord>();
  /** What the API server will say no to; undefined admits. */
  refuse: (verb: "create" | "apply" | "preflight" | "ephemeral", object: KubeObject) => Refusal | undefined = () =>
    undefined;
  /** Logs by `pod/container`. */
  readonly logs = new Map<string, string>();
  #uids = 0;

  children<K extends keyof Records>(kind: K, namespace: string, run: string): readonly Records[K][] {
    const all: readonly Records[keyof Records][] =
      kind === "Pod" ? [...this.pods.values()] : [...this.objects.values()].flatMap((object) => recordOf(object, kind));
    return all.filter((each) => each.namespace === namespace && each.labels[label.run] === run) as Records[K][];
  }

  request(run: RunRef, at: Date): Promise<void> {
    this.#note("request", "RepoRun", `${run.name} ${at.toISOString()}`);
    return Promise.resolve();
  }

  /** What `written` answers, by kind. */
  readonly papers: { [K in keyof Written]: Written[K][] } = { RepoRunApproval: [], FixLesson: [], ModelPolicy: [] };

  written<K extends keyof Written>(kind: K, namespace: string): readonly Written[K][] {
    const made = [...this.objects.values()].filter((object) => object.kind === kind);
    const records = made.map((object) => ({ ...object, ...object.metadata })) as unknown as readonly Written[K][];
    const papers: readonly Written[K][] = this.papers[kind];
    return [...papers, ...records].filter((each) => each.namespace === namespace);
  }

  jobsAtWork(): readonly string[] {
    return [...this.objects.values()]
      .flatMap((object) => recordOf(object, "Job") as JobRecord[])
      .filter(isAtWork)
      .map(({ namespace }) => namespace);
  }

  get<T extends KubeObject>(kind: Exclude<Kind, "Secret">, namespace: string, name: string): Promise<T | undefined> {
    this.#note("get", kind, name);
    return Promise.resolve(this.objects.get(keyOf(kind, namespace, name)) as T | undefined);
  }

  list<T extends KubeObject>(kind: "ConfigMap" | "Service", namespace: string, run: string): Promise<readonly T[]> {
    this.#note("list", kind, run);
    const found = [...this.objects.values()].filter(
      (each) =>
        each.kind === kind && each.metadata.namespace === namespace && each.metadata.labels?.[label.run] === run,
    );
    return Promise.resolve(found as unknown as readonly T[]);
  }

  labelled<T extends KubeObject>(
    kind: "ConfigMap",
    namespace: string,
    { name, value }: { readonly name: string; readonly value: string },
  ): Promise<readonly T[]> {
    this.#note("list", kind, value);
    const found = [...this.objects.values()].filter(
      (each) => each.kind === kind && each.metadata.namespace === namespace && each.metadata.labels?.[name] === value,
    );
    return Promise.resolve(found as unknown as readonly T[]);
  }

  create<T extends KubeObject>(object: T): Promise<Created<T>> {
    const { kind, metadata } = object;
    this.#note("create", kind, metadata.name);
    const key = keyOf(kind, metadata.namespace, metadata.name);
    if (this.objects.has(key)) return Promise.resolve({ state: "exists" });
    const refusal = this.refuse("create", object);
    if (refusal) return Promise.resolve({ state: "refused", refusal });
    const made = this.put(object);
    if (kind === "Pod") this.setPod({ name: metadata.name, namespace: metadata.namespace, ...meta(made) });
    return Promise.resolve({ state: "created", object: made });
  }

  apply<T extends KubeObject>(object: T, uid: string): Promise<Created<T>> {
    const { kind, metadata } = object;
    this.#note("apply", kind, metadata.name);
    const present = this.objects.get(keyOf(kind, metadata.namespace, metadata.name));
    if (present?.metadata.uid !== uid) throw new Error(`${kind} ${metadata.name} is not the one that was read`);
    const refusal = this.refuse("apply", object);
    if (refusal) return Promise.resolve({ state: "refused", refusal });
    return Promise.resolve({ state: "created", object: this.put(object, uid) });
  }

  setStatus(kind: "ModelPolicy", { name }: { readonly name: string }, status: ModelPolicyStatus): Promise<undefined> {
    this.#note("status", kind, name);
    const { ModelPolicy: policies } = this.papers;
    policies.splice(0, policies.length, ...policies.map((each) => (each.name === name ? { ...each, status } : each)));
    return Promise.resolve(undefined);
  }

  remove(kind: Kind, namespace: string, name: string, uid?: string): Promise<void> {
    this.#note("remove", kind, name);
    const key = keyOf(kind, namespace, name);
    const present = this.objects.get(key);
    if (present && (uid === undefined || present.metadata.uid === uid)) this.objects.delete(key);
    if (kind === "Pod" && (uid === undefined || this.pods.get(key)?.uid === uid)) this.pods.delete(key);
    return Promise.resolve();
  }

  preflight(object: KubeObject): Promise<Refusal | undefined> {
    this.#note("preflight", object.kind, object.metadata.name);
    return Promise.resolve(this.refuse("preflight", object));
  }

  log(_namespace: string, pod: string, container: string): Promise<string | undefined> {
    this.#note("log", "Pod", pod);
    return Promise.resolve(this.logs.get(`${pod}/${container}`));
  }

  addEphemeralContainer(
    namespace: string,
    pod: string,
    container: Readonly<Record<string, unknown>>,
  ): Promise<Created<KubeObject>> {
    this.#note("ephemeral", "Pod", pod);
    const record = this.pods.get(keyOf("Pod", namespace, pod));
    if (!record) throw new Error(`no pod ${pod}`);
    const object = { apiVersion: "v1", kind: "Pod" as const, metadata: { name: pod, namespace } };
    const refusal = this.refuse("ephemeral", object);
    if (refusal) return Promise.resolve({ state: "refused", refusal });
    this.setPod({
      ...record,
      containers: [...record.containers, containerRecord({ name: String(container["name"]), type: "Ephemeral" })],
    });
    return Promise.resolve({ state: "created", object });
  }

  /** Puts an object there as if somebody had made it. */
  put<T extends KubeObject>(object: T, uid?: string): T {
    const { kind, metadata } = object;
    this.#uids += 1;
    const stored = { ...object, metadata: { ...metadata, uid: uid ?? metadata.uid ?? `uid-${this.#uids}` } };
    this.objects.set(keyOf(kind, metadata.namespace, metadata.name), stored);
    return stored;
  }

  /** A pod as the watch shows it; what is left out is that of a pod that is just made. */
  setPod(pod: Partial<PodRecord> & Pick<PodRecord, "name" | "namespace">): PodRecord {
    const record: PodRecord = {
      kind: "Pod",
      uid: `uid-of-${pod.name}`,
      labels: {},
      annotations: {},
      phase: "Pending",
      createdAt: "2026-01-01T00:00:00Z",
      ready: false,
      containers: [],
      deleting: false,
      ...pod,
    };
    this.pods.set(keyOf("Pod", pod.namespace, pod.name), record);
    return record;
  }

  /** Verbs and kinds of the requests so far, and forgets them: `["create Service", "preflight Pod"]`. */
  takeRequests(): string[] {
    return this.requests.splice(0).map(({ verb, kind }) => `${verb} ${kind}`);
  }

  #note(verb: FakeRequest["verb"], kind: string, name: string): void {
    this.requests.push({ verb, kind, name });
  }
}

/** A container as the watch shows it; what is left out is that of one that waits for its start. */
export function containerRecord(container: Partial<ContainerRecord> & Pick<ContainerRecord, "name">): ContainerRecord {
  return { type: "App", state: "Waiting", restarts: 0, ready: false, ...container };
}

function keyOf(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}

function meta(object: KubeObject): Pick<PodRecord, "uid" | "labels" | "annotations"> {
  const { uid, labels, annotations } = object.metadata;
  return { uid: uid ?? "", labels: labels ?? {}, annotations: annotations ?? {} };
}

function recordOf(object: Stored, kind: string): Records[Exclude<keyof Records, "Pod">][] {
  if (object.kind !== kind) return [];
  const { name, namespace } = object.metadata;
  const common = { namespace, name, ...meta(object), deleting: false };
  // Watched kinds alone have records.
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check
  switch (object.kind) {
    case "Job": {
      const status = (object.status ?? {}) as Partial<JobRecord>;
      const fresh = { createdAt: "2026-01-01T00:00:00Z", succeeded: 0, failed: 0, active: 0 };
      return [{ kind: object.kind, ...common, ...fresh, ...status }];
    }
    case "Deployment":
    case "StatefulSet": {
      const { replicas = 1 } = (object.spec ?? {}) as { replicas?: number };
      const status = (object.status ?? {}) as Partial<DeploymentRecord> & Partial<StatefulSetRecord>;
      const fresh = { generation: 1, observedGeneration: 1, replicas, updated: 0, available: 0, ready: 0 };
      return [{ kind: object.kind, ...common, ...fresh, ...status } as DeploymentRecord | StatefulSetRecord];
    }
    case "Service":
      return [{ kind: object.kind, ...common, ...clusterIpOf(object) } satisfies ServiceRecord];
    case "CronJob":
      return [{ kind: object.kind, ...common } satisfies CronJobRecord];
    default:
      return [];
  }
}

/** As the API server gives one to every Service that does not refuse it: another for each name. */
function clusterIpOf(object: Stored): { clusterIp?: string } {
  const asked = (object.spec as { clusterIP?: string } | undefined)?.clusterIP;
  if (asked === "None") return {};
  const last = Buffer.from(object.metadata.name).reduce((sum, byte) => (sum * 31 + byte) % 250, 7);
  return { clusterIp: asked ?? `10.96.0.${last + 1}` };
}
