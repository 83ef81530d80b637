import http from "node:http";
import https from "node:https";
import type { Flags } from "../command.ts";
import type { Io } from "../io.ts";
import { chooseCluster, type ChosenCluster } from "./kube-config.ts";
import { ApiProblem, unreachable } from "./problems.ts";

const requestTimeoutMs = 20_000;
const maxAnswerBytes = 64 * 1024 * 1024;

export interface CallOptions {
  readonly body?: unknown;
  readonly contentType?: string;
  readonly timeoutMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the call early, besides Ctrl-C and the time limit. */
  readonly signal?: AbortSignal;
}

/** The few calls that the command line makes, each with a time limit. Authentication is the kubeconfig's, whatever it is. */
export class ClusterClient {
  readonly chosen: ChosenCluster;
  readonly #signal: AbortSignal;

  constructor(chosen: ChosenCluster, signal: AbortSignal) {
    this.chosen = chosen;
    this.#signal = signal;
  }

  get namespace(): string {
    return this.chosen.namespace;
  }

  async get(path: string): Promise<unknown> {
    return await this.call("GET", path);
  }

  /** One request with a JSON answer. A refusal throws ApiProblem, no connection a CommandError with what to do. */
  async call(method: string, path: string, options: CallOptions = {}): Promise<unknown> {
    const text = await this.text(method, path, options);
    return parse(text) ?? text;
  }

  /** The same where the answer is plain text: a log. */
  async text(method: string, path: string, options: CallOptions = {}): Promise<string> {
    const limits = [this.#signal, AbortSignal.timeout(options.timeoutMs ?? requestTimeoutMs)];
    const signal = AbortSignal.any(options.signal ? [...limits, options.signal] : limits);
    const response = await this.#send(method, path, options, signal);
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of response) {
        const bytes = chunk as Buffer;
        size += bytes.length;
        if (size > maxAnswerBytes)
          throw new Error(`the answer to ${path} is larger than ${String(maxAnswerBytes)} bytes`);
        chunks.push(bytes);
      }
    } catch (error) {
      throw this.#connectionProblem(error, signal);
    }
    return accepted(response.statusCode ?? 0, Buffer.concat(chunks).toString("utf8"));
  }

  /** Lines of an answer that goes on: a watch, a log. Ends when the server ends it or `signal` says so. */
  async *lines(path: string, signal: AbortSignal, options: Pick<CallOptions, "headers"> = {}): AsyncGenerator<string> {
    const both = AbortSignal.any([this.#signal, signal]);
    const response = await this.#send("GET", path, options, both);
    if ((response.statusCode ?? 0) >= 400) {
      let said = "";
      for await (const chunk of response) said = (said + String(chunk)).slice(0, 8192);
      accepted(response.statusCode ?? 0, said);
    }
    response.setEncoding("utf8");
    let rest = "";
    try {
      for await (const chunk of response) {
        const parts = (rest + String(chunk)).split("\n");
        rest = parts.pop() ?? "";
        if (rest.length > 8 * 1024 * 1024) throw new Error(`a line of ${path} does not end`);
        yield* parts;
      }
      if (rest !== "") yield rest;
    } catch (error) {
      if (both.aborted) return;
      throw this.#connectionProblem(error, both);
    }
  }

  async #send(method: string, path: string, options: CallOptions, signal: AbortSignal): Promise<http.IncomingMessage> {
    const url = new URL(this.chosen.server.replace(/\/$/, "") + path);
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    const request: https.RequestOptions = {
      method,
      headers: {
        accept: "application/json",
        "user-agent": "repo-runner-cli",
        ...options.headers,
        ...(body === undefined
          ? {}
          : { "content-type": options.contentType ?? "application/json", "content-length": Buffer.byteLength(body) }),
      },
      signal,
    };
    await this.chosen.config.applyToHTTPSOptions(request);
    const module = url.protocol === "http:" ? http : https;
    return await new Promise<http.IncomingMessage>((resolve, reject) => {
      const sent = module.request(url, request, resolve);
      sent.on("error", (error) => {
        reject(this.#connectionProblem(error, signal));
      });
      sent.end(body);
    });
  }

  #connectionProblem(error: unknown, signal: AbortSignal): unknown {
    if (this.#signal.aborted) return this.#signal.reason;
    const timedOut = signal.aborted ? Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" }) : error;
    return unreachable(this.chosen.server, timedOut);
  }
}

function accepted(status: number, text: string): string {
  if (status < 400) return text;
  const parsed = parse(text);
  const said = typeof parsed === "object" && parsed !== null ? (parsed as { reason?: unknown; message?: unknown }) : {};
  const reason = typeof said.reason === "string" ? said.reason : "";
  throw new ApiProblem(status, reason, typeof said.message === "string" ? said.message : text.slice(0, 300));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The cluster that flags and kubeconfig name. */
export async function connect(io: Io, flags: Flags): Promise<ClusterClient> {
  const chosen = await chooseCluster(io, {
    kubeconfig: flags.text("kubeconfig"),
    context: flags.text("context"),
    namespace: flags.text("namespace"),
  });
  return new ClusterClient(chosen, io.signal);
}
