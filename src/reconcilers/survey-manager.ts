import { z } from "zod";
import type { AgentContext } from "../agents/agent.ts";
import { BaseManager } from "../agents/manager.ts";
import type { Pass, RunRecord } from "../agents/pass.ts";
import { ensureCaBundle } from "../agents/setup/ca-bundle.ts";
import { ensureSourceSecret } from "../agents/source/source-secret.ts";
import { surveyJob } from "../agents/setup/pods.ts";
import { digestOf, shortHash } from "../digest.ts";
import { ownDigest } from "../own-digest.ts";
import { applyFix } from "../agents/fixer/apply/apply-fix.ts";
import type { Fix } from "../fix.ts";
import { done, failed, type Outcome } from "../outcome.ts";
import { Plan } from "../plan.ts";
import { annotation } from "../run-ref.ts";
import { predicts } from "../agents/prediction/predictive-analysis.ts";
import type { Settings } from "../settings.ts";
import { runJob } from "./job-stage.ts";
import type { AgentMemoryManager } from "./memory-manager.ts";
import type { PlanAdvisor } from "./plan-advisor.ts";
import type { PlanStore } from "./plan-store.ts";
import type { Policies } from "./policies.ts";
import { Excerpt, type PlanRecord } from "./record.ts";
import type { Turns } from "./turns.ts";
import { stillApplies } from "../fix-replay.ts";

const SurveyAnswer = z.object({
  commit: z.string().regex(/^[0-9a-f]{40,64}$/),
  revision: z.string().max(280),
  subject: z.string().max(200),
  files: z.int(),
  bytes: z.int(),
  plan: Plan,
  second: Plan.optional(),
  excerpts: z.array(Excerpt).max(4).optional(),
});

type SurveyAnswer = z.infer<typeof SurveyAnswer>;

interface Question {
  readonly newest: PlanRecord | undefined;
  /** The commit that stays. */
  readonly pinned: string | undefined;
  /** The question's own key. */
  readonly source: string;
}

interface Asked {
  readonly answer: SurveyAnswer;
  /** Absent where nobody had to be asked. */
  readonly job?: { readonly name: string; readonly uid: string };
}

/** Who has a say in a draft, after the survey. */
export interface Counsel {
  readonly memory: AgentMemoryManager;
  readonly policies: Policies;
  /** Absent where no model is ever asked. */
  readonly advisor?: PlanAdvisor;
}

/** Source and plan: one Job clones and reads, the answer becomes the first revision; fixes of the plan before are replayed on it. */
export class SurveyManager extends BaseManager<Pass, PlanRecord> {
  readonly name = "SurveyManager";
  readonly #plans: PlanStore;
  readonly #settings: Settings;
  readonly #turns: Turns;
  readonly #counsel: Counsel;

  constructor(plans: PlanStore, settings: Settings, turns: Turns, counsel: Counsel) {
    super();
    this.#counsel = counsel;
    this.#turns = turns;
    this.#plans = plans;
    this.#settings = settings;
  }

