import type { PlanRecordSeen } from "../cluster/plan-seen.ts";
import { condition, type RunSeen } from "../cluster/run-seen.ts";
import type { StageName } from "./story.ts";

/** The document of `run -o json`, `status NAME -o json` and `wait -o json`. Every key is always there; null where nothing is known. */
export function runDocument(
  run: RunSeen,
  record: PlanRecordSeen | undefined,
  seconds: Readonly<Record<StageName, number | null>> | null,
  lines: readonly string[],
): Readonly<Record<string, unknown>> {
  const { status, spec, metadata } = run;
  const ready = condition(run, "Ready");
  const { failure } = status;
  return {
    name: metadata.name,
    namespace: metadata.namespace,
    ready: ready?.status === "True",
    reason: ready?.reason ?? null,
    message: ready?.message ?? null,
    maturity: status.maturity ?? null,
    url: status.url ?? null,
    source: {
      url: spec.source.git?.url ?? spec.source.oci?.url ?? null,
      commit: status.source?.commit ?? null,
      revision: status.source?.revision ?? null,
    },
    links: status.links.map((link) => ({
      service: link.service,
      url: link.url,
      via: link.via ?? null,
      from: link.from ?? null,
      status: link.status ?? null,
      title: link.title ?? null,
    })),
    services: status.services.map((service) => {
      const planned = record?.plan.services.find((each) => each.name === service.name);
      return {
        name: service.name,
        kind: service.kind ?? null,
        path: planned?.path ?? null,
        language: planned?.language ?? null,
        framework: planned?.framework ?? null,
        runtime: planned?.runtime ?? null,
        install: planned?.recipe.install ?? null,
        build: planned?.recipe.build ?? null,
        start: planned?.start ?? null,
        port: service.port ?? planned?.port.number ?? null,
        portFrom: service.portFrom ?? (planned?.port.number === undefined ? null : planned.port.from),
        image: service.image ?? null,
        maturity: service.maturity ?? null,
        restarts: service.restarts ?? 0,
      };
    }),
    databases: status.databases.map(({ name, engine, version }) => ({
      name,
      engine: engine ?? null,
      version: version ?? null,
    })),
    fixes: status.fixes.map((fix) => ({
      revision: fix.revision,
      layer: fix.layer ?? null,
      signature: fix.signature,
      by: fix.by ?? null,
      action: fix.action ?? null,
      summary: fix.summary ?? null,
      outcome: fix.outcome ?? null,
      at: fix.at ?? null,
    })),
    needs: status.needs.map((need) => ({
      kind: need.kind,
      name: need.name,
      service: need.service ?? null,
      why: need.why ?? null,
      ...(need.digest === undefined ? {} : { digest: need.digest }),
    })),
    warnings: status.warnings,
    failure: failure
      ? {
          reason: failure.reason,
          message: failure.message,
          hint: failure.hint ?? null,
          layer: failure.layer ?? null,
          blame: failure.blame ?? null,
          service: failure.service ?? null,
          where: failure.where ?? null,
          lines,
          log: failure.log ?? null,
        }
      : null,
    seconds,
  };
}
