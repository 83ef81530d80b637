import { z } from "zod";

/** A database that the code looks for on its own machine (`localhost:3306`): a sidecar forwards from there. */
export const DatabaseForward = z.object({
  /** Of the pod's loopback address. */
  port: z.int().min(1).max(65535),
  /** Name of the plan's database. */
  database: z.string().max(40),
  /** Of a client that takes `localhost` for a socket file: where it looks for one, below /tmp. */
  socket: z.string().max(64).optional(),
});
export type DatabaseForward = z.infer<typeof DatabaseForward>;
