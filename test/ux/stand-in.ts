import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What was asked of the stand-in. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** Answers a request: a status and an object, or a stream of watch lines that stays open. */
export type Answer =
  | { readonly status: number; readonly object: unknown }
  | { readonly watch: readonly unknown[] }
  | { readonly text: string };
export type Answerer = (asked: Asked, count: number) => Answer | undefined;

/** Stands in for an API server, over plain http, so that the command line can be tried as a process against any answer. */
export class StandIn {
  readonly asked: Asked[] = [];
  readonly #server: Server;
  readonly #answer: Answerer;

  constructor(answer: Answerer) {
    this.#answer = answer;
    this.#server = createServer((request, response) => {
      void this.#serve(request, response);
    });
  }

  /** Starts it; gives the file of a kubeconfig that leads to it. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, "127.0.0.1", resolve);
    });
    const address = this.#server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    return kubeconfig(`http://127.0.0.1:${String(port)}`);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const asked = {
      method: request.method ?? "",
      path: request.url ?? "",
      body: text === "" ? undefined : (JSON.parse(text) as unknown),
    };
    const before = this.asked.filter((each) => each.method === asked.method && each.path === asked.path).length;
    this.asked.push(asked);
    const answer = this.#answer(asked, before) ?? missing(asked.path);
    if ("text" in answer) {
      response.end(answer.text);
      return;
    }
    if ("watch" in answer) {
      response.writeHead(200, { "content-type": "application/json" });
      for (const line of answer.watch) response.write(`${JSON.stringify(line)}\n`);
      return;
    }
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(JSON.stringify(answer.object));
  }
}

/** A kubeconfig file for a server. */
export function kubeconfig(server: string): string {
  const file = join(mkdtempSync(join(tmpdir(), "repo-runner-ux-")), "kubeconfig");
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "local",
    contexts: [{ name: "local", context: { cluster: "local", user: "me", namespace: "team-a" } }],
    clusters: [{ name: "local", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "me", user: { token: "t" } }],
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

/** The API server's way to say no. */
export function refused(status: number, reason: string, message: string): Answer {
  return { status, object: { kind: "Status", status: "Failure", code: status, reason, message } };
}

function missing(path: string): Answer {
  return refused(404, "NotFound", `"${path}" not found`);
}
