import type { Pass } from "../agents/pass.ts";
import { type Maturity, maturities, rank } from "../maturity.ts";
import type { RepoRunStatus } from "../repo-run.ts";
import type { Progress } from "./progress.ts";

interface Told {
  record: string;
  revision: number;
  rungs: Map<string, Maturity>;
  end: string;
}

/**
 * Tells the story as Events: one for each rung and each end, never twice. What was told is remembered in memory alone: after a restart a rung may be
 * told again, which the event's own folding swallows.
 */
export class Story {
  readonly #told = new Map<string, Told>();

  forget(uid: string): void {
    this.#told.delete(uid);
  }

  tell(pass: Pass, progress: Progress | undefined, status: RepoRunStatus | undefined): void {
    const told = this.#told.get(pass.run.uid) ?? {
      record: "",
      revision: 0,
      rungs: new Map<string, Maturity>(),
      end: endOf(pass.run.status),
    };
    this.#told.set(pass.run.uid, told);
    if (progress) this.#rungs(pass, progress, told);
    if (status) this.#end(pass, status, told);
    if (this.#told.size > 2048) {
      const oldest = this.#told.keys().next();
      if (!oldest.done) this.#told.delete(oldest.value);
    }
  }

  #rungs(pass: Pass, progress: Progress, told: Told): void {
    const { record } = progress;
    if (!record) return;
    const draft = `${record.draft}/${record.commit}`;
    if (told.revision !== record.revision) {
      told.revision = record.revision;
      told.rungs.clear();
    }
    if (told.record !== draft) {
      told.record = draft;
      const subject = record.subject === "" ? "" : ` "${record.subject.slice(0, 80)}"`;
      pass.events.emit({ type: "Normal", reason: "SourceResolved", message: `${record.commitName}${subject}` });
      pass.events.emit({
        type: "Normal",
        reason: "Planned",
        message: `${record.plan.summary}; why: repo-runner explain ${pass.run.name}`,
      });
      for (const need of progress.needs) {
        pass.events.emit({
          type: "Warning",
          reason: "NeedsSecret",
          message: `${need.service ?? "it"} needs ${need.name} (Secret ${pass.run.name}-env)${need.why === undefined ? "" : `: ${need.why}`}`,
        });
      }
    }
    for (const service of progress.services.values()) {
      const before = told.rungs.get(service.name);
      // Each pass climbs from the bottom; only what is higher than ever before is news.
      if (rank(service.maturity) <= Math.max(rank(before), rank("Planned"))) continue;
      told.rungs.set(service.name, service.maturity);
      for (const rung of passed(before, service.maturity))
        pass.events.emit({ type: "Normal", reason: rung, message: sayRung(rung, service) });
    }
  }

  #end(pass: Pass, status: RepoRunStatus, told: Told): void {
    const end = endOf(status);
    if (end === told.end) return;
    const before = told.end;
    told.end = end;
    const ready = status.conditions?.find((condition) => condition.type === "Ready");
    if (!ready || ready.status === "Unknown") return;
    if (ready.status === "False")
      pass.events.emit({ type: "Warning", reason: ready.reason, message: ready.message.slice(0, 900) });
    else if (before.startsWith("False/Degraded"))
      pass.events.emit({ type: "Normal", reason: "Recovered", message: ready.message.slice(0, 900) });
  }
}

function endOf(status: RepoRunStatus | undefined): string {
  const ready = status?.conditions?.find((condition) => condition.type === "Ready");
  return ready ? `${ready.status}/${ready.reason}` : "";
}

/** The rungs from one height to another, so that a quick climb is told whole. */
function passed(before: Maturity | undefined, now: Maturity): readonly Maturity[] {
  if (now === "Completed" || now === "Running" || now === "Scheduled") return [now];
  const from = before === undefined ? rank("Planned") : rank(before);
  return maturities.slice(from + 1, rank(now) + 1);
}

function sayRung(
  rung: Maturity,
  service: {
    name: string;
    image?: { bytes: number; seconds: number; digest: string };
    port?: number;
    links: readonly { url: string }[];
    evidence?: string;
  },
): string {
  switch (rung) {
    case "Built":
      return service.image
        ? `${service.name}: ${Math.round(service.image.bytes / 1e6)} MB in ${Math.round(service.image.seconds)} s, ${service.image.digest.slice(0, 15)}`
        : `${service.name}: built`;
    case "Listening":
      return `${service.name} listens on port ${service.port ?? "?"}`;
    case "Verified":
      return `${service.links[0]?.url ?? service.name} answers ${service.evidence ?? ""}`;
    case "Completed":
    case "Running":
    case "Scheduled":
      return `${service.name}: ${service.evidence ?? rung}`;
    case "Cloned":
    case "Detected":
    case "Planned":
    case "Started":
    case "Healthy":
    case "Reachable":
      return `${service.name}: ${rung.toLowerCase()}`;
  }
}
