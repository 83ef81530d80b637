import type { Failure } from "../../failure.ts";
import type { Plan, Reason, Service, Variable } from "../../plan.ts";
import { self } from "../command.ts";
import { clean, duration } from "../text.ts";
import type { PlanAnswer } from "./document.ts";
import { foreseenLines, takesFrom, takesText } from "./foreseen.ts";

const nameWidth = 13;
const valueWidth = 26;

/** The first line: name, commit, what it cost. */
export function renderPlanHead(answer: PlanAnswer): string {
  const { source, seconds, failure } = answer;
  const subject = source?.subject && !failure ? ` "${clean(source.subject, 60)}"` : "";
  const commit = source?.revision ? ` · ${clean(source.revision, 100)}${subject}` : "";
  if (failure) return `${clean(answer.name, 60)}${commit} · ${failure.reason}: ${clean(failure.message, 300)}`;
  const clone = seconds.clone === null ? "" : `clone ${duration(seconds.clone)}, `;
  return `${clean(answer.name, 60)}${commit} · ${clone}plan ${exact(seconds.plan)}, ${String(answer.filesRead)} files read`;
}

/** What was found and why, as a person reads it. */
export function renderPlan(answer: PlanAnswer): string[] {
  const out = [renderPlanHead(answer), ""];
  if (answer.failure) return [...out, ...renderNothing(answer.failure)];
  const { plan } = answer;
  if (!plan) return out;
  for (const service of plan.services) out.push(...renderService(service), ...renderTakes(plan, service.name));
  for (const database of plan.databases)
    out.push(`  ${pad(database.name, nameWidth)}${pad(database.version, valueWidth)}${clean(database.why, 160)}`);
  out.push("", ...renderEnvironment(plan), ...renderVersions(plan));
  out.push(...foreseenLines(plan));
  for (const warning of plan.warnings) out.push(`  ! ${clean(warning, 256)}`);
  out.push(
    "",
    ...renderNeeds(plan),
    "More: --dockerfile   --why   -o json   --write (repo-runner.yaml: the plan in the words of a spec)",
  );
  return collapse(out);
}

function renderService(service: Service): string[] {
  const runtime = service.runtime ? `${service.runtime.name} ${service.runtime.version}` : service.language;
  const head = [
    runtime,
    service.framework,
    service.manager?.name,
    service.kind === "Web" ? undefined : service.kind.toLowerCase(),
  ];
  const place = service.path === "." ? "" : `   in ${clean(service.path, 120)}`;
  const { recipe, port, probe } = service;
  const own =
    recipe.dockerfile === undefined
      ? []
      : [row("dockerfile", recipe.dockerfile, because(service, "dockerfile") ?? "the repository's own")];
  const made =
    recipe.dockerfile !== undefined
      ? []
      : [
          row("install", recipe.install ?? "–", because(service, "install") ?? ""),
          row(
            "build",
            recipe.build ?? "–",
            because(service, "build") ?? (recipe.build === null ? "no build script" : ""),
          ),
        ];
  const packages = [...new Set([...recipe.buildPackages, ...recipe.runPackages])];
  return [
    `  ${pad(service.name, nameWidth)}${head
      .filter((part) => part !== undefined && part !== null)
      .map((part) => clean(part, 60))
      .join(" · ")}${place}`,
    ...own,
    ...made,
    row(
      "start",
      service.start ?? "–",
      because(service, "start") ?? (service.start === null ? "the image's own command" : ""),
    ),
    ...(service.schedule === undefined ? [] : [row("schedule", service.schedule, because(service, "schedule") ?? "")]),
    ...(service.kind === "Web"
      ? [
          row(
            "port",
            portText(port),
            [because(service, "port") ?? port.where ?? port.from.toLowerCase(), "(looked at once it runs)"].join("   "),
          ),
          row(
            "probe",
            probe.path === undefined ? "any answer" : `GET ${probe.path}`,
            because(service, "probe") ?? probe.where ?? "",
          ),
        ]
      : []),
    ...(packages.length === 0
      ? []
      : [row("packages", packages.slice(0, 6).join(" "), because(service, "packages") ?? "")]),
  ];
}

function renderTakes(plan: Plan, name: string): string[] {
  const text = takesText(plan, name);
  return text === undefined
    ? []
    : [`    ${pad("takes", nameWidth - 2)}${text}   ${clean(takesFrom(plan, name), 160)}`.trimEnd()];
}

