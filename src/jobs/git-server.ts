import { createHash, timingSafeEqual } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { execa } from "execa";
import { makeEmptyRepository, makeRepositories } from "./sample-repositories.ts";
import { say } from "./progress.ts";

export interface GitServerOptions {
  /** Folder of bare repositories. */
  readonly root: string;
  readonly port: number;
  readonly host?: string;
  /** Lets those who authenticate push. */
  readonly push: boolean;
  /** Makes a repository that does not exist when somebody who may pushes to it. */
  readonly create?: boolean;
  /** `user:password` by the first part of a repository's path; repositories below it ask for it. */
  readonly accounts: ReadonlyMap<string, string>;
}

/** What git asks over http, and nothing else: no file of a repository is served as such. */
const asked =
  /^\/(?<repository>(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/){0,3}[A-Za-z0-9_-][A-Za-z0-9._-]*)\/(?<service>info\/refs|git-upload-pack|git-receive-pack)$/;
const backendTimeoutMs = 600_000;
const maxHeaderBytes = 65_536;

/** A small git server over `git http-backend`, for the samples and the tests: clone over http, and push where it is switched on. */
export async function startGitServer(
  options: GitServerOptions,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      say("request failed", { error: error instanceof Error ? error.message : "unknown" });
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.requestTimeout = backendTimeoutMs;
  await new Promise<void>((resolve) => server.listen(options.port, options.host ?? "::", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Mode `git-server`: makes repositories of the folders under --samples, then serves those under --root until it is stopped. */
export async function runGitServer(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      root: { type: "string", default: env["GIT_SERVER_ROOT"] ?? "/repositories" },
      samples: { type: "string", default: env["GIT_SERVER_SAMPLES"] ?? "" },
      accounts: { type: "string", default: env["GIT_SERVER_ACCOUNTS"] ?? "" },
      port: { type: "string", default: env["GIT_SERVER_PORT"] ?? "8080" },
      push: { type: "boolean", default: false },
      create: { type: "boolean", default: false },
    },
  });
  if (values.samples !== "") say("repositories made", { names: await makeRepositories(values.samples, values.root) });
  const accounts =
    values.accounts === "" ? new Map<string, string>() : readAccounts(readFileSync(values.accounts, "utf8"));
  const { root, push, create } = values;
  const server = await startGitServer({ root, port: Number(values.port), push, create, accounts });
  say(`serving git on port ${server.port}`);
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  await server.close();
  return 0;
}

/** Lines `prefix user:password`. */
export function readAccounts(text: string): Map<string, string> {
  return new Map(
    text.split("\n").flatMap((line) => {
      const [prefix, account] = line.trim().split(/\s+/, 2);
      return prefix !== undefined && account !== undefined && !prefix.startsWith("#")
        ? [[prefix, account] as const]
        : [];
    }),
  );
}

async function answer(options: GitServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = URL.parse(request.url ?? "/", "http://git");
  if (url?.pathname === "/healthz") return void response.writeHead(200).end("ok\n");
  const { repository, service } = asked.exec(url?.pathname ?? "")?.groups ?? {};
  const name = service === "info/refs" ? url?.searchParams.get("service") : service;
  if (!url || repository === undefined || (name !== "git-upload-pack" && name !== "git-receive-pack"))
    return void response.writeHead(404).end();

  const account =
    options.accounts.get((repository.split("/")[0] ?? "").replace(/\.git$/, "")) ??
    (name === "git-receive-pack" ? options.accounts.get("*") : undefined);
  if (account !== undefined && !isAccount(request.headers.authorization, account)) {
    return void response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end("authentication required\n");
  }
  if (name === "git-receive-pack" && (!options.push || account === undefined))
    return void response.writeHead(403).end("pushing is off\n");
  if (!existsSync(join(options.root, repository, "HEAD"))) {
    const mayMake = options.create === true && name === "git-receive-pack";
    if (!mayMake) return void response.writeHead(404).end("not found\n");
    await makeEmptyRepository(join(options.root, repository));
  }
  await runBackend(options, request, response, url);
}

function isAccount(header: string | undefined, account: string): boolean {
  const given = Buffer.from(header?.startsWith("Basic ") ? header.slice(6) : "", "base64");
  const hash = (bytes: Buffer | string) => createHash("sha256").update(bytes).digest();
  return timingSafeEqual(hash(given), hash(account));
}

/** CGI: the request's body goes in, a head and a body come out. */
async function runBackend(
  options: GitServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const header = (name: string) => String(request.headers[name] ?? "");
  const backend = execa(
    "git",
    [
      "-c",
      "uploadpack.allowAnySHA1InWant=true",
      "-c",
      "safe.directory=*",
      "-c",
      `http.receivepack=${options.push}`,
      "http-backend",
    ],
    {
      env: {
        PATH: process.env["PATH"],
        HOME: "/nonexistent",
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_PROJECT_ROOT: options.root,
        GIT_HTTP_EXPORT_ALL: "1",
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method ?? "GET",
        CONTENT_TYPE: header("content-type"),
        CONTENT_LENGTH: header("content-length"),
        HTTP_CONTENT_ENCODING: header("content-encoding"),
        HTTP_GIT_PROTOCOL: header("git-protocol"),
        GIT_PROTOCOL: header("git-protocol"),
        REMOTE_USER: options.push ? "someone" : "",
        REMOTE_ADDR: request.socket.remoteAddress ?? "",
      },
      extendEnv: false,
      buffer: false,
      reject: false,
      timeout: backendTimeoutMs,
      stdin: "pipe",
      stderr: "ignore",
    },
  );
  response.once("close", () => backend.kill("SIGKILL"));
  backend.stdin.on("error", () => undefined);
  request.pipe(backend.stdin);
  let head = Buffer.alloc(0);
  let open = false;
  for await (const chunk of backend.stdout) {
    const bytes = chunk as Buffer;
    if (open) {
      if (!response.write(bytes))
        await new Promise((resolve) => response.once("drain", resolve).once("close", resolve));
      continue;
    }
    head = Buffer.concat([head, bytes]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0 && head.length > maxHeaderBytes) break;
    if (end < 0) continue;
    const { status, headers } = readHead(head.subarray(0, end).toString("latin1"));
    response.writeHead(status, headers);
    response.write(head.subarray(end + 4));
    open = true;
  }
  await backend;
  if (!open) response.writeHead(500);
  response.end();
}

function readHead(text: string): { status: number; headers: Record<string, string> } {
  const headers: Record<string, string> = {};
  let status = 200;
  for (const line of text.split("\r\n")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === "status") status = Number(value.slice(0, 3));
    else if (colon > 0) headers[name] = value;
  }
  return { status, headers };
}
