import type { Failure } from "../../failure.ts";
import type { Reason, Service } from "../../plan.ts";
import type { RepoRunSpec } from "../../repo-run.ts";

type Wish = NonNullable<RepoRunSpec["services"]>[number];

/**
 * What was found with what a person said of it: it wins, field by field. Runtime, packages and install are settled by their agents.
 * `saidBy` names who said a field: the spec, or a file of the repository that stands in for it.
 */
export function overlay(
  service: Service,
  wish: Wish | undefined,
  saidBy: (field: string) => string = () => "spec",
): Service {
  const said = (about: string, value: string): Reason => ({
    about,
    value: value.slice(0, 256),
    because: saidBy(about),
  });
  if (wish === undefined) return service;
  const start = startOf(wish) ?? service.start;
  const build = wish.build === undefined ? service.recipe.build : wish.build === "" ? null : wish.build;
  const told: Reason[] = [
    ...(startOf(wish) === undefined ? [] : [said("start", start ?? "–")]),
    ...(wish.build === undefined ? [] : [said("build", build ?? "–")]),
    ...(wish.kind === undefined ? [] : [said("kind", wish.kind)]),
  ];
  return {
    ...service,
    kind: wish.kind ?? service.kind,
    start,
    recipe: { ...service.recipe, build },
    port: wish.port === undefined ? service.port : { ...service.port, number: wish.port, from: "Spec" },
    probe: {
      ...service.probe,
      ...(wish.probe?.path === undefined ? {} : { path: wish.probe.path, where: saidBy("probe") }),
      ...(wish.probe?.startupSeconds === undefined ? {} : { startupSeconds: wish.probe.startupSeconds }),
    },
    resources: {
      requests: { ...service.resources.requests, ...texts(wish.resources?.requests) },
      limits: { ...service.resources.limits, ...texts(wish.resources?.limits) },
    },
    why: [...service.why.filter(({ about }) => !told.some((each) => each.about === about)), ...told],
  };
}

/** `start` as it is, `command` as a shell line that runs exactly these words. */
function startOf({ start, command }: Wish): string | undefined {
  if (start !== undefined) return start === "" ? undefined : start;
  return command
    ?.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`))
    .join(" ");
}

function texts(quantities: Readonly<Record<string, string | number>> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(quantities ?? {}).map(([name, value]) => [name, String(value)]));
}

/** Services that a person adds to what was found: the same image, another start. */
export function withNewServices(found: readonly Service[], spec: RepoRunSpec): readonly Service[] {
  const [first] = found;
  if (first === undefined) return found;
  const wishes = spec.services ?? [];
  const unnamed = wishes.filter(({ name }) => !found.some((service) => service.name === name));
  const added = unnamed.filter((wish) => startOf(wish) !== undefined);
  // The only service may be called as the person likes, when nothing else was named.
  const [only] = added;
  if (only !== undefined && found.length === 1 && wishes.length === 1) return [{ ...first, name: only.name }];
  return [
    ...found,
    ...added.map((wish) => ({
      ...first,
      name: wish.name,
      kind: wish.kind ?? (wish.port === undefined && wish.link === undefined ? ("Worker" as const) : ("Web" as const)),
      otherStarts: [],
    })),
  ];
}

/** A service of the spec that was not found and says nothing of how it could be made. */
export function foundByNoName(services: readonly Service[], spec: RepoRunSpec): Failure | undefined {
  const unknown = (spec.services ?? []).find(({ name }) => !services.some((service) => service.name === name));
  if (unknown === undefined) return undefined;
  return {
    reason: "UnknownService",
    message:
      `spec.services names ${unknown.name}, which was not found; found: ${services.map(({ name }) => name).join(", ")}`.slice(
        0,
        1000,
      ),
    hint: "use one of these names, or give the new service a path, start, command or dockerfile",
    layer: "Source",
    blame: "Spec",
    where: `spec.services[${unknown.name}]`,
  };
}
