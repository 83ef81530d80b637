/** How far a run has come, as seen by code that looked, never by a model's word. Rank is the index. */
export const maturities = [
  "Cloned",
  "Detected",
  "Planned",
  "Built",
  "Started",
  "Listening",
  "Healthy",
  "Reachable",
  "Verified",
] as const;

export type Maturity = (typeof maturities)[number] | "Completed" | "Running" | "Scheduled";

/** Comparable height of a rung: an end that is not on the ladder (a Job that completed, a Worker that runs, a Cron that is scheduled) counts as the top. */
export function rank(maturity: string | undefined): number {
  if (maturity === undefined) return -1;
  if (maturity === "Completed" || maturity === "Running" || maturity === "Scheduled") return maturities.length - 1;
  return maturities.findIndex((rung) => rung === maturity);
}

/** The lower of two: a run has come as far as the least far of its services. */
export function lower(one: Maturity, other: Maturity): Maturity {
  return rank(one) <= rank(other) ? one : other;
}
