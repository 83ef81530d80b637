import type { PlanRecordSeen } from "../cluster/plan-seen.ts";
import type { LinkSeen, RunSeen } from "../cluster/run-seen.ts";
import { self } from "../command.ts";
import { clean, duration, table } from "../text.ts";

/** What a run that is well is reported from. */
export interface ReportView {
  readonly run: RunSeen;
  readonly record: PlanRecordSeen | undefined;
  /** From apply to now, as far as it was seen. */
  readonly seconds: number | undefined;
  /** Whether this machine reaches the first link; undefined: not tried. */
  readonly reached: boolean | undefined;
}

/** The report of a run that is well: link, what, mended, took, needs. */
export function renderReport(view: ReportView): string[] {
  const { run, seconds } = view;
  const { links, needs } = run.status;
  const out = [`${run.metadata.name} ${run.status.maturity === "Completed" ? "has completed" : "runs"}.`, ""];
  if (links.length > 0) out.push(...renderLinks(view));
  if (links.length === 0 && run.status.maturity === "Completed") out.push(part("result", readyMessage(run)));
  out.push(...renderWhat(view));
  out.push(part("mended", mended(run)));
  if (seconds !== undefined) out.push(part("took", duration(seconds)));
  out.push(
    part("needs", needs.length === 0 ? "nothing from you" : needs.map((need) => clean(need.name, 64)).join(", ")),
  );
  for (const warning of run.status.warnings) out.push(`  ! ${clean(warning, 256)}`);
  return out;
}

/** The answer where no terminal reads it: one line. */
export function renderAnswer(run: RunSeen): string {
  const { name } = run.metadata;
  if (run.status.url !== undefined) return `${name} runs: ${run.status.url}`;
  return `${name} ${run.status.maturity === "Completed" ? "has completed" : "runs"}: ${readyMessage(run)}`;
}

function renderLinks({ run, reached }: ReportView): string[] {
  const first = run.status.links[0];
  const many = run.status.services.length > 1;
  const rows = run.status.links.map((link, index) => {
    const evidence = [many ? link.service : undefined, evidenceOf(link)]
      .filter((word) => word !== undefined && word !== "")
      .join(" · ");
    const far = index === 0 && reached === false ? " inside the cluster; this machine does not reach that address" : "";
    return [clean(link.url, 200), `${evidence}${far}`];
  });
  if (reached === false && first) {
    rows.push([`${self} open ${run.metadata.name}`, `forwards http://127.0.0.1:${portOf(first.url)}/ until Ctrl-C`]);
  }
  return table(rows, 10).map((line, index) => part(index === 0 ? "link" : "", line));
}

function evidenceOf(link: LinkSeen): string {
  const title = link.title === undefined || link.title === "" ? "" : ` "${clean(link.title, 60)}"`;
  return link.status === undefined ? "" : `${String(link.status)}${title}`;
}

function portOf(url: string): string {
  const port = URL.parse(url)?.port;
  return port === undefined || port === "" ? "PORT" : port;
}

function renderWhat({ run, record }: ReportView): string[] {
  const rows = run.status.services.map((service) => {
    const planned = record?.plan.services.find((each) => each.name === service.name);
    const runtime = service.runtime ?? planned?.language ?? service.kind ?? "";
    const framework = planned?.framework ? ` (${planned.framework})` : "";
    const port =
      service.port === undefined
        ? ""
        : `, port ${String(service.port)}${service.portFrom === "Observed" ? " (seen)" : ""}`;
    const kind = service.kind === undefined || service.kind === "Web" ? "" : `, ${service.kind.toLowerCase()}`;
    return [clean(service.name, 40), `${clean(runtime, 60)}${framework}${port}${kind}`];
  });
  for (const database of run.status.databases) {
    const secret = database.secret === undefined ? "" : `, connection in Secret ${clean(database.secret, 80)}`;
    rows.push([clean(database.name, 40), `${clean(database.version ?? "", 20)}, made for it${secret}`]);
  }
  return table(rows, 2).map((line, index) => part(index === 0 ? "what" : "", line));
}

function mended(run: RunSeen): string {
  const good = run.status.fixes.filter((fix) => fix.outcome !== "NoEffect");
  if (good.length === 0) return "nothing";
  return `${String(good.length)}: ${good.map((fix) => clean(fix.summary ?? fix.signature, 160)).join("; ")}`;
}

function readyMessage(run: RunSeen): string {
  return clean(run.status.conditions.find((each) => each.type === "Ready")?.message ?? "", 300);
}

function part(label: string, text: string): string {
  return `  ${label.padEnd(10)}${text}`.trimEnd();
}
