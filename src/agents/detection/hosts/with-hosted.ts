import type { Database, Service } from "../../../plan.ts";
import { connectionName } from "../../database/planning/connection-names.ts";
import { serviceLabel } from "../compose/texts.ts";
import { furtherService } from "../further-program.ts";
import { shellWords } from "../compose/shell-words.ts";
import { plainText } from "../plain-text.ts";
import type { SourceTree } from "../source-tree.ts";
import { askerOf } from "./asker.ts";
import { boundTo, databasesFor } from "./hosted-databases.ts";
import type { HostedPart, HostedVariable, HostedWords } from "./hosted.ts";
import { isOwnProduct } from "./own-product.ts";

/** Services with what other hosts' files say of them, those that the files add, and the variables of each by its name. */
export interface Hosted {
  readonly services: readonly Service[];
  readonly databases: readonly Database[];
  readonly variables: ReadonlyMap<string, readonly HostedVariable[]>;
  readonly warnings: readonly string[];
}

/**
 * Lays what files of other hosts say over what was found: a part that fits a service speaks of it, any other of the same folder is a service of the
 * same recipe, so that one image serves them all. What no service here is made of is passed over, with a warning.
 */
export async function withHosted(tree: SourceTree, found: readonly Service[], words: HostedWords): Promise<Hosted> {
  const state: State = {
    tree,
    words,
    services: found.filter((service) => !isOff(service, words)),
    variables: new Map(),
    spoken: new Set(),
    warnings: [...words.warnings],
  };
  for (const part of words.parts) await layOver(state, part);
  const { services, variables, warnings } = state;
  return { services: services.slice(0, 32), databases: databasesFor(words, found), variables, warnings };
}

interface State {
  readonly tree: SourceTree;
  readonly words: HostedWords;
  readonly services: Service[];
  readonly variables: Map<string, readonly HostedVariable[]>;
  /** Services that a part has spoken of. */
  readonly spoken: Set<string>;
  readonly warnings: string[];
}

/** A process of a Procfile that another file starts no times. */
function isOff({ name, kind }: Service, { off }: HostedWords): boolean {
  return kind !== "Web" && off.some((each) => serviceLabel(each) === name);
}

async function layOver(state: State, part: HostedPart): Promise<void> {
  const { services, tree } = state;
  const here = services.filter((service) => service.path === part.path && isMadeAlike(service, part));
  const [first] = here;
  if (first === undefined) return;
  const isElsewhere =
    first.recipe.dockerfile === undefined &&
    part.line !== undefined &&
    (await isOwnProduct(tree, part.path, part.line));
  const line = isElsewhere ? undefined : part.line;
  const own = part.asks === undefined ? ownOf(state, part, here) : undefined;
  if (own !== undefined) {
    services[services.indexOf(own)] = adopt(own, part, line);
    state.spoken.add(own.name);
    // A part without a name speaks of the whole folder.
    for (const { name } of part.name === undefined ? here : [own]) remember(state, name, part);
    return;
  }
  if (part.name === undefined) {
    for (const { name } of here) remember(state, name, part);
    return;
  }
  const added = addedOf(state, first, part, line);
  if (added === undefined) {
    if (here.some(({ start }) => start !== null && start === part.line)) return;
    state.warnings.push(
      plainText(
        `${part.from}: ${part.name} is left out: ${part.line ?? part.asks ?? "its start"} is not what is built here`,
      ),
    );
    return;
  }
  services.push(added);
  remember(state, added.name, part);
}

/** A part of a Dockerfile's image speaks of services that are built so, any other of those built of code. */
function isMadeAlike({ recipe }: Service, { isImage }: HostedPart): boolean {
  return recipe.image === undefined && (recipe.dockerfile === undefined || isImage !== false);
}

