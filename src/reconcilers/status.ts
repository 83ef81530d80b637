import type { RunRecord } from "../agents/pass.ts";
import { planDigest, type PlanRecord } from "./record.ts";
import { planName } from "./plan-store.ts";
import type { Progress, ServiceProgress } from "./progress.ts";
import type { Condition, RepoRunStatus } from "../repo-run.ts";
import { fixesOf } from "./fix-status.ts";
import { nextHistory } from "./history.ts";
import { reportOf } from "./report.ts";

/** A run without a plan yet has nothing to hide behind: its first status says so, with observedGeneration, so that kstatus does not take it for Current. */
export function statusOf(run: RunRecord, progress: Progress, now: Date): RepoRunStatus {
  const previous = run.status ?? {};
  const { record } = progress;
  const conditions = conditionsOf(run, progress, previous.conditions ?? [], now);
  const keptLinks = linksOf(progress, previous);
  const ended = progress.failure !== undefined || progress.allWell;
  const url = urlOf(progress, keptLinks, ended);
  const handled = record && run.requestedAt !== undefined ? run.requestedAt : previous.lastHandledRequest;
  return {
    observedGeneration: run.generation,
    ...(handled === undefined ? {} : { lastHandledRequest: handled }),
    conditions,
    ...(maturityOf(progress) === undefined ? {} : { maturity: maturityOf(progress) }),
    ...(url === undefined ? {} : { url }),
    ...(record ? planOf(run, record) : {}),
    ...(record ? { services: [...progress.services.values()].map((service) => serviceOf(service, record)) } : {}),
    ...(progress.databases.length > 0 ? { databases: progress.databases } : {}),
    ...(keptLinks.length > 0 ? { links: keptLinks } : {}),
    ...fixesOf(progress),
    ...modelOf(progress, previous),
    ...(progress.needs.length > 0 ? { needs: progress.needs } : {}),
    ...(progress.failure ? { failure: failureOf(progress.failure) } : {}),
    ...(progress.warnings.length > 0 ? { warnings: progress.warnings.slice(0, 8) } : {}),
    ...(ended && record
      ? {
          history: nextHistory(previous.history ?? [], record, progress, {
            now,
            releases: run.spec.retention?.releases,
          }),
        }
      : previous.history
        ? { history: previous.history }
        : {}),
    ...(ended && record ? { report: reportOf(run, record, progress, keptLinks) } : {}),
  };
}

function modelOf({ model }: Progress, previous: RepoRunStatus): Pick<RepoRunStatus, "model"> {
  const use = model ?? previous.model;
  return use === undefined ? {} : { model: use };
}

/** A rung between two writes would cost a write of its own: while a stage is under way, status names the last stage that ended; Events name each rung. */
function maturityOf(progress: Progress): string | undefined {
  if (progress.failure !== undefined || progress.allWell) return progress.maturity;
  if (!progress.record) return undefined;
  return progress.stage === "None" || progress.stage === "Planned" ? "Planned" : "Built";
}

function planOf(run: RunRecord, record: PlanRecord): Pick<RepoRunStatus, "source" | "plan"> {
  return {
    source: { commit: record.commit, revision: record.commitName },
    plan: {
      revision: record.revision,
      digest: planDigest(record).slice(0, 19),
      summary: record.plan.summary,
      configMap: planName(run, record.revision),
    },
  };
}

function serviceOf(service: ServiceProgress, record: PlanRecord): NonNullable<RepoRunStatus["services"]>[number] {
  const planned = record.plan.services.find((each) => each.name === service.name);
  const runtime = planned?.runtime;
  return {
    name: service.name,
    kind: service.kind,
    ...(runtime ? { runtime: `${runtime.name} ${runtime.version}` } : {}),
    ...(service.image ? { image: service.image.digest } : {}),
    ...(service.port === undefined ? {} : { port: service.port }),
    ...(service.portFrom === undefined ? {} : { portFrom: service.portFrom }),
    maturity:
      service.image && service.maturity === "Planned"
        ? "Built"
        : service.maturity === "Planned" || service.evidence !== undefined
          ? service.maturity
          : "Built",
    ...(service.restarts === undefined || service.restarts === 0 ? {} : { restarts: service.restarts }),
  };
}

/** The link that stands for the run: until it has ended only its first service's own, so that another's is not taken for it. */
function urlOf(progress: Progress, links: NonNullable<RepoRunStatus["links"]>, ended: boolean): string | undefined {
  const first = progress.record?.plan.services.find(({ kind, inner }) => kind === "Web" && inner !== true);
  const [link] = links;
  return ended || first === undefined || link?.service === first.name ? link?.url : undefined;
}

/** The links that were seen to answer; those of a service that has not been asked yet in this pass stay while something serves. */
function linksOf(progress: Progress, previous: RepoRunStatus): NonNullable<RepoRunStatus["links"]> {
  const before = progress.serves === undefined ? [] : (previous.links ?? []);
  if (progress.services.size === 0) return before;
  return [...progress.services.values()].flatMap(({ name, links }) =>
    links.length > 0 ? links.map(({ ms: _ms, ...link }) => link) : before.filter(({ service }) => service === name),
  );
}

