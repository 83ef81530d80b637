/** What is written down of a builder, as annotations of its Service. */
export interface BuilderRecord {
  /** Name of the present generation's objects. */
  readonly id: string;
  /** All objects of the generation are made. */
  readonly complete: boolean;
  /** When its papers end. */
  readonly until: number;
  readonly usedAt: number;
  /** Digest of what it was made of. */
  readonly template: string;
  /** Namespaces that hold a client's Secret. */
  readonly tenants: readonly string[];
  /** The generation before, while it is not cleared away. */
  readonly previous?: string | undefined;
}

const keys = {
  id: "repo-runner.dev/builder-generation",
  complete: "repo-runner.dev/builder-complete",
  until: "repo-runner.dev/builder-until",
  usedAt: "repo-runner.dev/builder-used-at",
  template: "repo-runner.dev/builder-template",
  tenants: "repo-runner.dev/builder-tenants",
  previous: "repo-runner.dev/builder-previous",
} as const;

export function newRecord(of: {
  readonly id: string;
  readonly tenant: string;
  readonly now: number;
  readonly until: number;
  readonly template: string;
}): BuilderRecord {
  return { id: of.id, complete: false, until: of.until, usedAt: of.now, template: of.template, tenants: [of.tenant] };
}

export function writeRecord(record: BuilderRecord): Record<string, string> {
  return {
    [keys.id]: record.id,
    [keys.complete]: String(record.complete),
    [keys.until]: new Date(record.until).toISOString(),
    [keys.usedAt]: new Date(record.usedAt).toISOString(),
    [keys.template]: record.template,
    [keys.tenants]: record.tenants.join(","),
    ...(record.previous === undefined ? {} : { [keys.previous]: record.previous }),
  };
}

/** Undefined where these are no annotations of ours. */
export function readRecord(annotations: Readonly<Record<string, string>> | undefined): BuilderRecord | undefined {
  const id = annotations?.[keys.id];
  const until = Date.parse(annotations?.[keys.until] ?? "");
  const usedAt = Date.parse(annotations?.[keys.usedAt] ?? "");
  if (annotations === undefined || id === undefined || Number.isNaN(until) || Number.isNaN(usedAt)) return undefined;
  return {
    id,
    until,
    usedAt,
    complete: annotations[keys.complete] === "true",
    template: annotations[keys.template] ?? "",
    tenants: (annotations[keys.tenants] ?? "").split(",").filter((tenant) => tenant !== ""),
    previous: annotations[keys.previous],
  };
}
