import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Access } from "./auth.ts";

/** One request as a script sees it. */
export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** An HTTP server that answers by a script, for tests of what a real API server does only on bad days. */
export class FakeServer {
  readonly asked: Asked[] = [];
  readonly #server: Server;
  #script: (asked: Asked) => void | Promise<void> = ({ response }) => {
    response.writeHead(500).end();
  };

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const url = new URL(request.url ?? "/", "http://fake");
        const asked = { method: request.method ?? "", url, body: Buffer.concat(chunks).toString(), request, response };
        this.asked.push(asked);
        void this.#script(asked);
      });
    });
  }

  async start(): Promise<Access> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    return {
      server: new URL(`http://127.0.0.1:${port}`),
      tls: {},
      authorization: () => Promise.resolve("Bearer test"),
      forget: () => undefined,
    };
  }

  answer(script: (asked: Asked) => void | Promise<void>): void {
    this.#script = script;
  }

  /** Each request takes the next answer; the last one stays. */
  answers(...scripts: ((asked: Asked) => void | Promise<void>)[]): void {
    let at = 0;
    this.#script = (asked) => scripts[Math.min(at++, scripts.length - 1)]?.(asked);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** Answers with a JSON document. */
export function reply(code: number, document: unknown, headers: Record<string, string> = {}) {
  return ({ response }: Asked): void => {
    response.writeHead(code, { "content-type": "application/json", ...headers }).end(JSON.stringify(document));
  };
}

/** The server's Status document for a failure. */
export function statusDocument(code: number, reason: string, message = reason): object {
  return { kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message };
}
