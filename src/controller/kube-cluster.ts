import type { Cluster, Created, Kind, KubeObject, Records, Refusal, Written } from "../agents/cluster.ts";
import type { ModelPolicyStatus } from "../model-policy.ts";
import { annotation, label, type RunRef } from "../run-ref.ts";
import { ApiError, isApiError } from "./api-error.ts";
import { adoptFields } from "./adopt-fields.ts";
import { type Caches, isWatched } from "./caches.ts";
import { Conflict } from "./pass-error.ts";
import { collectionPath, fieldManager, objectPath, patchType } from "./resources.ts";
import type { WireObject } from "./slim.ts";
import { isWritten } from "./written.ts";
import type { Transport } from "./transport.ts";

const metadataOnly = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json";

interface DeleteAnswer extends WireObject {
  readonly kind?: string;
}

/** The cluster as reconcilers see it, for the time of one pass: reads of children cost nothing, every request ends with the pass. */
export class KubeCluster implements Cluster {
  readonly #transport: Transport;
  readonly #caches: Caches;
  readonly #signal: AbortSignal | undefined;

  constructor(transport: Transport, caches: Caches, signal?: AbortSignal) {
    this.#transport = transport;
    this.#caches = caches;
    this.#signal = signal;
  }

  children<K extends keyof Records>(kind: K, namespace: string, run: string): readonly Records[K][] {
    return this.#caches.children(kind, namespace, run);
  }

  written<K extends keyof Written>(kind: K, namespace: string): readonly Written[K][] {
    return this.#caches.written(kind, namespace);
  }

  jobsAtWork(): readonly string[] {
    return this.#caches.jobsAtWork();
  }

  async get<T extends KubeObject>(
    kind: Exclude<Kind, "Secret">,
    namespace: string,
    name: string,
  ): Promise<T | undefined> {
    try {
      const path = objectPath(kind, namespace, name);
      return await this.#transport.json<T>({ method: "GET", path, signal: this.#signal });
    } catch (error) {
      if (isApiError(error, 404)) return undefined;
      throw error;
    }
  }

  async list<T extends KubeObject>(
    kind: "ConfigMap" | "Service",
    namespace: string,
    run: string,
  ): Promise<readonly T[]> {
    return await this.labelled<T>(kind, namespace, { name: label.run, value: run });
  }

  async labelled<T extends KubeObject>(
    kind: "ConfigMap" | "Service",
    namespace: string,
    by: { readonly name: string; readonly value: string },
  ): Promise<readonly T[]> {
    const selector = `${label.managedBy}=repo-runner,${by.name}=${by.value}`;
    const path = `${collectionPath(kind, namespace)}?labelSelector=${encodeURIComponent(selector)}&limit=500`;
    const answer = await this.#transport.json<{ items: T[] }>({ method: "GET", path, signal: this.#signal });
    // Objects in a list come without their own kind.
    return answer.items.map((item) => ({ ...item, kind, apiVersion: "v1" }));
  }

