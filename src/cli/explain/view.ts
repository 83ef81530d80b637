import { originOf } from "../../agents/fixer/rule.ts";
import { ruleOf } from "../../agents/fixer/rules.ts";
import type { CheckSeen, PlanRecordSeen } from "../cluster/plan-seen.ts";
import type { RunSeen } from "../cluster/run-seen.ts";
import { self } from "../command.ts";
import { takesFrom, takesText } from "../plan/foreseen.ts";
import { origin } from "../plan/view.ts";
import type { Plan, Service } from "../../plan.ts";
import { clean, table } from "../text.ts";

/** Why it did what it did: each decision with its reason, then what was mended. */
export function renderExplain(run: RunSeen, record: PlanRecordSeen, checks: readonly CheckSeen[] = []): string[] {
  const { fixes, attempts } = record;
  const draft = record.draft ?? record.revision - fixes.length;
  const mended =
    fixes.length === 0 && attempts.length === 0
      ? ""
      : ` (plan ${String(draft)} drafted, ${String(attempts.length || fixes.length)} tried, ${String(fixes.length)} in it)`;
  const out = [
    `${run.metadata.name} · ${clean(record.commitName, 100)} · plan ${String(record.revision)}${mended}`,
    "",
  ];
  for (const service of record.plan.services) out.push(...renderService(run, service, record.plan));
  for (const database of record.plan.databases)
    out.push(
      clean(database.name, 40),
      ...table([["  version   ", clean(database.version, 20), clean(database.why, 160)]]),
    );
  if (checks.length > 0) out.push("checked in the image", ...table(checks.map(checkRow)));
  if (fixes.length + attempts.length > 0) out.push("mended", ...renderFixes(run, record));
  out.push("", "Change any of it: spec.services[name=SERVICE].FIELD   (kubectl explain rr.spec.services)");
  return out;
}

function checkRow({ service, revision, text }: CheckSeen): string[] {
  return [`  ${clean(service, 40)}`, clean(text, 200), `plan ${String(revision)}`];
}

/** The decisions of one service, `about` first, in the order in which a person asks. */
const order = [
  "language",
  "runtime",
  "manager",
  "framework",
  "dockerfile",
  "install",
  "build",
  "start",
  "port",
  "probe",
  "packages",
];

function renderService(run: RunSeen, service: Service, plan: Plan): string[] {
  const rows = factsOf(run, service);
  const known = new Set(order);
  const others = service.why
    .filter((reason) => !known.has(reason.about) && !reason.about.startsWith("env:"))
    .map((reason) => [reason.about, reason.value, withWhere(reason.because, reason.where), ""]);
  const env = service.env
    .filter((variable) => variable.source !== "Port")
    .map((variable) => `${variable.name} ${origin(variable)}`);
  const takes = takesText(plan, service.name);
  const estimate = takes === undefined ? [] : [["takes", takes, takesFrom(plan, service.name), ""]];
  const all = [...rows, ...others, ...estimate].map((row) => [
    `  ${row[0] ?? ""}`,
    ...row.slice(1).map((cell) => clean(cell, 120)),
  ]);
  return [
    clean(service.name, 40),
    ...table(all, 3, 44),
    ...(env.length === 0 ? [] : [`  env         ${clean(env.join(" · "), 600)}`]),
  ];
}

function factsOf(run: RunSeen, service: Service): string[][] {
  const seen = run.status.services.find((each) => each.name === service.name);
  const { recipe, runtime, manager, port, probe } = service;
  const link = run.status.links.find((each) => each.service === service.name);
  const values: Readonly<Record<string, string | null | undefined>> = {
    language: service.language,
    runtime: runtime?.version,
    manager: manager?.name,
    framework: service.framework,
    dockerfile: recipe.dockerfile,
    install: recipe.dockerfile === undefined ? (recipe.install ?? "–") : undefined,
    build: recipe.dockerfile === undefined ? (recipe.build ?? "–") : undefined,
    start: service.start ?? "–",
    port: seen?.port === undefined ? (port.number === undefined ? undefined : String(port.number)) : String(seen.port),
    probe: service.kind === "Web" ? (probe.path === undefined ? "any answer" : `GET ${probe.path}`) : undefined,
    packages: [...new Set([...recipe.buildPackages, ...recipe.runPackages])].join(" ") || undefined,
  };
  const asides: Readonly<Record<string, string>> = {
    language: service.sure.toLowerCase(),
    runtime: "",
    start:
      service.otherStarts.length === 0
        ? ""
        : `also found: ${service.otherStarts.map((other) => other.line).join("; ")}`,
    port: seen?.portFrom === "Observed" ? "looked at while it ran" : "",
    probe: link?.status === undefined ? "" : `answered ${String(link.status)}`,
  };
  return order.flatMap((about) => {
    const value = values[about];
    if (value === undefined || value === null) return [];
    return [[about.padEnd(9), value, reasonOf(service, about), asides[about] ?? ""]];
  });
}

