import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { say } from "./progress.ts";

const idleMs = 600_000;
const connectMs = 5_000;

/** A plain TCP forwarder: nodes pull from a port of their own, which no Service can give them on 127.0.0.1 everywhere. */
export async function startForward(options: {
  readonly port: number;
  readonly host?: string;
  readonly to: { readonly host: string; readonly port: number };
}): Promise<{
  readonly port: number;
  close(): Promise<void>;
}> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const up = connect({ host: options.to.host, port: options.to.port, allowHalfOpen: true });
    const slow = setTimeout(() => up.destroy(), connectMs);
    up.once("connect", () => clearTimeout(slow));
    for (const [one, other] of [
      [client, up],
      [up, client],
    ] as const) {
      open.add(one);
      one.setTimeout(idleMs, () => one.destroy());
      one.once("error", () => other.destroy());
      one.once("close", () => {
        clearTimeout(slow);
        open.delete(one);
        other.destroySoon();
      });
      one.pipe(other);
    }
  });
  server.maxConnections = 1024;
  await new Promise<void>((resolve) => server.listen(options.port, options.host ?? "::", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Mode `registry-forward`. */
export async function runForward(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  const target = env["REGISTRY_UPSTREAM"] ?? "registry.repo-runner-registry.svc:5000";
  const colon = target.lastIndexOf(":");
  const forwarder = await startForward({
    port: Number(env["PORT"] ?? 5005),
    ...(env["HOST"] === undefined ? {} : { host: env["HOST"] }),
    to: { host: target.slice(0, colon), port: Number(target.slice(colon + 1)) },
  });
  say(`forwarding port ${forwarder.port} to ${target}`);
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  await forwarder.close();
  return 0;
}
