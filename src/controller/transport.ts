import { Agent, type RequestOptions, request as httpsRequest } from "node:https";
import { type ClientRequest, type IncomingMessage, request as httpRequest, Agent as HttpAgent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, apiErrorOf } from "./api-error.ts";
import type { Access } from "./auth.ts";
import { countsAsChange, type Fault } from "./fault.ts";
import type { RequestMetrics } from "./metrics.ts";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

export interface Call {
  readonly method: Method;
  /** With its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  /** Default: application/json. */
  readonly accept?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

const defaultTimeoutMs = 30_000;
const longestRetryAfterMs = 10_000;
const tries = 4;

/** Speaks HTTP to one API server: a few kept sockets for requests, one of its own for each watch. */
export class Transport {
  readonly #access: Access;
  readonly #agent: Agent | HttpAgent;
  readonly #metrics: RequestMetrics | undefined;
  readonly #fault: Fault | undefined;
  readonly #plain: boolean;

  constructor(
    access: Access,
    options: { maxSockets?: number; metrics?: RequestMetrics | undefined; fault?: Fault | undefined } = {},
  ) {
    this.#access = access;
    this.#metrics = options.metrics;
    this.#fault = options.fault;
    this.#plain = access.server.protocol === "http:";
    // The newest socket first: what is not needed goes idle and is closed.
    const kept = {
      keepAlive: true,
      maxSockets: options.maxSockets ?? 16,
      scheduling: "lifo" as const,
      timeout: 60_000,
    };
    this.#agent = this.#plain ? new HttpAgent(kept) : new Agent({ ...kept, ...access.tls });
    // There is but one server: its name would be put together, certificates and all, for each request.
    this.#agent.getName = () => "server";
  }

  /** One request, its JSON answer. 429 and 503 with Retry-After are waited out; everything else but 2xx is an ApiError. */
  async json<T>(call: Call): Promise<T> {
    return JSON.parse(await this.text(call)) as T;
  }

