/** Whole logs of builds lie beside their images, each an OCI artifact with one layer of gzip. */
export const buildLogTypes = {
  artifact: "application/vnd.repo-runner.build-log.v1",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.empty.v1+json",
  layer: "application/vnd.repo-runner.build-log.v1.text+gzip",
} as const;

/** How long a whole log is kept. */
export const keptLogDays = 7;

/** Bytes of a kept log, compressed; what comes after is left out. */
export const maxLogBytes = 5_242_880;

/** What a tag of a log says. */
export interface BuildLogTag {
  readonly tag: string;
  readonly at: Date;
  /** Revision of the plan that was built. */
  readonly plan: number;
  readonly ok: boolean;
}

/** `log-20261123t065420z-p2-failed`: tags of one repository stand in the order of their time. */
export function buildLogTag({ at, plan, ok }: Omit<BuildLogTag, "tag">): string {
  const stamp = at
    .toISOString()
    .replaceAll(/[-:]|\.\d+/g, "")
    .toLowerCase();
  return `log-${stamp}-p${plan}-${ok ? "built" : "failed"}`;
}

/** Reads such a tag; undefined where it is another. */
export function readBuildLogTag(tag: string): BuildLogTag | undefined {
  const found = /^log-(\d{4})(\d\d)(\d\d)t(\d\d)(\d\d)(\d\d)z-p(\d{1,9})-(built|failed)$/.exec(tag);
  if (!found) return undefined;
  const [, year, month, day, hour, minute, second, plan, end] = found;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at.getTime()) ? undefined : { tag, at, plan: Number(plan), ok: end === "built" };
}

/** Whether a log has been kept for long enough. */
export function isOutdatedLog({ at }: Pick<BuildLogTag, "at">, now: Date): boolean {
  return now.getTime() - at.getTime() > keptLogDays * 86_400_000;
}
