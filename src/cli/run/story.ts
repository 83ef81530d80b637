import type { PlanRecordSeen } from "../cluster/plan-seen.ts";
import { condition, isCurrent, isTrue, type RunSeen } from "../cluster/run-seen.ts";
import { bytes, clean, count } from "../text.ts";
import type { Step } from "../voice.ts";

export type StageName = "source" | "plan" | "build" | "release" | "verify";

/** What happens now, for the live line. */
export interface Now {
  readonly name: string;
  readonly text: string;
}

/** What else is known when a status comes in. */
export interface Known {
  readonly record: PlanRecordSeen | undefined;
  /** Ready replicas by workload: `web 1/1`. */
  readonly replicas: readonly string[];
}

/**
 * Turns what is seen of a run into finished steps, each told once and in order, whatever order the news come in. Status drives it; Events only
 * make the words richer, so that a person who may not read them sees less, not nothing.
 */
export class Story {
  readonly #told = new Set<string>();
  readonly #seconds: Record<StageName, number | null> = {
    source: null,
    plan: null,
    build: null,
    release: null,
    verify: null,
  };
  readonly #built = new Map<string, string>();
  #lastMs: number;
  #note: string | undefined;
  #now: Now | undefined;

  constructor(startedMs: number) {
    this.#lastMs = startedMs;
  }

  get seconds(): Readonly<Record<StageName, number | null>> {
    return this.#seconds;
  }

  get now(): Now | undefined {
    return this.#now && this.#note !== undefined && this.#now.name === "build"
      ? { name: this.#now.name, text: `${this.#now.text}: ${this.#note}` }
      : this.#now;
  }

  /** An Event of the run: details for the steps to come. */
  onEvent(reason: string, message: string): void {
    if (reason !== "Built") return;
    const [service = "", rest = ""] = message.split(": ", 2);
    this.#built.set(service, rest.replace(/, sha256:.*$/, ""));
  }

  /** The last line of a Job's log. */
  onLine(line: string): void {
    this.#note = clean(line, 160);
  }

  /** A new state of the run: the steps that have ended since. */
  onRun(run: RunSeen, known: Known, atMs: number): Step[] {
    if (!isCurrent(run)) {
      this.#now = { name: "source", text: clean(run.spec.source.git?.url ?? "waits for the controller", 160) };
      return [];
    }
    const steps: Step[] = [];
    const { status } = run;
    const commit = status.source?.commit ?? "";
    const revision = String(status.plan?.revision ?? 0);
    const tell = (stage: StageName, key: string, text: string): void => {
      if (this.#told.has(`${stage}/${key}`)) return;
      this.#told.add(`${stage}/${key}`);
      const seconds = this.#lap(atMs);
      this.#seconds[stage] = Math.round(((this.#seconds[stage] ?? 0) + seconds) * 10) / 10;
      // News of two stages in one write: how long the second took was not seen.
      steps.push({ sign: "done", name: stage, text, seconds: seconds < 0.05 ? undefined : seconds });
    };
    if (isTrue(run, "Planned")) {
      tell("source", commit, sourceText(run, known.record));
      const mended = status.fixes.filter((fix) => !this.#told.has(`fix/${String(fix.revision)}`));
      if (!this.#told.has(`plan/${commit}`)) tell("plan", commit, status.plan?.summary ?? "");
      for (const fix of mended) {
        this.#told.add(`fix/${String(fix.revision)}`);
        steps.push({
          sign: "note",
          name: "mend",
          text: `${clean(fix.summary ?? fix.signature, 256)} (plan ${String(fix.revision)})`,
          seconds: this.#lap(atMs),
        });
      }
    }
    if (isTrue(run, "ImagesReady")) tell("build", `${commit}/${revision}`, this.#buildText(run));
    const ready = condition(run, "Ready");
    // Released says that the objects are there; the step has ended when their pods are.
    const up = ready?.status === "True" || known.replicas.every(isUp);
    if (isTrue(run, "Released") && up) tell("release", `${commit}/${revision}`, releaseText(run, known.replicas));
    if (ready?.status === "True" && !isTrue(run, "Reconciling"))
      tell("verify", `${commit}/${revision}`, ready.message.replaceAll("; ", " · "));
    this.#now = nowOf(run);
    return steps;
  }

  /** Everything that has ended before we came is taken as told. */
  skip(run: RunSeen): void {
    this.onRun(run, { record: undefined, replicas: [] }, this.#lastMs);
    for (const stage of Object.keys(this.#seconds) as StageName[]) this.#seconds[stage] = null;
  }

  #lap(atMs: number): number {
    const seconds = Math.max(0, (atMs - this.#lastMs) / 1000);
    this.#lastMs = Math.max(this.#lastMs, atMs);
    return seconds;
  }

  #buildText(run: RunSeen): string {
    const names = run.status.services.map((service) => service.name);
    return names.map((name) => `${name}${this.#built.has(name) ? ` ${this.#built.get(name) ?? ""}` : ""}`).join(" · ");
  }
}

function sourceText(run: RunSeen, record: PlanRecordSeen | undefined): string {
  const revision = run.status.source?.revision ?? run.status.source?.commit?.slice(0, 7) ?? "";
  if (!record) return revision;
  const subject = record.subject === "" ? "" : ` "${clean(record.subject, 60)}"`;
  return `${revision}${subject} · ${count(record.files)} files, ${bytes(record.bytes)}`;
}

function releaseText(run: RunSeen, replicas: readonly string[]): string {
  return (replicas.length > 0 ? replicas : run.status.services.map((service) => service.name)).join(" · ");
}

/** `web 1/1`, and not `web 0/1`. */
function isUp(replicas: string): boolean {
  const { ready, wanted } = / (?<ready>\d+)\/(?<wanted>\d+)$/.exec(replicas)?.groups ?? {};
  return ready === wanted;
}

const stageByReason: readonly (readonly [RegExp, string])[] = [
  [/clon|source|queue/i, "source"],
  [/plan|survey/i, "plan"],
  [/build|image/i, "build"],
  [/fix|mend/i, "mend"],
  [/start|roll|releas|migrat/i, "release"],
  [/verif|look|listen|health|ask|reach/i, "verify"],
];

function nowOf(run: RunSeen): Now | undefined {
  const ready = condition(run, "Ready");
  const moving = condition(run, "Reconciling");
  if (moving?.status !== "True") return undefined;
  const reason = ready?.status === "Unknown" ? ready.reason : moving.reason;
  const name = stageByReason.find(([pattern]) => pattern.test(reason))?.[1] ?? "wait";
  return { name, text: ready?.status === "Unknown" ? ready.message : reason };
}