  /** One request, its answer as text. */
  async text(call: Call): Promise<string> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once(call);
      } catch (error) {
        const waitMs = attempt < tries ? patience(call, error, attempt) : undefined;
        if (waitMs === undefined) throw error;
        if (error instanceof ApiError && error.status === 401) this.#access.forget();
        await sleep(waitMs, undefined, call.signal ? { signal: call.signal } : {});
      }
    }
  }

  /** Opens a watch on a socket of its own; the caller reads and destroys it. */
  async open(path: string, signal: AbortSignal, timeoutMs = defaultTimeoutMs): Promise<IncomingMessage> {
    const response = await this.#send({ method: "GET", path, signal }, { dedicated: true, timeoutMs });
    const status = response.statusCode ?? 0;
    this.#metrics?.count(String(status), "GET", this.#access.server.host);
    if (status < 400) return response;
    if (status === 401) this.#access.forget();
    throw apiErrorOf(status, await readAll(response), header(response, "retry-after"));
  }

  close(): void {
    this.#agent.destroy();
  }

  async #once(call: Call): Promise<string> {
    const changes = this.#fault !== undefined && countsAsChange(call.method, call.path);
    if (changes) this.#fault?.before();
    const startedAt = performance.now();
    const { host } = this.#access.server;
    try {
      const response = await this.#send(call, { dedicated: false, timeoutMs: call.timeoutMs ?? defaultTimeoutMs });
      const body = await readAll(response);
      if (changes) this.#fault?.after();
      const status = response.statusCode ?? 0;
      this.#metrics?.count(String(status), call.method, host);
      if (status >= 400 || status === 0) throw apiErrorOf(status, body, header(response, "retry-after"));
      return body;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status === 0) this.#metrics?.count("<error>", call.method, host);
      throw error;
    } finally {
      this.#metrics?.time(call.method, host, (performance.now() - startedAt) / 1000);
    }
  }

  /** Resolves with the head of the answer. The time limit holds until the body has ended, for a watch until its head has come. */
  async #send(call: Call, how: { dedicated: boolean; timeoutMs: number }): Promise<IncomingMessage> {
    call.signal?.throwIfAborted();
    const authorization = await this.#access.authorization();
    const { server, tls } = this.#access;
    const payload = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    const options: RequestOptions = {
      ...(how.dedicated && !this.#plain ? tls : {}),
      protocol: server.protocol,
      host: server.hostname.replace(/^\[|\]$/g, ""),
      port: server.port === "" ? (this.#plain ? 80 : 443) : server.port,
      path: (server.pathname === "/" ? "" : server.pathname.replace(/\/$/, "")) + call.path,
      method: call.method,
      agent: how.dedicated ? false : this.#agent,
      headers: {
        accept: call.accept ?? "application/json",
        "user-agent": "repo-runner",
        ...(authorization === undefined ? {} : { authorization }),
        ...(payload === undefined
          ? {}
          : { "content-type": call.contentType ?? "application/json", "content-length": payload.length }),
      },
    };
    return await new Promise<IncomingMessage>((resolve, reject) => {
      const request: ClientRequest = this.#plain ? httpRequest(options) : httpsRequest(options);
      let head: IncomingMessage | undefined;
      // Once the head is there, the error goes where the body is read: a destroyed request only says "aborted" there.
      const end = (error: Error): void => {
        (head ?? request).destroy(error);
      };
      const tooLong = setTimeout(() => {
        end(new ApiError(0, "Timeout", `${call.method} ${call.path}: no answer in ${how.timeoutMs} ms`));
      }, how.timeoutMs);
      const abort = (): void => {
        end(abortReason(call.signal));
      };
      call.signal?.addEventListener("abort", abort, { once: true });
      const finish = (): void => {
        clearTimeout(tooLong);
        call.signal?.removeEventListener("abort", abort);
      };
      request.once("socket", (socket) => {
        if (how.dedicated) socket.setKeepAlive(true, 30_000);
      });
      request.once("response", (response) => {
        head = response;
        if (how.dedicated) clearTimeout(tooLong);
        response.once("close", finish);
        resolve(response);
      });
      // An error after the head arrives on the response as well; here it only ends a promise that is already settled.
      request.on("error", (error) => {
        finish();
        reject(reachError(error, call, request.reusedSocket));
      });
      request.end(payload);
    });
  }
}

function patience(call: Call, error: unknown, attempt: number): number | undefined {
  if (!(error instanceof ApiError)) return undefined;
  if (error.status === 401) return attempt === 1 ? 0 : undefined;
  if (error.status === 429 || (error.status === 503 && error.retryAfterMs !== undefined)) {
    return Math.min(error.retryAfterMs ?? 1000, longestRetryAfterMs) * (1 + Math.random() * 0.2);
  }
  // The server closed a kept socket while we wrote: only what can be asked twice is asked again.
  if (error.reason === "StaleSocket" && call.method === "GET") return 0;
  return undefined;
}

function abortReason(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new DOMException("aborted", "AbortError");
}

function reachError(error: Error, call: Call, reused: boolean): Error {
  if (call.signal?.aborted) return abortReason(call.signal);
  if (error instanceof ApiError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  const stale = reused && (code === "ECONNRESET" || code === "EPIPE");
  return new ApiError(0, stale ? "StaleSocket" : "Unreachable", `${call.method} ${call.path}: ${error.message}`, {
    cause: error,
  });
}

function header(response: IncomingMessage, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  return await new Promise((resolve, reject) => {
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
    });
    response.once("end", () => {
      resolve(Buffer.concat(chunks).toString("utf8"));
    });
    response.on("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "ECONNRESET" ? new ApiError(0, "Unreachable", error.message, { cause: error }) : error);
    });
    response.once("close", () => {
      if (!response.complete) reject(new ApiError(0, "Unreachable", "the answer was cut short"));
    });
  });
}
