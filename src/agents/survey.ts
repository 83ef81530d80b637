import type { Failure } from "../failure.ts";
import { done, failed, type Outcome } from "../outcome.ts";
import { type Database, Plan, type Need, type Service } from "../plan.ts";
import type { RepoRunSpec, ServiceWish } from "../repo-run.ts";
import type { AgentContext } from "./agent.ts";
import { withStandIns } from "./config/build-stand-ins.ts";
import { ConfigAgent } from "./config/config-agent.ts";
import { planDatabases } from "./database/planning/plan-databases.ts";
import { DependencyAgent } from "./dependency/dependency-agent.ts";
import { joined } from "./detection/app-roots.ts";
import { withCalledRuntimes } from "./detection/called/called-runtimes.ts";
import { withCandidates } from "./detection/candidates/candidates.ts";
import { type Declared, readDeclared, withHostWish } from "./detection/declared/declared.ts";
import { linkServices } from "./detection/apps/linking.ts";
import { withProcesses } from "./detection/apps/processes.ts";
import { DetectionAgent, wishesFor } from "./detection/detection-agent.ts";
import { languages } from "./detection/languages.ts";
import type { HostedVariable } from "./detection/hosts/hosted.ts";
import { withHosted } from "./detection/hosts/with-hosted.ts";
import type { Platform } from "./detection/language.ts";
import { foundByNoName, overlay, withNewServices } from "./detection/overlay.ts";
import type { SourceTree } from "./detection/source-tree.ts";
import { isServedFiles } from "./detection/static/caddy.ts";
import { withWorkers } from "./detection/workers/workers.ts";
import { findLikelyPort } from "./ports/likely-port.ts";
import { PredictiveAnalysis, predicts } from "./prediction/predictive-analysis.ts";
import { withOthers } from "./requirements/other-lines.ts";
import { RequirementsAgent } from "./requirements/requirements-agent.ts";

export interface SurveyRequest {
  readonly spec: RepoRunSpec;
  readonly platform: Platform;
  /** Of the run. */
  readonly name: string;
  /** Whether what is known to fail is mended in the draft; `Auto`, where nobody says. */
  readonly prediction?: "Auto" | "Off";
  /** Names of languages that are not asked. */
  readonly without?: readonly string[];
}

interface Drafted {
  readonly service: Service;
  readonly needs: readonly Need[];
  readonly warnings: readonly string[];
}

const quiet: AgentContext = { signal: new AbortController().signal, log: () => undefined };

/** The whole survey in its order: what it is, what it needs below, how it is installed, what it reads, where it listens; a person's word last. */
export async function draftPlan(
  tree: SourceTree,
  request: SurveyRequest,
  context: AgentContext = quiet,
): Promise<Outcome<Plan>> {
  const declared = await readDeclared(tree, request.spec);
  const { spec } = declared;
  const detected = await new DetectionAgent(
    languages.filter(({ name }) => request.without?.includes(name) !== true),
  ).run({ tree, spec, platform: withLines(request.platform), declared }, context);
  if (detected.state !== "done") return detected;
  const hosted = await withHosted(tree, await withProcesses(tree, detected.value.services), declared.hosted);
  const found = withNewServices(await withCandidates(tree, await withWorkers(tree, hosted.services)), spec);
  const wishes = wishesFor({ spec, platform: withLines(request.platform), declared }, undefined);
  const called = await withCalledRuntimes(tree, found, wishes, request.platform);
  const all = called.services;
  const unknown = foundByNoName(all, spec);
  if (unknown) return failed(unknown);
  const drafts: Drafted[] = [];
  for (const each of all) {
    const wish = wishFor(declared, each, all);
    if (wish?.enabled === false) continue;
    const variables = hosted.variables.get(each.name) ?? [];
    const draft = await draftService(tree, each, wish, { ...request, spec, declared, variables }, context);
    if (draft.state !== "done") return draft;
    drafts.push(draft.value);
  }
  if (drafts.length === 0) return failed(nothingEnabled(all));
  const linked = await linkServices(
    tree,
    drafts.map(({ service }) => service),
    request.name,
  );
  const wired = await planDatabases(tree, {
    services: linked.services,
    databases: [...detected.value.databases, ...hosted.databases.filter(isNew(detected.value.databases))],
    needs: drafts.flatMap(({ needs }) => needs),
    spec,
    platform: withLines(request.platform),
  });
  if (wired.state !== "done") return wired;
  const { databases } = wired.value;
  const services = wired.value.services.map(withStandIns);
  const warnings = new Set([
    ...declared.warnings,
    ...detected.value.warnings,
    ...hosted.warnings,
    ...called.warnings,
    ...drafts.flatMap((draft) => draft.warnings),
    ...linked.warnings,
    ...wired.value.warnings,
  ]);
  const plan = Plan.safeParse({
    version: 1,
    services,
    databases,
    needs: wired.value.needs.slice(0, 16),
    warnings: [...warnings].slice(0, 8),
    summary: summaryOf(services, databases),
  });
  if (plan.success) {
    if (!predicts(spec, request.prediction ?? "Auto")) return done(plan.data);
    return await new PredictiveAnalysis().run({ tree, plan: plan.data, spec, now: request.platform.now }, context);
  }
  const issues = plan.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  throw new Error(`a draft is no plan: ${issues.slice(0, 500)}`);
}

