import { createServer, type Server, type Socket } from "node:net";
import { clean } from "../text.ts";
import type { ClusterClient } from "./client.ts";

/** A port of this machine that leads to a pod through the API server. */
export interface Forward {
  readonly port: number;
  close(): void;
}

/** Opens it on `wanted` of the loopback, or on any free port where that is taken. What goes wrong with one connection is told to `warn` and ends that connection only. */
export async function forwardTo(
  client: ClusterClient,
  target: { readonly namespace: string; readonly pod: string; readonly port: number },
  wanted: number,
  warn: (text: string) => void,
): Promise<Forward> {
  const { PortForward } = await import("@kubernetes/client-node");
  const forward = new PortForward(client.chosen.config, true);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    const { namespace, pod, port } = target;
    forward.portForward(namespace, pod, [port], socket, null, socket).catch((error: unknown) => {
      warn(clean(error instanceof Error ? error.message : String(error), 200));
      socket.destroy();
    });
  });
  const port = await listen(server, wanted).catch(async () => await listen(server, 0));
  return {
    port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function listen(server: Server, wanted: number): Promise<number> {
  return await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(wanted, "127.0.0.1", () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : wanted);
    });
  });
}
