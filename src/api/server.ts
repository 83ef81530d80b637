import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { EntryFilter, JournalStore } from "../store/journal-store.ts";
import type { Guard } from "./guard.ts";
import { type Bell, idOf, stream } from "./stream.ts";

/** The header for a token where a proxy on the way takes `Authorization` for itself, as the API server's does. */
export const tokenHeader = "x-repo-runner-token";

/** How clients are treated; tests want shorter times. */
export interface ClientLimits {
  readonly most: number;
  readonly mostOfOne: number;
  readonly heartbeatMs: number;
  readonly judgeMs: number;
  readonly patienceMs: number;
}

export const defaultLimits: ClientLimits = {
  most: 200,
  mostOfOne: 20,
  heartbeatMs: 15_000,
  judgeMs: 60_000,
  patienceMs: 20_000,
};

export interface ApiOptions {
  readonly store: JournalStore;
  readonly guard: Pick<Guard, "judge">;
  readonly bell: Bell;
  readonly isHealthy: () => boolean;
  readonly isReady: () => boolean;
  readonly limits?: ClientLimits;
  readonly logger: Logger;
}

interface Question {
  readonly filter: EntryFilter;
  readonly since: string | undefined;
  readonly follow: boolean;
}

/** Answers /healthz, /readyz and /events. */
export class ApiServer {
  readonly #options: ApiOptions;
  readonly #limits: ClientLimits;
  readonly #clients = new Map<string, number>();
  readonly #stop = new AbortController();
  readonly #server: Server;
  #open = 0;

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#limits = options.limits ?? defaultLimits;
    this.#server = createServer({ headersTimeout: 5000, requestTimeout: 10_000, maxHeaderSize: 32_768 });
    this.#server.maxConnections = this.#limits.most * 2;
    this.#server.on("request", (request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        this.#options.logger.warn({ err: error }, "a request was not answered");
        if (response.headersSent) response.destroy();
        else say(response, 503, "the journal cannot be read at the moment; try again\n");
      });
    });
  }

  /** The port that it listens on. */
  async listen(port: number, host?: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
    const address = this.#server.address();
    return address !== null && typeof address === "object" ? address.port : port;
  }

  close(): void {
    this.#stop.abort();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://local");
    if (request.method !== "GET") {
      say(response, 405, "only GET\n");
    } else if (url.pathname === "/healthz") {
      const good = this.#options.isHealthy();
      say(response, good ? 200 : 503, good ? "ok\n" : "not well\n");
    } else if (url.pathname === "/readyz") {
      const good = this.#options.isReady();
      say(response, good ? 200 : 503, good ? "ok\n" : "not yet\n");
    } else if (url.pathname === "/events") await this.#events(request, response, questionOf(url, request));
    else say(response, 404, "there is /events and /healthz\n");
  }

  async #events(request: IncomingMessage, response: ServerResponse, question: Question | string): Promise<void> {
    if (typeof question === "string") {
      say(response, 400, `${question}\n`);
      return;
    }
    const token = tokenOf(request);
    if (token === undefined) {
      response.setHeader("www-authenticate", "Bearer");
      say(response, 401, "a bearer token of this cluster is needed\n");
      return;
    }
    const { guard, store } = this.#options;
    const { filter, since, follow } = question;
    const verdict = await guard.judge(token, filter);
    if (!verdict.may) {
      if (verdict.why === "Unknown") say(response, 401, "the cluster does not know this token\n");
      else say(response, 403, `you may not watch RepoRuns ${placeOf(filter)}\n`);
      return;
    }
    const position = await placeFor(store, since);
    if (position === undefined) {
      say(response, 400, "since: an id of this stream, or a time like 2026-01-31T12:00:00Z\n");
      return;
    }
    const leave = this.#enter(verdict.caller.user);
    if (!leave) {
      response.setHeader("retry-after", "10");
      say(response, 429, "too many streams are open; close one\n");
      return;
    }
    try {
      const gone = new AbortController();
      response.on("close", () => {
        gone.abort();
      });
      response.writeHead(200, {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
      });
      // So that a client knows where he stands before anything happens.
      response.write(`id: ${idOf(store.epoch, position)}\nretry: 3000\n: from here\n\n`);
      await stream(response, {
        ...this.#options,
        ...this.#limits,
        filter,
        position,
        follow,
        mayGoOn: async () => (await guard.judge(token, filter)).may,
        signal: AbortSignal.any([this.#stop.signal, gone.signal]),
      });
    } finally {
      leave();
    }
  }

  /** Counts a client in; undefined where there are too many. */
  #enter(user: string): (() => void) | undefined {
    const own = this.#clients.get(user) ?? 0;
    if (this.#open >= this.#limits.most || own >= this.#limits.mostOfOne) return undefined;
    this.#open += 1;
    this.#clients.set(user, own + 1);
    return () => {
      this.#open -= 1;
      const left = (this.#clients.get(user) ?? 1) - 1;
      if (left > 0) this.#clients.set(user, left);
      else this.#clients.delete(user);
    };
  }
}

/** What is asked for, or what is wrong with it. */
function questionOf({ searchParams: query }: URL, request: IncomingMessage): Question | string {
  const namespace = query.get("namespace") ?? undefined;
  const run = query.get("run") ?? undefined;
  for (const name of [namespace, run]) {
    if (name !== undefined && !/^[a-z0-9][a-z0-9.-]{0,252}$/.test(name)) return "namespace and run are names";
  }
  if (run !== undefined && namespace === undefined) return "a run is one of a namespace: say which";
  const last = request.headers["last-event-id"];
  return {
    filter: { namespace, run },
    // What a browser says when it comes back is newer than what its address says.
    since: (Array.isArray(last) ? last[0] : last) ?? query.get("since") ?? undefined,
    follow: query.get("follow") !== "false",
  };
}

/** A place from an id, a time, or nothing (from now on); undefined for what is neither. An id of another journal is the beginning: better twice than never. */
async function placeFor(store: JournalStore, since: string | undefined): Promise<number | undefined> {
  if (since === undefined || since === "") return await store.newest();
  if (since === "0") return 0;
  const id = /^(?<epoch>[0-9a-f]{8})\.(?<position>\d{1,15})$/.exec(since);
  if (id) return id.groups?.["epoch"] === store.epoch ? Number(id.groups["position"]) : 0;
  const at = /^\d{4}-\d\d-\d\dT[0-9:.]{5,15}(?:Z|[+-]\d\d:\d\d)$/.test(since) ? Date.parse(since) : Number.NaN;
  return Number.isNaN(at) ? undefined : await store.placeBefore(at);
}

function tokenOf(request: IncomingMessage): string | undefined {
  const own = request.headers[tokenHeader];
  if (typeof own === "string" && own !== "") return own;
  return /^Bearer (?<token>\S{1,16384})$/i.exec(request.headers.authorization ?? "")?.groups?.["token"];
}

function placeOf({ namespace, run }: EntryFilter): string {
  if (namespace === undefined) return "of all namespaces; name one by ?namespace=";
  return run === undefined ? `in namespace ${namespace}` : `named ${run} in namespace ${namespace}`;
}

function say(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, { "content-type": "text/plain; charset=utf-8" }).end(text);
}
