import type { AgentContext } from "../agents/agent.ts";
import type { Cluster, KubeObject, Written } from "../agents/cluster.ts";
import { applyFix } from "../agents/fixer/apply/apply-fix.ts";
import { refusalOf } from "../agents/fixer/policy.ts";
import type { ManifestExcerpt } from "../agents/manifest-excerpts.ts";
import { BaseManager } from "../agents/manager.ts";
import {
  fingerprintOf,
  fixFrom,
  isForAll,
  isOfPlace,
  type Known,
  learned,
  lessonName,
  placeOf,
  teaches,
  usable,
  type Verdict,
} from "../agents/memory/lessons.ts";
import type { Pass } from "../agents/pass.ts";
import type { Ending, Fix } from "../fix.ts";
import type { FixLesson, LessonRecord } from "../lesson.ts";
import { done, type Outcome } from "../outcome.ts";
import type { Plan, Service } from "../plan.ts";
import { apiVersion, label } from "../run-ref.ts";
import type { Settings } from "../settings.ts";
import type { FixLimits } from "./policies.ts";
import type { PlanRecord } from "./record.ts";
import { outcomeOf } from "./repair-course.ts";

/** A run that has ended: well, or as it was seen last. */
export interface MemoryRequest {
  readonly pass: Pass;
  readonly record: PlanRecord;
  /** How it ended; undefined: well. */
  readonly saw: Ending | undefined;
}

type Lesson = Written["FixLesson"];

/** A lesson as it is written. */
interface Said {
  readonly spec: FixLesson["spec"];
  readonly record: LessonRecord;
}

/**
 * Remembers what mended what, as FixLessons in the run's namespace, and hands it out again: to FixerAgent when the same failure comes, and to the first
 * draft of a repository that was mended before. Everything is read off the run's own plan records, so that a controller that was killed in between
 * records the same, and nothing twice.
 */
export class AgentMemoryManager extends BaseManager<MemoryRequest, number> {
  readonly name = "AgentMemoryManager";
  readonly #settings: Settings["memory"];
  /** Where lessons for all namespaces lie. */
  readonly #home: string;

  constructor(settings: Settings["memory"], home: string) {
    super();
    this.#settings = settings;
    this.#home = home;
  }

