import type { Failure } from "../../failure.ts";
import type { Plan, Service } from "../../plan.ts";

/** What is known of where the plan comes from. */
export interface PlanSource {
  readonly url: string | null;
  readonly commit: string | null;
  readonly revision: string | null;
  readonly subject: string | null;
}

/** All that `plan` found out, before it is shown. */
export interface PlanAnswer {
  readonly name: string;
  /** Null for a plain folder. */
  readonly source: PlanSource | null;
  readonly plan: Plan | undefined;
  readonly failure: Failure | undefined;
  /** Text of each service's Dockerfile; a repository's own is read from it. */
  readonly dockerfiles: ReadonlyMap<string, string>;
  readonly filesRead: number;
  readonly seconds: { readonly clone: number | null; readonly plan: number };
}

/** The document of `plan -o json`. Every key is always there; what is not known is null. Described in docs/cli.md. */
export function planDocument(answer: PlanAnswer): Readonly<Record<string, unknown>> {
  const { plan, source, failure } = answer;
  return {
    name: answer.name,
    source: source && { url: source.url, commit: source.commit, revision: source.revision },
    services: (plan?.services ?? []).map((service) => serviceDocument(service, answer.dockerfiles.get(service.name))),
    databases: (plan?.databases ?? []).map(({ name, engine, version, why }) => ({ name, engine, version, why })),
    needs: (plan?.needs ?? []).map(({ kind, name, service, why }) => ({
      kind,
      name,
      service: service ?? null,
      why: why ?? null,
    })),
    warnings: plan?.warnings ?? [],
    predictions: (plan?.predictions ?? []).map(({ where, ...rest }) => ({ ...rest, where: where ?? null })),
    estimates: (plan?.estimates ?? []).map(({ packages, ...rest }) => ({ ...rest, packages: packages ?? null })),
    failure: failure ? failureDocument(failure) : null,
    seconds: { clone: rounded(answer.seconds.clone), plan: rounded(answer.seconds.plan) },
  };
}

function serviceDocument(service: Service, dockerfile: string | undefined): Readonly<Record<string, unknown>> {
  return {
    name: service.name,
    kind: service.kind,
    path: service.path,
    language: service.language,
    framework: service.framework,
    runtime: service.runtime,
    manager: service.manager,
    install: service.recipe.install,
    build: service.recipe.build,
    start: service.start,
    port: service.port.number ?? null,
    portFrom: service.port.number === undefined ? null : service.port.from,
    probe: { path: service.probe.path ?? null, startupSeconds: service.probe.startupSeconds },
    env: service.env.map(({ name, source, where }) => ({ name, source, where: where ?? null })),
    dockerfile: dockerfile ?? null,
  };
}

/** A failure in JSON: the same keys in every document. */
export function failureDocument(
  failure: Failure & { readonly log?: string | undefined },
): Readonly<Record<string, unknown>> {
  return {
    reason: failure.reason,
    message: failure.message,
    hint: failure.hint ?? null,
    layer: failure.layer,
    blame: failure.blame,
    service: failure.service ?? null,
    where: failure.where ?? null,
    lines: failure.lines ?? [],
    log: failure.log ?? null,
  };
}

function rounded(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 1000) / 1000;
}