  protected async work(pass: Pass, context: AgentContext): Promise<Outcome<PlanRecord>> {
    const { run, cluster } = pass;
    const newest = await this.#plans.newest(cluster, run, pass.clock.now());
    const keys = keysOf(run, this.#settings);
    if (newest && newest.sourceKey === keys.source) return done(newest);

    const back = rollbackOf(run);
    if (back !== undefined) return await this.#goBack(pass, newest, { revision: back, ...keys });

    const pinned = newest && newest.pinKey === keys.pin ? newest.commit : undefined;
    const answer = await this.#ask(pass, { newest, pinned, source: keys.source }, context);
    if (answer.state !== "done") return answer;
    const { plan: draft, revision: commitName, ...source } = answer.value.answer;
    const revision = (newest?.revision ?? 0) + 1;
    const { excerpts } = source;
    const draftNow = { ...replay(draft, newest?.fixes ?? []), excerpts };
    const { memory, policies, advisor } = this.#counsel;
    const known = memory.prepare(pass, draftNow, policies.limitsFor(pass));
    const advised = advisor ? await advisor.chooseStarts(pass, known, context) : done(known);
    if (advised.state !== "done") return advised;
    const replayed = advised.value;
    const record: PlanRecord = {
      v: 1,
      revision,
      draft: revision,
      sourceKey: keys.source,
      pinKey: keys.pin,
      ...source,
      commitName,
      fixes: [...replayed.fixes],
      attempts: [],
      parent: newest ? digestOf(newest.plan) : null,
      startedAt: pass.clock.now().toISOString(),
      said: saidOf(run),
      plan: replayed.plan,
    };
    const repeats = newest && isSame(newest, record) ? { repeats: newest.revision } : {};
    // A draft that names its run (a link between services does) is nobody else's.
    const isOwn = replayed.fixes.length > 0 || JSON.stringify([draft, source.second]).includes(run.name);
    const draftKey = isOwn ? undefined : draftKeyOf(run, source.commit, this.#settings);
    const written = await this.#plans.write(cluster, run, { ...record, ...repeats }, draftKey);
    const { job } = answer.value;
    if (written.state === "done" && job) await cluster.remove("Job", run.namespace, job.name, job.uid);
    return written;
  }

  /** The answer to what is asked: of another run of the namespace where the commit is known, else of a Job. */
  async #ask(pass: Pass, { newest, pinned, source }: Question, context: AgentContext): Promise<Outcome<Asked>> {
    const { run, cluster } = pass;
    const drafted = await this.#drafted(pass, pinned ?? commitOf(run));
    if (drafted) {
      // Another's commit may have been its branch's.
      const { git } = run.spec.source;
      const named = pinned === undefined ? undefined : newest?.commitName;
      const revision = named ?? (git === undefined ? drafted.revision : drafted.commit.slice(0, 7));
      return done({ answer: { ...drafted, revision } });
    }
    const request = {
      name: run.name,
      spec: run.spec,
      ...(pinned === undefined ? {} : { commit: pinned }),
      baseImages: this.#settings.baseImages,
      ...(predicts(run.spec, this.#settings.prediction) ? {} : { prediction: "Off" as const }),
    };
    const inputDigest = digestOf([source, pinned ?? null]);
    const bundle = await ensureCaBundle(cluster, run, this.#settings);
    if (bundle.state !== "done") return bundle;
    const sourceSecret = await ensureSourceSecret(cluster, run, run.spec.source, this.#settings);
    if (sourceSecret.state !== "done") return sourceSecret;
    const answer = await runJob(pass, {
      stage: "survey",
      turns: this.#turns,
      what: `clone and survey of ${run.spec.source.git?.url ?? run.spec.source.oci?.url ?? "the source"}`,
      inputDigest,
      make: (name) =>
        surveyJob({
          run,
          name,
          inputDigest,
          request,
          settings: this.#settings,
          ...(sourceSecret.value === undefined ? {} : { sourceSecret: sourceSecret.value }),
        }),
    });
    if (answer.state !== "done") return answer;
    const parsed = SurveyAnswer.safeParse(answer.value.value);
    if (!parsed.success) {
      context.log("survey answer refused", { issues: parsed.error.issues.slice(0, 5) });
      return failed({
        reason: "SurveyInvalid",
        message: "the survey's answer does not have the form of a plan",
        layer: "Cluster",
        blame: "Platform",
      });
    }
    return done({ answer: parsed.data, job: answer.value.job });
  }

  /** What another run of the namespace was answered for this commit, by the same rules. */
  async #drafted(pass: Pass, commit: string | undefined): Promise<SurveyAnswer | undefined> {
    if (commit === undefined) return undefined;
    const key = draftKeyOf(pass.run, commit, this.#settings);
    const record = await this.#plans.draftOfOthers(pass.cluster, pass.run, key);
    if (!record) return undefined;
    pass.log("plan was drafted before", { commit });
    const { commitName: revision, subject, files, bytes, plan, second, excerpts } = record;
    const more = { ...(second === undefined ? {} : { second }), ...(excerpts === undefined ? {} : { excerpts }) };
    return { commit, revision, subject, files, bytes, plan, ...more };
  }

  /** The plan of an earlier release once more, as the newest: its images are there already, and its commit stays. */
  async #goBack(
    pass: Pass,
    newest: PlanRecord | undefined,
    to: { readonly revision: number; readonly pin: string; readonly source: string },
  ): Promise<Outcome<PlanRecord>> {
    const { run, cluster } = pass;
    const earlier = await this.#plans.read(cluster, run, to.revision);
    if (!earlier) {
      return failed({
        reason: "NoSuchRelease",
        message: `plan ${to.revision} is not kept any more: it cannot be gone back to`,
        hint: `repo-runner history ${run.name} lists the releases that are kept; spec.retention.releases says how many`,
        layer: "Source",
        blame: "Spec",
      });
    }
    const revision = (newest?.revision ?? 0) + 1;
    return await this.#plans.write(cluster, run, {
      ...earlier,
      revision,
      draft: revision,
      attempts: [],
      sourceKey: to.source,
      pinKey: to.pin,
      parent: digestOf(earlier.plan),
      startedAt: pass.clock.now().toISOString(),
    });
  }
}

/** Whether two revisions run the same: commit, plan and what the person said. */
function isSame(one: PlanRecord, other: PlanRecord): boolean {
  return one.commit === other.commit && digestOf([one.plan, one.said]) === digestOf([other.plan, other.said]);
}

/** Fixes of an earlier draft are kept while what they change looks as it did then; the others have lapsed. */
function replay(draft: Plan, fixes: readonly Fix[]): { plan: Plan; fixes: Fix[] } {
  const kept: Fix[] = [];
  let plan = draft;
  for (const fix of fixes) {
    if (!stillApplies(plan, fix)) continue;
    plan = applyFix(plan, fix);
    kept.push(fix);
  }
  return { plan, fixes: kept };
}

/** The revision of the plan that a person asks to go back to: `<revision>@<the request>`, so that the next request makes it void by itself. */
function rollbackOf(run: RunRecord): number | undefined {
  const [revision = "", ...request] = (run.annotations[annotation.rollback] ?? "").split("@");
  const { requestedAt } = run;
  if (requestedAt === undefined || request.join("@") !== requestedAt) return undefined;
  // Handled once: whatever the spec says from then on is planned anew.
  if (run.status?.lastHandledRequest === requestedAt) return undefined;
  return /^[1-9][0-9]{0,8}$/.test(revision) ? Number(revision) : undefined;
}

function saidOf({ spec: { services, databases, env } }: RunRecord): NonNullable<PlanRecord["said"]> {
  return {
    ...(services === undefined ? {} : { services }),
    ...(databases === undefined ? {} : { databases }),
    ...(env === undefined ? {} : { env }),
  };
}

/** The commit that a source names, where it can name no other. */
function commitOf({ spec: { source } }: RunRecord): string | undefined {
  const { git, oci } = source;
  const named = git === undefined ? /@sha256:([0-9a-f]{64})$/.exec(oci?.url ?? "")?.[1] : git.ref?.commit;
  return named !== undefined && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(named) ? named : undefined;
}

/** What a draft is of, whoever asks: commit, source and overlay, and the rules that drafted it. */
export function draftKeyOf({ spec }: Pick<RunRecord, "spec">, commit: string, settings: Settings): string {
  const { git, oci, path } = spec.source;
  const source = git === undefined ? (oci?.url ?? null) : [git.url, git.submodules ?? false, git.lfs ?? false];
  const rules = [ownDigest(), settings.images.runner, settings.baseImages, ...unpredicted({ spec }, settings)];
  return shortHash([commit, source, path ?? ".", spec.services ?? [], spec.databases ?? [], spec.env ?? [], rules], 24);
}

/** What a draft depends on. `pin` alone decides whether the commit stays: the same source, not asked anew. */
export function keysOf(run: RunRecord, settings: Settings): { readonly pin: string; readonly source: string } {
  const requested = run.requestedAt ?? run.annotations[annotation.requestedAt] ?? null;
  const { git, oci } = run.spec.source;
  const pin = digestOf([git?.url ?? null, git?.ref ?? null, oci?.url ?? null, requested]);
  const services = (run.spec.services ?? []).map(
    ({ replicas: _replicas, autoscaling: _autoscaling, link: _link, volumes: _volumes, ...rest }) => rest,
  );
  const source = digestOf([
    pin,
    run.spec.source,
    services,
    run.spec.databases ?? [],
    run.spec.env ?? [],
    settings.baseImages,
    ...unpredicted(run, settings),
  ]);
  return { pin, source };
}

/** A draft without predictions is another one. */
function unpredicted({ spec }: Pick<RunRecord, "spec">, settings: Settings): readonly string[] {
  return predicts(spec, settings.prediction) ? [] : ["without predictions"];
}