interface DraftRequest extends SurveyRequest {
  readonly declared: Declared;
  /** What files of other hosts say of this service's environment. */
  readonly variables: readonly HostedVariable[];
}

async function draftService(
  tree: SourceTree,
  found: Service,
  wish: ServiceWish | undefined,
  { spec, platform, declared, variables: hosted }: DraftRequest,
  context: AgentContext,
): Promise<Outcome<Drafted>> {
  const said = (field: string): string => declared.saidBy(wish?.name ?? found.name, field);
  const required = await new RequirementsAgent().run(
    { service: found, wish, platform, saidBy: said("packages") },
    context,
  );
  if (required.state !== "done") return required;
  const installed = await new DependencyAgent().run(
    { service: required.value, wish, saidBy: said("install") },
    context,
  );
  if (installed.state !== "done") return installed;
  const told = overlay(installed.value, wish, said);
  const config = await new ConfigAgent().run(
    { tree, service: told, spec, saidBy: (name) => said(`env:${name}`), hosted },
    context,
  );
  if (config.state !== "done") return config;
  const files = isServedFiles(told);
  // Served files run no code of the repository: what a build reads it can do without, and nothing of it listens.
  const variables = files
    ? config.value.variables.filter(({ source }) => source === "Literal" || source === "Secret")
    : config.value.variables;
  const likely = files ? undefined : await findLikelyPort(tree, told);
  const service: Service = {
    ...told,
    runtime: told.runtime && withOthers(told.runtime, withLines(platform)),
    env: [...variables],
    port: likely?.port ?? told.port,
    probe: likely?.probe ?? told.probe,
    why: [
      ...told.why,
      ...(likely?.why ?? []).filter(({ about }) => !told.why.some((known) => known.about === about)),
      ...(files ? [] : config.value.why),
    ].slice(0, 64),
  };
  return done({ service, needs: files ? [] : config.value.needs, warnings: likely?.warnings ?? [] });
}

/** A compose file knows better than another host's file which of its databases is meant. */
function isNew(known: readonly Database[]): (database: Database) => boolean {
  return ({ engine, name }) => known.every((each) => each.engine !== engine && each.name !== name);
}

/** The platform as languages see it: the lines that there are images of, `24` for `24-slim` and `24-bookworm`. */
function withLines(platform: Platform): Platform {
  const lines = Object.entries(platform.listed).map(([name, tags]) => {
    const numbers = tags.flatMap((tag) => /^(\d+(?:\.\d+)*)(?:-|$)/.exec(tag)?.[1] ?? []);
    return [name, [...new Set(numbers)]] as const;
  });
  return { ...platform, listed: Object.fromEntries(lines) };
}

/**
 * What was said of a service: by its name, and of what the root's one recipe makes by files of other hosts, where it is no Dockerfile's. How it is
 * started and asked is said of the first alone.
 */
function wishFor(declared: Declared, service: Service, all: readonly Service[]): ServiceWish | undefined {
  const { spec } = declared;
  const wish = spec.services?.find(({ name }) => name === service.name);
  const root = joined(".", spec.source.path ?? ".");
  const [first] = all;
  const lone = all.every(({ recipe, path }) => path === root && recipe === first?.recipe);
  return lone && service.recipe.dockerfile === undefined ? withHostWish(wish, declared, service === first) : wish;
}

function nothingEnabled(services: readonly Service[]): Failure {
  return {
    reason: "NotAService",
    message: `every service is switched off: ${services.map(({ name }) => name).join(", ")}`.slice(0, 1000),
    hint: "take enabled: false from one of spec.services",
    layer: "Source",
    blame: "Spec",
  };
}

/** `node 24 (express) + postgres 17`; with several services, each by its name. */
function summaryOf(services: readonly Service[], databases: readonly Database[]): string {
  const run = services.map(({ name, language, runtime, framework }) => {
    const what = runtime === null ? language : `${runtime.name} ${runtime.version}`;
    return `${services.length > 1 ? `${name}: ` : ""}${what}${framework === null ? "" : ` (${framework})`}`;
  });
  const kept = databases.map(({ name, version, bindTo }) => (bindTo === undefined ? `${name} ${version}` : name));
  return [...run, ...kept].join(" + ").slice(0, 256);
}
