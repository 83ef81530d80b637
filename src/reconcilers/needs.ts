import type { Need, Plan } from "../plan.ts";
import type { RepoRunSpec } from "../repo-run.ts";

/** What only a person can give, known as soon as there is a plan: what spec gives already is left out. */
export function needsOf(plan: Plan, spec: RepoRunSpec): Need[] {
  const given = new Set(
    [...(spec.env ?? []), ...(spec.services ?? []).flatMap((service) => service.env ?? [])].map(
      (variable) => variable.name,
    ),
  );
  const fromServices = plan.services.flatMap((service) =>
    service.env
      .filter((variable) => variable.source === "Needed" && !given.has(variable.name))
      .map((variable): Need => ({
        kind: "Secret",
        name: variable.name,
        service: service.name,
        ...(variable.why === undefined
          ? {}
          : { why: `${variable.why}${variable.where === undefined ? "" : ` in ${variable.where}`}`.slice(0, 256) }),
      })),
  );
  const all = [...plan.needs, ...fromServices];
  return all
    .filter((need, index) => all.findIndex((other) => other.name === need.name && other.kind === need.kind) === index)
    .slice(0, 16);
}
