import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, isApiError } from "./api-error.ts";
import { LineSplitter } from "./line-splitter.ts";
import type { RelistReason } from "./metrics.ts";
import { isNewer } from "./resources.ts";
import type { WireObject } from "./slim.ts";
import { keyOf, type Kept, type Store } from "./store.ts";
import type { Transport } from "./transport.ts";

export interface ReflectorOptions<R extends Kept> {
  readonly transport: Transport;
  /** For metrics and logs. */
  readonly kind: string;
  /** Of the collection, without a query. */
  readonly path: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Throws for an object that cannot be one. */
  readonly slim: (raw: WireObject) => R;
  readonly store: Store<R>;
  /** Whether a record of the store is this reflector's; several reflectors may fill one store. */
  readonly covers?: (record: R) => boolean;
  /** Told of each change; must only take a note of it. */
  readonly changed: (before: R | undefined, after: R | undefined) => void;
  readonly relisted?: (reason: RelistReason) => void;
  readonly log?: (message: string, fields?: Record<string, unknown>) => void;
  /** Backoff after a broken connection, first and longest. */
  readonly backoffMs?: readonly [first: number, longest: number];
}

interface WatchEvent {
  readonly type?: string;
  readonly object?: WireObject & { readonly code?: number; readonly reason?: string; readonly message?: string };
}

/** Thrown inside to end a watch: what is known cannot be carried on from, all is read anew. */
class Relist extends Error {
  readonly why: RelistReason;
  constructor(why: RelistReason) {
    super(why);
    this.why = why;
  }
}

const pageSize = 500;

/** Keeps a store equal to a collection of the API server: one list, then every change, whatever breaks on the way. */
export class Reflector<R extends Kept> {
  readonly #options: ReflectorOptions<R>;
  /** Resource version up to which everything has been seen; empty: a list is needed. */
  #version = "";
  #watchList = true;
  #failures = 0;
  #isSynced = false;
  /** During a list: what has been named so far. */
  #seen: Map<string, string> | undefined;
  /** Uids whose end we were told by the answer to our own DELETE. */
  readonly #ended = new Set<string>();
  readonly synced: Promise<void>;
  #resolveSynced: () => void = () => undefined;

