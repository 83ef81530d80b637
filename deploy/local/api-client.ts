import { readFileSync } from "node:fs";
import { request } from "node:https";

interface Identity {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** What the start of a cluster asks the API server, before there is anything else to ask it with. */
export class ApiClient {
  readonly #identity: Identity;
  readonly #port: number;

  constructor(port: number, files: { caFile: string; certFile: string; keyFile: string }) {
    this.#port = port;
    this.#identity = {
      ca: readFileSync(files.caFile),
      cert: readFileSync(files.certFile),
      key: readFileSync(files.keyFile),
    };
  }

  /** Status code and body; 0 where nobody answered. */
  async ask(
    method: string,
    path: string,
    body?: unknown,
    type = "application/json",
  ): Promise<{ code: number; body: string }> {
    return await new Promise((resolve) => {
      const asked = request(
        {
          ...this.#identity,
          host: "127.0.0.1",
          port: this.#port,
          method,
          path,
          agent: false,
          timeout: 5000,
          headers: body === undefined ? {} : { "content-type": type },
        },
        (answer) => {
          let text = "";
          answer.setEncoding("utf8");
          answer.on("data", (chunk: string) => {
            text += chunk;
          });
          answer.on("end", () => {
            resolve({ code: answer.statusCode ?? 0, body: text });
          });
          answer.on("error", () => {
            resolve({ code: 0, body: "" });
          });
        },
      );
      asked.on("error", () => {
        resolve({ code: 0, body: "" });
      });
      asked.on("timeout", () => asked.destroy());
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** Makes the object or brings it to this state (server-side apply). */
  async apply(path: string, object: unknown): Promise<number> {
    const answer = await this.ask(
      "PATCH",
      `${path}?fieldManager=repo-runner-local&force=true`,
      object,
      "application/apply-patch+yaml",
    );
    return answer.code;
  }
}
