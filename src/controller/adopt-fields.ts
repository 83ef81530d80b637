import { Conflict } from "./pass-error.ts";
import { fieldManager, patchType } from "./resources.ts";
import type { Transport } from "./transport.ts";

interface Owned {
  readonly metadata: {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly managedFields?: readonly Entry[];
  };
}

interface Entry {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly [more: string]: unknown;
}

/**
 * Makes the fields of an object that we made by POST ours in the sense of server-side apply. Without it a field that a later apply leaves out
 * (an old port, a dropped variable) would stay for ever, since the POST still claims it. Does nothing the second time.
 * Throws a Conflict when the object is not the one with this uid.
 */
export async function adoptFields(
  transport: Transport,
  path: string,
  uid: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { metadata } = await transport.json<Owned>({ method: "GET", path, signal });
  const entries = metadata.managedFields ?? [];
  const isOurs = (entry: Entry, operation: string): boolean =>
    entry.manager === fieldManager && entry.operation === operation && (entry.subresource ?? "") === "";
  if (metadata.uid !== uid) throw new Conflict(`${path} is another object by now`);
  if (!entries.some((entry) => isOurs(entry, "Update"))) return;
  const hasApplied = entries.some((entry) => isOurs(entry, "Apply"));
  const adopted = hasApplied
    ? entries.filter((entry) => !isOurs(entry, "Update"))
    : entries.map((entry) => (isOurs(entry, "Update") ? { ...entry, operation: "Apply" } : entry));
  await transport.text({
    method: "PATCH",
    path: `${path}?fieldManager=${fieldManager}`,
    contentType: patchType.json,
    body: [
      { op: "test", path: "/metadata/uid", value: uid },
      { op: "replace", path: "/metadata/resourceVersion", value: metadata.resourceVersion },
      { op: "replace", path: "/metadata/managedFields", value: adopted },
    ],
    signal,
  });
}
