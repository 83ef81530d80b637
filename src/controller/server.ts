import { createServer, type Server } from "node:http";
import type { Registry } from "prom-client";

/** What the kubelet and Prometheus ask. */
export interface Health {
  readonly isReady: () => boolean;
  readonly isHealthy: () => boolean;
  readonly registry: Registry;
}

/** Serves /healthz, /readyz and /metrics; resolves once it listens. */
export async function serveHealth(port: number, health: Health): Promise<Server> {
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const path = new URL(request.url ?? "/", "http://local").pathname;
      if (path === "/metrics") {
        const text = await health.registry.metrics();
        response.writeHead(200, { "content-type": health.registry.contentType }).end(text);
        return;
      }
      const good = path === "/healthz" ? health.isHealthy() : path === "/readyz" ? health.isReady() : undefined;
      const code = good === undefined ? 404 : good ? 200 : 503;
      response
        .writeHead(code, { "content-type": "text/plain" })
        .end(good === undefined ? "not found\n" : good ? "ok\n" : "not yet\n");
    };
    answer().catch(() => response.destroy());
  });
  server.requestTimeout = 10_000;
  server.headersTimeout = 5000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return server;
}
