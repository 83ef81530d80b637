import { z } from "zod";

/** One TCP socket that listens in a pod, and the uid that owns it. */
export const Socket = z.object({
  address: z.string().max(45),
  port: z.int().min(1).max(65535),
  uid: z.int().nonnegative(),
});
export type Socket = z.infer<typeof Socket>;

/** What a looker saw. */
export const Sockets = z.object({
  v: z.literal(1),
  waitedMs: z.int().nonnegative(),
  sockets: z.array(Socket).max(64),
});
export type Sockets = z.infer<typeof Sockets>;

/** A looker's termination message, read as hostile input; undefined when it is none. */
export function readSockets(message: string | undefined): Sockets | undefined {
  if (message === undefined || message.length > 4096) return undefined;
  try {
    const parsed = Sockets.safeParse(JSON.parse(message));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** True for an address that nobody outside the pod reaches. */
export function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1" || address.startsWith("::ffff:127.");
}