  constructor(options: ReflectorOptions<R>) {
    this.#options = options;
    this.synced = new Promise((resolve) => {
      this.#resolveSynced = resolve;
    });
  }

  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** Runs until the signal; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const [firstMs, longestMs] = this.#options.backoffMs ?? [800, 10_000];
    while (!signal.aborted) {
      const startedAt = performance.now();
      try {
        if (this.#version === "" && !this.#watchList) await this.#list(signal);
        await this.#watch(signal);
        // The server ended it: again at once, unless it does nothing but end.
        this.#failures = performance.now() - startedAt < 1000 ? this.#failures + 1 : 0;
      } catch (error) {
        if (signal.aborted) return;
        this.#failures += 1;
        this.#judge(error);
      }
      if (this.#failures === 0) continue;
      const ceilingMs = Math.min(firstMs * 2 ** (this.#failures - 1), longestMs);
      await sleep(ceilingMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Puts the answer to a write of our own into the store, so that the next look sees it; false when the watch is ahead of it. */
  upsert(raw: WireObject): boolean {
    const record = this.#options.slim(raw);
    const standing = this.#options.store.get(keyOf(record));
    if (standing && !isNewer(record.resourceVersion, standing.resourceVersion)) return false;
    // The watch has passed this version and the object is not here: it is gone by now.
    if (!standing && this.#version !== "" && !isNewer(record.resourceVersion, this.#version)) return false;
    if (this.#ended.has(record.uid)) return false;
    this.#options.store.put(record);
    return true;
  }

  /** Takes an object out at once whose deletion the server has confirmed to us. */
  ended(key: string, uid: string): void {
    if (this.#options.store.get(key)?.uid !== uid) return;
    this.#options.store.delete(key);
    this.#ended.add(uid);
  }

  #judge(error: unknown): void {
    const { kind, log, relisted } = this.#options;
    const unsupported = this.#version === "" && this.#watchList && (isApiError(error, 400) || isApiError(error, 422));
    const gone =
      isApiError(error, 410) || (isApiError(error, 504) && /too large resource version/i.test(error.message));
    const reason = error instanceof Relist ? error.why : unsupported ? "unsupported" : gone ? "gone" : undefined;
    if (unsupported) this.#watchList = false;
    if (reason === undefined) {
      log?.("watch broke", { kind, error: error instanceof Error ? error.message : String(error) });
      return;
    }
    log?.("watch starts from nothing", { kind, reason });
    this.#version = "";
    this.#seen = undefined;
    if (reason !== "garbled") this.#failures = Math.min(this.#failures, 1);
    relisted?.(reason);
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const timeoutSeconds = 300 + Math.floor(Math.random() * 300);
    const query = new URLSearchParams({
      watch: "true",
      allowWatchBookmarks: "true",
      timeoutSeconds: String(timeoutSeconds),
    });
    this.#select(query);
    if (this.#version === "") {
      query.set("sendInitialEvents", "true");
      query.set("resourceVersionMatch", "NotOlderThan");
      this.#seen = new Map();
    } else query.set("resourceVersion", this.#version);
    const stream = await this.#options.transport.open(`${this.#options.path}?${query.toString()}`, signal);
    await this.#follow(stream, (timeoutSeconds + 30) * 1000);
  }

  async #follow(stream: IncomingMessage, idleMs: number): Promise<void> {
    const lines = new LineSplitter();
    const take = (line: string): void => {
      this.#take(line);
    };
    await new Promise<void>((resolve, reject) => {
      stream.setTimeout(idleMs, () => {
        stream.destroy(new ApiError(0, "Timeout", "a watch without an end"));
      });
      stream.on("data", (chunk: Buffer) => {
        try {
          lines.push(chunk, take);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
          stream.destroy();
        }
      });
      stream.once("end", resolve);
      stream.on("error", reject);
      stream.once("close", () => {
        if (stream.complete) resolve();
        else reject(new ApiError(0, "Unreachable", "the watch was cut"));
      });
    });
  }

  #take(line: string): void {
    let event: WatchEvent;
    try {
      event = JSON.parse(line) as WatchEvent;
    } catch {
      throw new Relist("garbled");
    }
    const { type, object } = event;
    if (type === "ERROR") {
      if (object?.code === 410) throw new Relist("gone");
      throw new ApiError(object?.code ?? 500, object?.reason ?? "Unknown", object?.message ?? "an ERROR in a watch");
    }
    const version = object?.metadata?.resourceVersion;
    if (object === undefined || version === undefined) throw new Relist("garbled");
    if (type === "BOOKMARK") {
      if (object.metadata?.annotations?.["k8s.io/initial-events-end"] === "true") this.#listed(version);
    } else if (type === "ADDED" || type === "MODIFIED" || type === "DELETED") this.#apply(type, object);
    else this.#options.log?.("a watch event of an unknown type", { kind: this.#options.kind, type });
    // Until the list is whole, a version means nothing: the next connection has to start from nothing again.
    if (this.#seen === undefined) this.#version = version;
    this.#failures = 0;
  }

  #apply(type: "ADDED" | "MODIFIED" | "DELETED", raw: WireObject): void {
    if (type !== "DELETED" && this.#isKnown(raw)) return;
    let record: R;
    try {
      record = this.#options.slim(raw);
    } catch (error) {
      this.#options.log?.("an object that cannot be read", { kind: this.#options.kind, error: String(error) });
      return;
    }
    const { store } = this.#options;
    const key = keyOf(record);
    const before = store.get(key);
    if (type === "DELETED") {
      this.#seen?.delete(key);
      const known = this.#ended.delete(record.uid);
      // A namesake that is newer than this deletion stays.
      if (before && before.uid === record.uid) {
        store.delete(key);
        this.#tell(before, undefined);
      } else if (known) this.#tell(record, undefined);
      return;
    }
    if (this.#ended.has(record.uid)) return;
    this.#seen?.set(key, record.uid);
    if (before && !isNewer(record.resourceVersion, before.resourceVersion)) return;
    store.put(record);
    if (before && before.uid !== record.uid) {
      this.#tell(before, undefined);
      this.#tell(undefined, record);
    } else this.#tell(before, record);
  }

  /** Most of what a busy controller is shown it has written itself: that is not read a second time. */
  #isKnown({ metadata }: WireObject): boolean {
    const { namespace, name, uid, resourceVersion } = metadata ?? {};
    if (namespace === undefined || name === undefined || uid === undefined || resourceVersion === undefined)
      return false;
    const key = keyOf({ namespace, name });
    const standing = this.#options.store.get(key);
    if (standing?.uid !== uid || isNewer(resourceVersion, standing.resourceVersion)) return false;
    this.#seen?.set(key, uid);
    return true;
  }

  /** The list is whole: what it did not name has gone while nobody looked, unless it is younger than the list. */
  #listed(version: string): void {
    const { store, covers } = this.#options;
    const seen = this.#seen;
    if (seen) {
      for (const record of store.values()) {
        if (covers && !covers(record)) continue;
        if (seen.get(keyOf(record)) === record.uid || isNewer(record.resourceVersion, version)) continue;
        store.delete(keyOf(record));
        this.#tell(record, undefined);
      }
    }
    this.#seen = undefined;
    this.#ended.clear();
    this.#version = version;
    this.#isSynced = true;
    this.#resolveSynced();
  }

  /** For servers without watch-list: pages, then a watch from the list's version. */
  async #list(signal: AbortSignal): Promise<void> {
    this.#seen = new Map();
    let next: string | undefined;
    let version = "";
    do {
      const query = new URLSearchParams({ limit: String(pageSize) });
      this.#select(query);
      if (next !== undefined) query.set("continue", next);
      const page = await this.#options.transport.json<{
        metadata: { resourceVersion: string; continue?: string };
        items: WireObject[];
      }>({ method: "GET", path: `${this.#options.path}?${query.toString()}`, timeoutMs: 60_000, signal });
      for (const item of page.items) this.#apply("ADDED", item);
      version = page.metadata.resourceVersion;
      next = page.metadata.continue === "" ? undefined : page.metadata.continue;
    } while (next !== undefined);
    this.#listed(version);
  }

  #select(query: URLSearchParams): void {
    const { labelSelector, fieldSelector } = this.#options;
    if (labelSelector !== undefined) query.set("labelSelector", labelSelector);
    if (fieldSelector !== undefined) query.set("fieldSelector", fieldSelector);
  }

  #tell(before: R | undefined, after: R | undefined): void {
    try {
      this.#options.changed(before, after);
    } catch (error) {
      this.#options.log?.("a change was not taken note of", { kind: this.#options.kind, error: String(error) });
    }
  }
}