  async create<T extends KubeObject>(object: T): Promise<Created<T>> {
    const { kind, metadata } = object;
    try {
      const made = await this.#caches.making(
        kind,
        metadata.namespace,
        metadata.name,
        async () =>
          await this.#transport.json<T>({
            method: "POST",
            path: `${collectionPath(kind, metadata.namespace)}?fieldManager=${fieldManager}`,
            body: object,
            // Of a new Job only the metadata is news, and its pod template is long.
            ...(kind === "Job" ? { accept: metadataOnly } : {}),
            signal: this.#signal,
          }),
      );
      this.#caches.wrote(kind, made);
      return { state: "created", object: kind === "Job" ? { ...object, metadata: made.metadata } : made };
    } catch (error) {
      if (isApiError(error, 409, "AlreadyExists")) {
        await this.#meet(kind, metadata.namespace, metadata.name);
        return { state: "exists" };
      }
      return { state: "refused", refusal: refusalOf(error) };
    }
  }

  async apply<T extends KubeObject>(object: T, uid: string): Promise<Created<T>> {
    const { kind, metadata } = object;
    const path = objectPath(kind, metadata.namespace, metadata.name);
    try {
      await adoptFields(this.#transport, path, uid, this.#signal);
      const made = await this.#transport.json<T>({
        method: "PATCH",
        path: `${path}?fieldManager=${fieldManager}&force=true`,
        contentType: patchType.apply,
        // With a uid the server patches that object or none: neither a namesake nor a new one.
        body: { ...object, metadata: { ...metadata, uid } },
        signal: this.#signal,
      });
      this.#caches.wrote(kind, made);
      return { state: "created", object: made };
    } catch (error) {
      // Gone, replaced or written since it was read: the next look starts from what is there then.
      const replaced = isApiError(error, 422) && error.message.includes("metadata.uid");
      if (isApiError(error, 409) || isApiError(error, 404) || replaced) {
        throw new Conflict(`${kind} ${metadata.name} is not the one that was read`);
      }
      return { state: "refused", refusal: refusalOf(error) };
    }
  }

  async setStatus(
    kind: "ModelPolicy",
    { namespace, name, resourceVersion }: Pick<Written["ModelPolicy"], "namespace" | "name" | "resourceVersion">,
    status: ModelPolicyStatus,
  ): Promise<Refusal | undefined> {
    try {
      const made = await this.#transport.json<WireObject>({
        method: "PATCH",
        path: `${objectPath(kind, namespace, name, "status")}?fieldManager=${fieldManager}`,
        contentType: patchType.merge,
        body: { metadata: { resourceVersion }, status },
        signal: this.#signal,
      });
      this.#caches.wrote(kind, made);
      return undefined;
    } catch (error) {
      if (isApiError(error, 409)) throw new Conflict(`${kind} ${name} was written by somebody else`);
      return refusalOf(error);
    }
  }

  async remove(kind: Kind, namespace: string, name: string, uid?: string): Promise<void> {
    try {
      const answer = await this.#transport.json<DeleteAnswer>({
        method: "DELETE",
        path: objectPath(kind, namespace, name),
        body: {
          apiVersion: "v1",
          kind: "DeleteOptions",
          propagationPolicy: "Background",
          ...(uid === undefined ? {} : { preconditions: { uid } }),
        },
        signal: this.#signal,
      });
      if (answer.kind !== "Status") this.#caches.wrote(kind, answer);
      else if (uid !== undefined) this.#caches.ended(kind, namespace, name, uid);
    } catch (error) {
      // Gone already, or the name belongs to another object by now.
      if (isApiError(error, 404) || isApiError(error, 409, "Conflict")) return;
      throw error;
    }
  }

  async request(run: RunRef, at: Date): Promise<void> {
    await this.#transport.json({
      method: "PATCH",
      path: objectPath("RepoRun", run.namespace, run.name),
      contentType: patchType.merge,
      body: { metadata: { uid: run.uid, annotations: { [annotation.requestedAt]: at.toISOString() } } },
      signal: this.#signal,
    });
  }

  async preflight(object: KubeObject): Promise<Refusal | undefined> {
    try {
      await this.#transport.text({
        method: "POST",
        path: `${collectionPath(object.kind, object.metadata.namespace)}?dryRun=All&fieldManager=${fieldManager}`,
        body: object,
        signal: this.#signal,
      });
      return undefined;
    } catch (error) {
      if (isApiError(error, 409, "AlreadyExists")) return undefined;
      return refusalOf(error);
    }
  }

  async log(
    namespace: string,
    pod: string,
    container: string,
    options: { tailLines?: number; limitBytes: number; previous?: boolean },
  ): Promise<string | undefined> {
    const query = new URLSearchParams({ container, limitBytes: String(options.limitBytes) });
    if (options.tailLines !== undefined) query.set("tailLines", String(options.tailLines));
    if (options.previous === true) query.set("previous", "true");
    try {
      const path = `${objectPath("Pod", namespace, pod, "log")}?${query.toString()}`;
      return await this.#transport.text({ method: "GET", path, signal: this.#signal });
    } catch (error) {
      if (isApiError(error, 404)) return undefined;
      // The container has not started, or has no run before this one: nothing was said.
      if (isApiError(error, 400)) return "";
      throw error;
    }
  }

  async addEphemeralContainer(
    namespace: string,
    pod: string,
    container: Readonly<Record<string, unknown>>,
  ): Promise<Created<KubeObject>> {
    try {
      const made = await this.#transport.json<KubeObject>({
        method: "PATCH",
        path: `${objectPath("Pod", namespace, pod, "ephemeralcontainers")}?fieldManager=${fieldManager}`,
        contentType: patchType.strategic,
        body: { spec: { ephemeralContainers: [container] } },
        signal: this.#signal,
      });
      this.#caches.wrote("Pod", made);
      return { state: "created", object: made };
    } catch (error) {
      return { state: "refused", refusal: refusalOf(error) };
    }
  }

  /** The name is taken, yet the watch has not shown by what: it is read, so that the next look sees it. */
  async #meet(kind: Kind, namespace: string, name: string): Promise<void> {
    if (!isWatched(kind) || kind === "RepoRun" || isWritten(kind) || this.#caches.has(kind, namespace, name)) return;
    const standing = await this.get(kind, namespace, name);
    if (standing) this.#caches.wrote(kind, standing);
  }
}

/** What asking again would not change: the server's own words for it. Everything else is thrown, and the pass is tried again. */
function refusalOf(error: unknown): Refusal {
  if (!(error instanceof ApiError) || ![400, 403, 404, 413, 422].includes(error.status)) throw error;
  return { status: error.status, reason: error.reason, message: error.message };
}