function reasonOf(service: Service, about: string): string {
  const reason = service.why.find((each) => each.about === about);
  if (reason) return withWhere(reason.because, reason.where);
  if (about === "runtime") return service.runtime?.from ?? "";
  if (about === "manager") return service.manager?.lockFile ?? "";
  if (about === "port") return service.port.where ?? service.port.from.toLowerCase();
  if (about === "probe") return service.probe.where ?? "";
  return "";
}

function withWhere(because: string, where: string | undefined): string {
  return where === undefined || because.includes(where) ? because : `${because} (${where})`;
}

/** What this plan keeps of earlier drafts, then everything that was tried since, with what came of it and where the knowledge is from. */
function renderFixes(run: RunSeen, record: PlanRecordSeen): string[] {
  const outcomeOf = (revision: number): string =>
    run.status.fixes.find((each) => each.revision === revision)?.outcome ?? "not known";
  const tried = new Set(record.attempts.map(({ fix }) => fix?.at));
  const kept = record.fixes.filter(({ at }) => !tried.has(at));
  const first = (record.draft ?? record.revision) - kept.length;
  return [
    ...kept.flatMap((fix, index) => renderFix(fix, first + index + 1, outcomeOf(first + index + 1))),
    ...record.attempts.flatMap(({ how, revision, to, saw, fix }) => {
      if (fix) return renderFix(fix, revision, outcomeOf(revision));
      const what =
        how === "RollBack" ? `back to plan ${String(to)}, which came furthest` : "begun anew with the second-best plan";
      return [
        `  plan ${String(revision)}      ${clean(saw.reason, 60)} again. ${what}`,
        `              ${outcomeOf(revision)}`,
      ];
    }),
  ];
}

function renderFix(fix: PlanRecordSeen["fixes"][number], revision: number, outcome: string): string[] {
  const rule = ruleOf(fix.rule);
  const origin = rule === undefined ? "" : ` (${originOf(rule)})`;
  return [
    `  plan ${String(revision)}      ${clean(fix.signature, 60)}, layer ${fix.layer.toLowerCase()}. ${clean(fix.summary, 256)}`,
    `              by ${fix.by.toLowerCase()} ${clean(fix.rule, 80)}${clean(origin, 160)} · ${outcome}`,
  ];
}

/** One thing with its whole trail: `web.port`. Undefined where nothing is known of it. */
export function renderTrail(run: RunSeen, record: PlanRecordSeen, what: string): string[] | undefined {
  const [serviceName = "", ...rest] = what.split(".");
  const about = rest.join(".");
  const service = record.plan.services.find((each) => each.name === serviceName);
  if (!service) return undefined;
  if (about === "") return renderService(run, service, record.plan);
  const fact = factsOf(run, service).find((row) => row[0]?.trim() === about);
  const variable = service.env.find((each) => `env.${each.name}` === about || each.name === about);
  const reasons = service.why.filter((reason) => reason.about === about || reason.about === about.replace(".", ":"));
  const fixes = record.fixes.filter((fix) => fix.service === serviceName);
  if (!fact && !variable && reasons.length === 0) return undefined;
  const out = [
    `${serviceName}.${about}${fact ? `   ${clean(fact[1] ?? "", 200)}` : ""}${variable ? `   ${origin(variable)}` : ""}`,
  ];
  if (fact?.[2]) out.push(`  decided   ${clean(fact[2], 300)}`);
  if (fact?.[3]) out.push(`  seen      ${clean(fact[3], 300)}`);
  for (const reason of reasons)
    out.push(`  because   ${clean(reason.value, 120)}: ${clean(withWhere(reason.because, reason.where), 400)}`);
  for (const fix of fixes) out.push(`  mended    ${clean(fix.summary, 256)} (${clean(fix.rule, 80)})`);
  out.push(
    `  change    spec.services[name=${serviceName}].${about}; ${self} explain ${run.metadata.name} for the rest`,
  );
  return out;
}
