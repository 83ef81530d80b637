import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  Agent,
  createServer,
  request as ask,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { registryKey, registryPassword } from "../agents/setup/registry-password.ts";
import { say } from "./progress.ts";
import { sweepHourly } from "./registry-sweep.ts";

export interface GateOptions {
  readonly port: number;
  readonly host?: string;
  /** Distribution, on the loopback of the same pod and nowhere else. */
  readonly upstream: { readonly host: string; readonly port: number };
  readonly keyFile: string;
  /** First part of every path: `tenants`. */
  readonly prefix: string;
  readonly maxBlobBytes: number;
}

const component = "[a-z0-9]+(?:[._-]+[a-z0-9]+)*";
const known = new RegExp(
  `^/v2/(?<name>${component}(?:/${component})+)/(?<what>manifests|blobs|tags|referrers)/(?<rest>[A-Za-z0-9._:=@/+-]+)$`,
);
const methods = new Set(["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"]);
/** What the registry's interface knows, but `mount` and `from`: by these one repository's layers are put into another. */
const parameters = new Set(["digest", "_state", "n", "last", "artifactType"]);
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "authorization",
]);

const idleMs = 120_000;
const requestTimeoutMs = 3_600_000;
const keyHoldsMs = 10_000;

/** Stands before the registry and lets each namespace see and change its own images only: user = namespace, password = HMAC(key, namespace). */
export async function startGate(options: GateOptions): Promise<{ readonly port: number; close(): Promise<void> }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 128, timeout: idleMs });
  const key = keyReader(options.keyFile);
  key();
  const server = createServer(
    { maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: requestTimeoutMs, keepAliveTimeout: 30_000 },
    (incoming, outgoing) => {
      const verdict = judge(incoming, options, key);
      if (verdict.state === "pass") forward(incoming, outgoing, verdict.path, { options, agent });
      else refuse(incoming, outgoing, verdict);
    },
  );
  server.maxConnections = 2048;
  server.setTimeout(idleMs);
  await new Promise<void>((resolve) => server.listen(options.port, options.host ?? "::", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: async () => {
      agent.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Mode `registry-gate`. */
export async function runGate(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  const [host = "127.0.0.1", port = "5001"] = (env["REGISTRY_UPSTREAM"] ?? "127.0.0.1:5001").split(":");
  const gate = await startGate({
    port: Number(env["PORT"] ?? 5000),
    upstream: { host, port: Number(port) },
    keyFile: env["REGISTRY_KEY_FILE"] ?? "/etc/repo-runner/registry-key/key",
    prefix: env["REGISTRY_PREFIX"] ?? "tenants",
    maxBlobBytes: Number(env["REGISTRY_MAX_BLOB_BYTES"] ?? 17_179_869_184),
  });
  say(`registry gate on port ${gate.port}`);
  void sweepHourly(`http://${host}:${port}`, signal);
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  await gate.close();
  return 0;
}

type Verdict =
  | { readonly state: "pass"; readonly path: string }
  | { readonly state: "refused"; readonly status: number; readonly code: string }
  | { readonly state: "ping" }
  | { readonly state: "healthy" };

function judge(incoming: IncomingMessage, options: GateOptions, key: () => Buffer): Verdict {
  const { pathname, search } = splitUrl(incoming.url ?? "/");
  if (pathname === "/healthz") return { state: "healthy" };
  if (!methods.has(incoming.method ?? "")) return { state: "refused", status: 405, code: "UNSUPPORTED" };
  const user = userOf(incoming.headers.authorization, key());
  if (user === undefined) return { state: "refused", status: 401, code: "UNAUTHORIZED" };
  if (pathname === "/v2/" || pathname === "/v2") return { state: "ping" };
  const parts = known.exec(pathname)?.groups;
  // Neither the catalogue nor anything that is not a plain path of this interface; no escapes, no dots that climb.
  if (!parts || pathname.includes("..") || pathname.includes("//"))
    return { state: "refused", status: 404, code: "NAME_UNKNOWN" };
  const [prefix, namespace, ...below] = (parts["name"] ?? "").split("/");
  if (prefix !== options.prefix || namespace !== user || below.length === 0)
    return { state: "refused", status: 403, code: "DENIED" };
  const length = Number(incoming.headers["content-length"] ?? 0);
  if (!Number.isFinite(length) || length > options.maxBlobBytes)
    return { state: "refused", status: 413, code: "SIZE_INVALID" };
  return { state: "pass", path: `${pathname}${keptParameters(search)}` };
}

function splitUrl(url: string): { readonly pathname: string; readonly search: string } {
  const mark = url.indexOf("?");
  return mark < 0 ? { pathname: url, search: "" } : { pathname: url.slice(0, mark), search: url.slice(mark + 1) };
}

function keptParameters(search: string): string {
  const kept = new URLSearchParams(
    [...new URLSearchParams(search)].filter(([name]) => parameters.has(name)),
  ).toString();
  return kept === "" ? "" : `?${kept}`;
}

/** The namespace whose password was given; the comparison takes as long for a wrong one. */
function userOf(header: string | undefined, key: Buffer): string | undefined {
  if (header === undefined || header.length > 1024 || !/^basic /i.test(header)) return undefined;
  const given = Buffer.from(header.slice(6), "base64").toString("utf8");
  const colon = given.indexOf(":");
  const user = given.slice(0, Math.max(0, colon));
  const hash = (text: string) => createHash("sha256").update(text).digest();
  const right = timingSafeEqual(hash(given.slice(colon + 1)), hash(registryPassword(key, user)));
  return right && /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(user) ? user : undefined;
}

function refuse(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  verdict: Exclude<Verdict, { state: "pass" }>,
): void {
  incoming.resume();
  const headers: OutgoingHttpHeaders = {
    "docker-distribution-api-version": "registry/2.0",
    "content-type": "application/json",
  };
  if (verdict.state !== "refused") {
    outgoing.writeHead(200, headers).end(incoming.method === "HEAD" ? undefined : "{}");
    return;
  }
  if (verdict.status === 401) headers["www-authenticate"] = 'Basic realm="repo-runner"';
  const body = JSON.stringify({ errors: [{ code: verdict.code, message: "refused by the registry's gate" }] });
  outgoing.writeHead(verdict.status, headers).end(incoming.method === "HEAD" ? undefined : body);
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  path: string,
  to: { readonly options: GateOptions; readonly agent: Agent },
): void {
  const { upstream, maxBlobBytes } = to.options;
  // The host stays as the client wrote it: the registry makes the addresses of its answers from it.
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).filter(([name]) => !hopByHop.has(name) && !name.startsWith("x-forwarded")),
  );
  if (incoming.headers["transfer-encoding"] !== undefined) headers["transfer-encoding"] = "chunked";
  const up = ask(
    {
      host: upstream.host,
      port: upstream.port,
      method: incoming.method,
      path,
      headers,
      agent: to.agent,
      timeout: idleMs,
    },
    (answer) => {
      const back = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !hopByHop.has(name)));
      outgoing.writeHead(answer.statusCode ?? 502, back);
      answer.pipe(outgoing);
      answer.once("error", () => outgoing.destroy());
    },
  );
  up.once("timeout", () => up.destroy(new Error("idle")));
  up.once("error", () => {
    if (outgoing.headersSent) outgoing.destroy();
    else refuse(incoming, outgoing, { state: "refused", status: 502, code: "UNAVAILABLE" });
  });
  outgoing.once("close", () => up.destroy());
  let seen = 0;
  incoming.on("data", (chunk: Buffer) => {
    seen += chunk.length;
    if (seen > maxBlobBytes) incoming.destroy(new Error("too large"));
  });
  incoming.once("error", () => up.destroy());
  incoming.pipe(up);
}

/** The key as its file holds it now: a mounted Secret changes when it is rotated. */
function keyReader(file: string): () => Buffer {
  let key: Buffer | undefined;
  let readAt = 0;
  return () => {
    if (!key || Date.now() - readAt > keyHoldsMs) {
      key = registryKey(readFileSync(file));
      readAt = Date.now();
    }
    return key;
  };
}