function portText(port: Service["port"]): string {
  if (port.number === undefined) return "not known yet";
  return `${String(port.number)}, ${port.from === "Spec" || port.from === "Observed" ? "told" : "likely"}`;
}

function row(label: string, value: string, why: string): string {
  return `    ${pad(label, nameWidth - 2)}${pad(value, valueWidth)}${clean(why, 160)}`.trimEnd();
}

/** The sentence of the plan's own reasons about one thing. */
function because(service: Service, about: string): string | undefined {
  const reason = service.why.find((each) => each.about === about);
  if (!reason) return undefined;
  return reason.where === undefined || reason.because.includes(reason.where)
    ? reason.because
    : `${reason.where}  ${reason.because}`;
}

function renderEnvironment(plan: Plan): string[] {
  const seen = new Set<string>();
  const rows: string[] = [];
  for (const service of plan.services) {
    for (const variable of service.env) {
      if (variable.source === "Port" || seen.has(variable.name)) continue;
      seen.add(variable.name);
      const label = rows.length === 0 ? "environment" : "";
      rows.push(`  ${pad(label, nameWidth)}${pad(variable.name, valueWidth)}${origin(variable)}`.trimEnd());
    }
  }
  return rows;
}

/** Where a variable's value comes from, in a few words; never the value of a secret. */
export function origin(variable: Variable): string {
  const where = variable.where === undefined ? "" : ` (${clean(variable.where, 80)})`;
  switch (variable.source) {
    case "Literal":
      return `"${clean(variable.value ?? "", 60)}"${where}`;
    case "Generated":
      return "generated";
    case "Secret":
      return `from Secret ${clean(variable.secret?.name ?? "", 60)}`;
    case "Needed":
      return `needed from you${where}${variable.why === undefined ? "" : `   ${clean(variable.why, 100)}`}`;
    case "Optional":
      return `optional${variable.value === undefined ? "" : `, "${clean(variable.value, 60)}"`}${where}`;
    case "Port":
      return "the port that was chosen";
    case "Database":
      return `from ${clean(variable.of ?? "a database", 40)}${where}`;
    case "Service":
      return `address of ${clean(variable.of ?? "a service", 40)}${where}`;
  }
}

function renderVersions(plan: Plan): string[] {
  const rows = new Map<string, string>();
  for (const { runtime } of plan.services) {
    if (runtime) rows.set(`${runtime.name} ${runtime.version}`, runtime.from);
  }
  return [...rows].map(
    ([runtime, from], index) =>
      `  ${pad(index === 0 ? "version" : "", nameWidth)}${pad(runtime, valueWidth)}${clean(from, 160)}`,
  );
}

function renderNeeds(plan: Plan): string[] {
  if (plan.needs.length === 0) return ["Nothing is needed from you."];
  const rows = plan.needs.map((need) =>
    `  ${pad(need.name, nameWidth + valueWidth)}${clean(need.why ?? "", 160)}`.trimEnd(),
  );
  return ["Needed from you, before it starts:", ...rows];
}

function renderNothing(failure: Failure): string[] {
  const out: string[] = [];
  for (const [index, line] of (failure.lines ?? []).entries())
    out.push(`  ${pad(index === 0 ? "looked for" : "", nameWidth)}${clean(line, 200)}`);
  if (failure.where !== undefined) out.push(`  ${pad("where", nameWidth)}${clean(failure.where, 200)}`);
  out.push(`  ${pad("next", nameWidth)}${clean(failure.hint ?? `${self} plan URL --path FOLDER`, 300)}`);
  return out;
}

/** Every decision with its reason, for `--why`. */
export function renderWhy(plan: Plan): string[] {
  return plan.services.flatMap((service) => [
    `${clean(service.name, 40)} (${service.sure.toLowerCase()})`,
    ...service.why.map((reason) => whyRow(reason)),
    "",
  ]);
}

function whyRow(reason: Reason): string {
  return `  ${pad(reason.about, 16)}${pad(reason.value, valueWidth)}${clean(reason.because, 256)}${reason.where === undefined ? "" : `   ${clean(reason.where, 120)}`}`.trimEnd();
}

function pad(text: string, width: number): string {
  const shown = clean(text, 120);
  return shown.length < width ? shown.padEnd(width) : `${shown}  `;
}

function exact(seconds: number): string {
  return seconds < 0.095 ? `${seconds.toFixed(2)} s` : duration(seconds);
}

function collapse(lines: readonly string[]): string[] {
  return lines.filter((line, index) => line !== "" || lines[index - 1] !== "");
}