  /** What may be used for a failure of a service, best first. */
  recall({ run, cluster, clock }: Pass, service: Service, print: string): readonly Known[] {
    if (!this.#settings.enabled) return [];
    const wanted = fingerprintOf(service.language, print);
    const fits = (lesson: Lesson): boolean => lesson.spec.fingerprint === wanted;
    const own = cluster.written("FixLesson", run.namespace).filter(fits);
    return usable([...own, ...this.#shared(cluster, run.namespace).filter(fits)], clock.now());
  }

  /** A draft with what has mended this very repository before, or one that is made alike, in another run or before it was made anew; each is carried out while it fits. */
  prepare(
    { run, cluster, clock, log }: Pass,
    draft: {
      readonly plan: Plan;
      readonly fixes: readonly Fix[];
      readonly excerpts?: readonly ManifestExcerpt[] | undefined;
    },
    limits: FixLimits,
  ): {
    readonly plan: Plan;
    readonly fixes: Fix[];
  } {
    const fixes = [...draft.fixes];
    let { plan } = draft;
    const asks = run.spec.approve?.includes("Fix") === true;
    const isOff = !this.#settings.enabled || run.spec.fix?.mode === "Off" || limits.pausedBy !== undefined;
    if (isOff || asks) return { plan, fixes };
    for (const known of usable(cluster.written("FixLesson", run.namespace), clock.now())) {
      for (const { name } of plan.services) {
        const service = plan.services.find((each) => each.name === name);
        if (!service) continue;
        const fix = fixFrom(known, service, clock.now());
        const place = placeOf(run.spec, fix, { service, excerpts: draft.excerpts });
        if (!isOfPlace(known, place) || refusalOf(fix.action, service, run.spec) !== undefined) continue;
        if (limits.refuses(fix.action.kind) !== undefined || limits.asks(fix.action.kind)) continue;
        log("lesson taken into the draft", { lesson: known.name, action: fix.action.kind, service: name });
        plan = applyFix(plan, fix);
        fixes.push(fix);
      }
    }
    return { plan, fixes };
  }

  /** Counts what the run has shown of each of its fixes; gives how many lessons were written. */
  protected async work({ pass, record, saw }: MemoryRequest, context: AgentContext): Promise<Outcome<number>> {
    if (!this.#settings.enabled) return done(0);
    let count = 0;
    for (const { fix, print, verdict } of verdictsOf(pass, record, saw)) {
      const service = record.plan.services.find(({ name }) => name === fix.service);
      const name =
        print === undefined ? fix.lesson : lessonName(fingerprintOf(service?.language ?? "", print), fix.action);
      if (name === undefined) continue;
      const taught = { name, fix, language: service?.language ?? "", print, verdict };
      if (await this.#write(pass, taught, context)) count += 1;
    }
    return done(count);
  }

  async #write(pass: Pass, taught: Taught, context: AgentContext): Promise<boolean> {
    const { cluster, run, clock } = pass;
    const here = cluster.written("FixLesson", run.namespace);
    const before = here.find(({ name }) => name === taught.name);
    // That something did not help is worth knowing only of what has helped before.
    if (!before && (!taught.verdict.won || taught.print === undefined)) return false;
    const record = learned(before?.record, taught.verdict, clock.now());
    if (!record) return false;
    const spec = before?.spec ?? specOf(taught);
    if (!before) await this.#makeRoom(cluster, here, clock.now());
    const written = await this.#put(cluster, { namespace: run.namespace, name: taught.name }, { spec, record }, before);
    if (written !== undefined) {
      context.log("lesson not written", { lesson: taught.name, why: written });
      return false;
    }
    context.log("lesson", { lesson: taught.name, action: spec.action, won: taught.verdict.won, state: record.state });
    await this.#share(pass, taught, { spec, record }, context);
    return true;
  }

  /** Beyond its namespace once it has proved itself; what is shared already counts every namespace's verdicts. */
  async #share(pass: Pass, taught: Taught, { spec, record }: Said, context: AgentContext): Promise<void> {
    const { cluster, run, clock } = pass;
    if (!this.#settings.share || run.namespace === this.#home) return;
    const shared = cluster.written("FixLesson", this.#home).find(({ name }) => name === taught.name);
    if (!shared && !isForAll(taught.fix.action, record)) return;
    const known = { ...record, recorded: [taught.verdict.key] };
    const next = shared ? learned(shared.record, taught.verdict, clock.now()) : known;
    if (!next) return;
    // Where it has helped stays with the namespace that knows.
    const said: Said = { spec: { ...(shared?.spec ?? spec), scope: "Cluster" }, record: { ...next, places: [] } };
    const refused = await this.#put(cluster, { namespace: this.#home, name: taught.name }, said, shared);
    if (refused !== undefined) context.log("lesson not shared", { lesson: taught.name, why: refused });
  }

  /** Undefined once it is written; else the server's words. A lesson that somebody else has just written throws, and the pass is tried again. */
  async #put(
    cluster: Cluster,
    metadata: { readonly namespace: string; readonly name: string },
    said: Said,
    before: Lesson | undefined,
  ): Promise<string | undefined> {
    const { use, ...spec } = said.spec;
    const object: KubeObject & Said = {
      apiVersion,
      kind: "FixLesson",
      metadata: { ...metadata, labels: { [label.managedBy]: "repo-runner" } },
      // A person's word is the person's field.
      spec: before === undefined && use !== undefined ? { ...spec, use } : spec,
      record: said.record,
    };
    const answer = before
      ? await cluster.apply(
          { ...object, metadata: { ...object.metadata, resourceVersion: before.resourceVersion } },
          before.uid,
        )
      : await cluster.create(object);
    if (answer.state === "exists") throw new Error(`FixLesson ${metadata.name} was made by somebody else just now`);
    return answer.state === "refused" ? answer.refusal.message : undefined;
  }

  /** Keeps a namespace's lessons in bounds: what has expired goes first, then what is least sure. */
  async #makeRoom(cluster: Cluster, here: readonly Lesson[], now: Date): Promise<void> {
    const worth = ({ spec, record }: Lesson): number =>
      spec.use === undefined || spec.use === "Auto"
        ? Date.parse(record?.expires ?? "") > now.getTime()
          ? (record?.confidence ?? 0)
          : -1
        : 101;
    const [least] = here.toSorted((a, b) => worth(a) - worth(b));
    if (!least || (here.length < this.#settings.perNamespace && worth(least) >= 0)) return;
    await cluster.remove("FixLesson", least.namespace, least.name, least.uid);
  }

  #shared(cluster: Cluster, namespace: string): readonly Lesson[] {
    if (!this.#settings.share || namespace === this.#home) return [];
    return cluster.written("FixLesson", this.#home).filter(({ spec }) => spec.scope === "Cluster");
  }
}

interface Taught {
  readonly name: string;
  readonly fix: Fix;
  readonly language: string;
  /** Of the failure; undefined for what was taken into the draft. */
  readonly print: string | undefined;
  readonly verdict: Verdict;
}

/** What a run that has ended says of each of its fixes: what is in the plan that is well has helped; what brought a plan no further has not. */
function* verdictsOf(
  { run }: Pass,
  record: PlanRecord,
  saw: Ending | undefined,
): Generator<{ readonly fix: Fix; readonly print: string | undefined; readonly verdict: Verdict }> {
  const { attempts, fixes } = record;
  const kept = new Set(fixes.map(({ at, rule }) => `${at} ${rule}`));
  const isKept = (fix: Fix): boolean => kept.has(`${fix.at} ${fix.rule}`);
  const placed = (fix: Fix) =>
    placeOf(run.spec, fix, {
      service: record.plan.services.find(({ name }) => name === fix.service),
      excerpts: record.excerpts,
    });
  const tried = new Set<string>();
  for (const [index, { fix, saw: before, revision }] of attempts.entries()) {
    if (fix === undefined || !teaches(fix)) continue;
    tried.add(`${fix.at} ${fix.rule}`);
    const after = attempts[index + 1]?.saw ?? saw;
    const outcome = after === undefined ? "Fixed" : outcomeOf(before, after);
    const won = saw === undefined && isKept(fix) && outcome === "Fixed";
    if (!won && outcome === "Fixed") continue;
    yield { fix, print: before.print, verdict: { key: keyOf(run.uid, revision), won, place: placed(fix) } };
  }
  for (const fix of fixes) {
    if (fix.by !== "Memory" || tried.has(`${fix.at} ${fix.rule}`)) continue;
    const verdict = { key: keyOf(run.uid, record.draft), won: saw === undefined, place: placed(fix) };
    yield { fix, print: undefined, verdict };
  }
}

function keyOf(uid: string, revision: number): string {
  return `${uid.slice(0, 36)}/${String(revision)}`;
}

function specOf({ fix, language, print }: Taught): FixLesson["spec"] {
  return {
    fingerprint: fingerprintOf(language, print ?? ""),
    language,
    layer: fix.layer,
    signature: fix.signature,
    rule: fix.rule,
    scope: "Namespace",
    action: fix.action.kind,
    arguments: JSON.stringify(fix.action),
  };
}