/** The service that a part speaks of: by its line or its name, else the one that is there anyway, where no other part is surer to mean it. */
function ownOf({ words, spoken }: State, part: HostedPart, here: readonly Service[]): Service | undefined {
  const free = here.filter(({ name }) => !spoken.has(name));
  const known =
    free.find(({ start }) => part.line !== undefined && start === part.line) ??
    (part.name === undefined ? undefined : free.find(({ name }) => name === serviceLabel(part.name ?? "")));
  if (known !== undefined) return known;
  const [first] = free;
  if (part.name === undefined || (part.kind === "Web" && first?.kind === "Web")) return first;
  const served = words.parts.some(({ kind, path }) => kind === "Web" && path === part.path);
  const alone = words.parts.filter(({ name, path }) => name !== undefined && path === part.path).length === 1;
  return !served && alone && here.length === 1 ? first : undefined;
}

function adopt(service: Service, part: HostedPart, line: string | undefined): Service {
  const { kind, schedule, release, volumes, probe, port, inner, from } = part;
  const start = line === undefined ? {} : startOf(service, part, line);
  const changed = kind !== undefined && kind !== service.kind;
  return {
    ...service,
    ...start,
    ...(changed ? { kind } : {}),
    ...(changed && kind !== "Web" ? { port: { from: "Default" as const, readsPort: false } } : {}),
    ...(schedule === undefined ? {} : { schedule }),
    ...(inner === true ? { inner } : {}),
    ...(port === undefined ? {} : { port: { ...service.port, number: port, from: "Config" as const, where: from } }),
    ...(probe === undefined || service.probe.path !== undefined
      ? {}
      : { probe: { ...service.probe, path: probe, where: from } }),
    ...(release === undefined || service.releaseSteps.length > 0 ? {} : { releaseSteps: [stepOf(release, from)] }),
    ...(volumes === undefined || service.volumes.length > 0
      ? {}
      : { volumes: volumes.map((one) => ({ ...one, where: from })) }),
    env: [...service.env, ...boundTo(part, service)],
    why: [
      ...service.why.filter(({ about }) => about !== "start" || start.why === undefined),
      ...(start.why ?? []),
      ...(changed ? [{ about: "kind", value: kind, because: plainText(`${from} says so`), where: from }] : []),
      ...(schedule === undefined
        ? []
        : [{ about: "schedule", value: schedule, because: plainText(`${from} says so`), where: from }]),
    ],
  };
}

/** A further program of the same folder: the same recipe, and nothing that is the first one's alone. */
function addedOf(state: State, first: Service, part: HostedPart, line: string | undefined): Service | undefined {
  const { services } = state;
  const asker = part.asks === undefined ? undefined : askerOf(first, part.asks);
  const own = line ?? asker?.line;
  if (
    own === undefined ||
    services.some(({ start, path }) => start === own && path === part.path && asker === undefined)
  )
    return undefined;
  const because = plainText(`${part.from} ${part.name ?? ""}`.trim());
  const kind = part.kind ?? "Worker";
  const program = { name: part.name ?? "program", kind, line: own, because, where: part.from };
  const further = furtherService(first, program, services);
  const base = { ...further, env: [...further.env, ...(asker?.env ?? [])] };
  return adopt(base, { ...part, line: own, kind }, own);
}

function startOf(service: Service, part: HostedPart, line: string): Partial<Pick<Service, "start" | "args" | "why">> {
  const because = plainText(part.name === undefined ? part.from : `${part.from} ${part.name}`);
  const why = [{ about: "start", value: plainText(line), because, where: part.from }];
  // Beside a Dockerfile the words take the place of its CMD; its entry point stays.
  if (service.recipe.dockerfile !== undefined && part.isImage === true)
    return {
      start: null,
      args: shellWords(line)
        .slice(0, 64)
        .map((word) => word.slice(0, 1024)),
      why,
    };
  return { start: line, why };
}

function stepOf(line: string, from: string): Service["releaseSteps"][number] {
  return { name: /migrat|upgrade head|db:prepare/.test(line) ? "Migrate" : "Release", line, from };
}

function remember({ variables }: State, name: string, part: HostedPart): void {
  const known = variables.get(name) ?? [];
  const bound = new Set((part.bindings ?? []).map((one) => one.name));
  const added = part.variables.filter(
    (one) =>
      known.every((each) => each.name !== one.name) && !bound.has(one.name) && connectionName(one.name) === undefined,
  );
  variables.set(name, [...known, ...added]);
}
