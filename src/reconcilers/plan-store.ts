import { digestOf } from "../digest.ts";
import type { Cluster, KubeObject } from "../agents/cluster.ts";
import type { RunRecord } from "../agents/pass.ts";
import { renderDockerfile } from "../agents/setup/dockerfile.ts";
import { label, labelsOf, ownerOf, type RunRef } from "../run-ref.ts";
import { done, failed, waiting, type Outcome } from "../outcome.ts";
import { nameConflict, refusalToFailure } from "../agents/refusal.ts";
import { keptPlans } from "./history.ts";
import { PlanRecord } from "./record.ts";

interface ConfigMap extends KubeObject {
  readonly kind: "ConfigMap";
  readonly immutable: boolean;
  readonly data: Readonly<Record<string, string>>;
}

const youngMs = 600_000;

/** Revisions that are kept whatever they were. */
const kept = 5;

/**
 * Plans as immutable ConfigMaps, the checkpoint that survives a lost status. What is read is checked against its own digest, since a tenant may
 * edit (delete and make anew) a ConfigMap; one that fails the check counts as missing.
 */
export class PlanStore {
  /** `undefined` stands for "there is none": looked for once, and known until one is written. */
  readonly #newest = new Map<string, PlanRecord | undefined>();

  /** The newest valid revision: from memory, else by one live list, so that neither a lost status nor a restart loses it. */
  async newest(cluster: Cluster, run: RunRecord, now: Date): Promise<PlanRecord | undefined> {
    if (this.#newest.has(run.uid)) return this.#newest.get(run.uid);
    // A run that was just applied has no plan: thousands at once are worth a request each. Should one exist after all, `write` adopts it.
    if (run.status === undefined && now.getTime() - Date.parse(run.createdAt) < youngMs) return undefined;
    const listed = await cluster.list<ConfigMap>("ConfigMap", run.namespace, run.name);
    const records = listed
      .filter((each) => isOf(run, each))
      .map(parse)
      .filter((each) => each !== undefined);
    const newest = records.toSorted((a, b) => b.revision - a.revision)[0];
    this.#remember(run, newest);
    return newest;
  }

  /** One revision by its number; undefined where it is not kept, or does not pass its check. */
  async read(cluster: Cluster, run: RunRef, revision: number): Promise<PlanRecord | undefined> {
    const newest = this.#newest.get(run.uid);
    if (newest?.revision === revision) return newest;
    const standing = await cluster.get<ConfigMap>("ConfigMap", run.namespace, planName(run, revision));
    return standing && isOf(run, standing) ? parse(standing) : undefined;
  }

  /** A draft that another run of the namespace was given for the same question, as it was before anything was mended. */
  async draftOfOthers(cluster: Cluster, run: RunRef, draftKey: string): Promise<PlanRecord | undefined> {
    const by = { name: label.draft, value: draftKey };
    const standing = await cluster.labelled<ConfigMap>("ConfigMap", run.namespace, by);
    return standing
      .map(parse)
      .find((each) => each?.draft === each?.revision && each?.fixes.length === 0 && each.attempts.length === 0);
  }

  forget(uid: string): void {
    this.#newest.delete(uid);
  }

  /** Writes a revision, and takes away the older ones that nobody goes back to. A name that is taken by our own earlier try gives what stands there; a broken one is removed and made anew. */
  async write(
    cluster: Cluster,
    run: RunRef & Pick<RunRecord, "spec" | "status">,
    record: PlanRecord,
    draftKey?: string,
  ): Promise<Outcome<PlanRecord>> {
    const name = planName(run, record.revision);
    const created = await cluster.create<ConfigMap>(toConfigMap(run, record, draftKey));
    if (created.state === "refused") return failed(refusalToFailure(created.refusal, `ConfigMap ${name}`));
    if (created.state === "exists") {
      const standing = await cluster.get<ConfigMap>("ConfigMap", run.namespace, name);
      if (standing && !isOf(run, standing)) return failed(nameConflict("ConfigMap", name));
      const record = standing && parse(standing);
      if (record) {
        this.#remember(run, record);
        return done(record);
      }
      if (standing) await cluster.remove("ConfigMap", run.namespace, name, standing.metadata.uid);
      return waiting("Planning", `${name} was damaged and is written anew`, 1);
    }
    const previous = this.#newest.get(run.uid);
    this.#remember(run, record);
    for (const old of outdated(run, record, previous)) {
      await cluster.remove("ConfigMap", run.namespace, planName(run, old));
    }
    return done(record);
  }

  #remember(run: RunRef, record: PlanRecord | undefined): void {
    this.#newest.delete(run.uid);
    this.#newest.set(run.uid, record);
    // Bounded by what is in flight, not by what exists: the longest unused is forgotten and listed again when asked for.
    if (this.#newest.size > 512) {
      const oldest = this.#newest.keys().next();
      if (!oldest.done) this.#newest.delete(oldest.value);
    }
  }
}

/** Revisions that go when another is written: those that fall out of the last few and belong to an earlier draft, and those of releases that are too old to go back to. */
function outdated(
  { status, spec }: Pick<RunRecord, "spec" | "status">,
  { revision, draft }: PlanRecord,
  previous: PlanRecord | undefined,
): number[] {
  const keep = keptPlans(status?.history, spec.retention?.releases);
  const told = (status?.history ?? []).flatMap(({ plan }) => (plan === undefined ? [] : [plan]));
  const last = revision - kept;
  // What was tried on the present draft may still be gone back to, however long that is ago.
  const first = Math.max(Math.min(previous?.draft ?? last, last), last - 48);
  const fallen = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  return [...new Set([...fallen, ...told])].filter(
    (old) => old > 0 && old <= last && old < draft && !keep.includes(old),
  );
}

/** `<run>-plan-<revision>` */
export function planName(run: RunRef, revision: number): string {
  return `${run.name}-plan-${revision}`;
}

function isOf(run: RunRef, object: ConfigMap): boolean {
  return (object.metadata.ownerReferences ?? []).some((owner) => owner.controller === true && owner.uid === run.uid);
}

function toConfigMap(run: RunRef, record: PlanRecord, draftKey?: string): ConfigMap {
  const { plan, ...rest } = record;
  const planText = JSON.stringify(plan);
  const recordText = JSON.stringify(rest);
  const dockerfiles = plan.services
    .filter((service) => service.recipe.dockerfile === undefined)
    .map(
      (service) =>
        [`Dockerfile.${service.name}`, renderDockerfile(service, { caBundle: false, buildEnv: {} })] as const,
    );
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: planName(run, record.revision),
      namespace: run.namespace,
      labels: { ...labelsOf(run, "survey"), ...(draftKey === undefined ? {} : { [label.draft]: draftKey }) },
      annotations: { "repo-runner.dev/digest": digestOf([planText, recordText]) },
      ownerReferences: [ownerOf(run)],
    },
    immutable: true,
    data: { "plan.json": planText, "record.json": recordText, ...Object.fromEntries(dockerfiles) },
  };
}

function parse(object: ConfigMap): PlanRecord | undefined {
  const planText = object.data["plan.json"];
  const recordText = object.data["record.json"];
  if (planText === undefined || recordText === undefined) return undefined;
  if (object.metadata.annotations?.["repo-runner.dev/digest"] !== digestOf([planText, recordText])) return undefined;
  try {
    const parsed = PlanRecord.safeParse({
      ...(JSON.parse(recordText) as object),
      plan: JSON.parse(planText) as unknown,
    });
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
