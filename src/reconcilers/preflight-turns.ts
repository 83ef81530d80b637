const everyMs = 2_000;
const mostKnown = 1_000;
const askedAt = new Map<string, number>();

/**
 * Whether this look may try a pod: one in two seconds for each namespace. What refuses pods (quota, policy) is the namespace's own, and where
 * thousands of Jobs wait for a slow Job controller their dry runs would be most of the server's work.
 */
export function takePreflightTurn(namespace: string, now: Date): boolean {
  const at = now.getTime();
  const last = askedAt.get(namespace);
  // A clock that was set back must not close the gate.
  if (last !== undefined && Math.abs(at - last) < everyMs) return false;
  if (askedAt.size >= mostKnown) askedAt.clear();
  askedAt.set(namespace, at);
  return true;
}

/** When to look again at a Job that has no pod: as long as it has waited already, so that a long queue is not asked over and over. */
export function nextLookSeconds(job: { readonly createdAt: string }, now: Date): number {
  const ageSeconds = (now.getTime() - Date.parse(job.createdAt)) / 1000;
  return Math.min(60, Math.max(6, ageSeconds));
}