function failureOf(failure: NonNullable<Progress["failure"]>): NonNullable<RepoRunStatus["failure"]> {
  const { lines: _lines, exitCode: _exitCode, observed: _observed, ...rest } = failure;
  return rest;
}

function conditionsOf(run: RunRecord, progress: Progress, previous: readonly Condition[], now: Date): Condition[] {
  const wanted: { type: string; status: "True" | "False" | "Unknown"; reason: string; message: string }[] = [
    readyOf(progress, previous),
  ];
  const serving = servingOf(progress);
  if (serving) wanted.push(serving);
  const stalled = isStalled(progress);
  if (!stalled && (progress.pending !== undefined || progress.failure !== undefined)) {
    wanted.push({ type: "Reconciling", status: "True", reason: progress.pending?.reason ?? "Retrying", message: "" });
  }
  if (stalled)
    wanted.push({ type: "Stalled", status: "True", reason: progress.failure?.reason ?? "Stalled", message: "" });
  const stages = ["None", "Planned", "ImagesReady", "Released", "Healthy"] as const;
  const reached = progress.allWell ? stages.length - 1 : stages.indexOf(progress.stage);
  for (const [index, type] of (["SourceReady", "Planned", "ImagesReady", "Released", "Healthy"] as const).entries()) {
    if (reached >= Math.max(1, index)) wanted.push({ type, status: "True", reason: "Done", message: "" });
    else {
      if (progress.failure) wanted.push({ type, status: "False", reason: progress.failure.reason, message: "" });
      break;
    }
  }
  return wanted.map((each) => stamped(each, run.generation, previous, now));
}

/** The time of a condition moves only with its status (the API conventions' rule), and when a run that was queued gets its turn: its time limit starts then. */
function stamped(
  condition: { type: string; status: "True" | "False" | "Unknown"; reason: string; message: string },
  generation: number,
  previous: readonly Condition[],
  now: Date,
): Condition {
  const before = previous.find((each) => each.type === condition.type);
  const gotTurn = before?.reason === "Queued" && condition.reason !== "Queued" && condition.type === "Reconciling";
  const lastTransitionTime =
    before?.status === condition.status && !gotTurn ? before.lastTransitionTime : `${now.toISOString().slice(0, 19)}Z`;
  return {
    ...condition,
    message: condition.message.slice(0, 1024),
    lastTransitionTime,
    observedGeneration: generation,
  };
}

function readyOf(
  progress: Progress,
  previous: readonly Condition[],
): { type: "Ready"; status: "True" | "False" | "Unknown"; reason: string; message: string } {
  const before = previous.find((each) => each.type === "Ready");
  const { failure, pending, record } = progress;
  if (failure) {
    const serves = progress.serves === undefined ? "" : `; ${progress.serves} serves on`;
    const at = serves === "" || !record ? "" : `${record.commitName}: `;
    const service =
      failure.service === undefined || failure.message.startsWith(failure.service) ? "" : `${failure.service}: `;
    return {
      type: "Ready",
      status: "False",
      reason: failure.reason,
      message: `${at}${service}${failure.message}${serves}`,
    };
  }
  if (progress.allWell) {
    const said = [...progress.services.values()]
      .map((service) => `${service.name}: ${service.evidence ?? service.maturity}`)
      .join("; ");
    const kinds = new Set([...progress.services.values()].map((service) => service.maturity));
    const reason = kinds.has("Verified")
      ? "Verified"
      : kinds.has("Running")
        ? "Running"
        : kinds.has("Completed")
          ? "Completed"
          : "Scheduled";
    return { type: "Ready", status: "True", reason, message: said };
  }
  if (progress.halted !== undefined && pending === undefined) {
    if (progress.halted === "Suspended" && before?.status === "True")
      return { type: "Ready", status: "True", reason: before.reason, message: before.message };
    return {
      type: "Ready",
      status: "False",
      reason: progress.halted,
      message:
        progress.halted === "Stopped"
          ? "spec.state is Stopped: no pods, data kept"
          : "spec.suspend is true: no work is started",
    };
  }
  // The wanted commit is on its way: what answered goes on answering, and Ready says so until the new one has ended.
  if (before?.status === "True" && progress.serves !== undefined)
    return { type: "Ready", status: "True", reason: before.reason, message: before.message };
  return {
    type: "Ready",
    status: "Unknown",
    reason: pending?.reason ?? "Progressing",
    message: pending?.message ?? "",
  };
}

function servingOf(
  progress: Progress,
): { type: "Serving"; status: "True" | "False"; reason: string; message: string } | undefined {
  const jobsOnly = [...progress.services.values()].every((service) => service.kind === "Job");
  if (progress.services.size > 0 && jobsOnly) return undefined;
  if (progress.allWell) return { type: "Serving", status: "True", reason: "WantedRelease", message: "" };
  if (progress.serves !== undefined)
    return { type: "Serving", status: "True", reason: "PreviousRelease", message: progress.serves };
  if (progress.failure || progress.halted)
    return { type: "Serving", status: "False", reason: "NoRelease", message: "no release answers" };
  return undefined;
}

/** Nothing more happens by itself: the run has ended until somebody changes the spec, the repository or a Secret. */
export function isStalled(progress: Progress): boolean {
  return progress.failure !== undefined && progress.failure.blame !== "Platform";
}
