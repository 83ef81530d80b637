import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { isApiError } from "./api-error.ts";
import { microTime } from "./micro-time.ts";
import { collectionPath, objectPath, patchType } from "./resources.ts";
import type { Transport } from "./transport.ts";

export interface LeaseOptions {
  /** With sockets of its own, so that a busy controller still renews. */
  readonly transport: Transport;
  readonly namespace: string;
  readonly name: string;
  /** Who asks; differs between any two processes. */
  readonly identity: string;
  readonly logger: Logger;
  readonly durationMs?: number;
  readonly renewDeadlineMs?: number;
  readonly retryMs?: number;
}

interface Lease {
  readonly metadata: { readonly resourceVersion: string };
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly renewTime?: string;
    readonly leaseDurationSeconds?: number;
    readonly leaseTransitions?: number;
  };
}

/** Lets one of several controllers work at a time. Others' clocks are not trusted: a lease has run out when it did not move for its duration on our own clock. */
export class LeaseElector {
  readonly #options: LeaseOptions;
  readonly #durationMs: number;
  readonly #renewDeadlineMs: number;
  readonly #retryMs: number;
  #lease: Lease | undefined;
  #movedAt = 0;
  #renewedAt = 0;
  #complained = false;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#durationMs = options.durationMs ?? 15_000;
    this.#renewDeadlineMs = options.renewDeadlineMs ?? 10_000;
    this.#retryMs = options.retryMs ?? 2000;
  }

  /** Resolves once the lease is ours; false when the signal came first. */
  async acquire(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      try {
        if (await this.#tryAcquire(signal)) return true;
      } catch (error) {
        if (!signal.aborted) this.#complain("lease cannot be read or taken", error);
      }
      await this.#pause(signal);
    }
    return false;
  }

  /** Renews until the signal (true), or until the lease is lost (false). */
  async hold(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      await this.#pause(signal);
      if (signal.aborted) return true;
      // A process that was stopped or blocked for longer may not even ask: another may be at work.
      if (performance.now() - this.#renewedAt > this.#durationMs) return false;
      try {
        await this.#patch({ renewTime: microTime(new Date()) }, signal);
      } catch (error) {
        if (signal.aborted) return true;
        if ((isApiError(error, 409) || isApiError(error, 404)) && !(await this.#stillOurs(signal))) return false;
        this.#complain("lease was not renewed", error);
        if (performance.now() - this.#renewedAt > this.#renewDeadlineMs) return false;
      }
    }
    return true;
  }

  /** Gives the lease back, so that the next one need not wait for it to run out. */
  async release(): Promise<void> {
    try {
      await this.#patch(
        { holderIdentity: "", leaseDurationSeconds: 1, renewTime: microTime(new Date()) },
        AbortSignal.timeout(3000),
      );
    } catch (error) {
      this.#complain("lease was not given back", error);
    }
  }

  async #tryAcquire(signal: AbortSignal): Promise<boolean> {
    const { transport, namespace, name, identity } = this.#options;
    const now = microTime(new Date());
    const claim = {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(this.#durationMs / 1000),
      acquireTime: now,
      renewTime: now,
    };
    let lease: Lease;
    try {
      lease = await transport.json<Lease>({
        method: "GET",
        path: objectPath("Lease", namespace, name),
        timeoutMs: 5000,
        signal,
      });
    } catch (error) {
      if (!isApiError(error, 404)) throw error;
      const path = collectionPath("Lease", namespace);
      const body = {
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata: { name, namespace },
        spec: { ...claim, leaseTransitions: 0 },
      };
      this.#renewed(await transport.json<Lease>({ method: "POST", path, body, timeoutMs: 5000, signal }));
      return true;
    }
    const moved =
      this.#lease?.spec?.holderIdentity !== lease.spec?.holderIdentity ||
      this.#lease?.spec?.renewTime !== lease.spec?.renewTime;
    if (moved) this.#movedAt = performance.now();
    this.#lease = lease;
    const holder = lease.spec?.holderIdentity ?? "";
    const lastsMs = (lease.spec?.leaseDurationSeconds ?? 1) * 1000;
    if (holder !== "" && holder !== identity && performance.now() - this.#movedAt < lastsMs) return false;
    const transitions = (lease.spec?.leaseTransitions ?? 0) + (holder === identity ? 0 : 1);
    await this.#patch({ ...claim, leaseTransitions: transitions }, signal);
    return true;
  }

  /** After a 409: somebody edited the lease, or somebody took it. */
  async #stillOurs(signal: AbortSignal): Promise<boolean> {
    const { transport, namespace, name, identity } = this.#options;
    try {
      this.#lease = await transport.json<Lease>({
        method: "GET",
        path: objectPath("Lease", namespace, name),
        timeoutMs: 5000,
        signal,
      });
      return this.#lease.spec?.holderIdentity === identity;
    } catch (error) {
      return !isApiError(error, 404);
    }
  }

  async #patch(spec: object, signal: AbortSignal): Promise<void> {
    const { transport, namespace, name } = this.#options;
    const lease = await transport.json<Lease>({
      method: "PATCH",
      path: objectPath("Lease", namespace, name),
      contentType: patchType.merge,
      body: { metadata: { resourceVersion: this.#lease?.metadata.resourceVersion }, spec },
      timeoutMs: 5000,
      signal,
    });
    this.#renewed(lease);
  }

  #renewed(lease: Lease): void {
    this.#lease = lease;
    this.#complained = false;
    this.#renewedAt = performance.now();
  }

  /** Once for each row of failures: an outage is one line, not one a second. */
  #complain(what: string, error: unknown): void {
    if (this.#complained) return;
    this.#complained = true;
    this.#options.logger.warn({ error: error instanceof Error ? error.message : String(error) }, what);
  }

  async #pause(signal: AbortSignal): Promise<void> {
    await sleep(this.#retryMs * (1 + Math.random() * 0.2), undefined, { signal }).catch(() => undefined);
  }
}
