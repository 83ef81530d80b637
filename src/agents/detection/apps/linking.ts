import type { Route, Service, Variable } from "../../../plan.ts";
import { childName } from "../../runner/names.ts";
import { plainText } from "../plain-text.ts";
import type { SourceTree } from "../source-tree.ts";
import { isServedFiles, withRoutes, withRoutesInFront } from "../static/caddy.ts";
import { type Asked, asksOf, type Fixed } from "./asks.ts";
import { backEndFor, backEndsOf, isPageServer } from "./back-ends.ts";
import { replacing } from "./built-files.ts";
import { isServerVariable } from "./server-side.ts";
import { wireServices } from "./wiring.ts";

/** Services with those in front led to those behind, and what could not be. */
export interface Linked {
  readonly services: readonly Service[];
  readonly warnings: readonly string[];
}

/** Where a variable's address is led that brings no path of its own; nobody's page has it. */
const ownPrefix = "/_backend";

/** How the services of one run reach each other inside the namespace. */
type HostOf = (name: string) => string;

/**
 * Leads the browser from a front end's own origin to the back end: what its code asks for becomes routes of the front end, whose build is told a
 * path of the same origin; what a server asks for by a variable gets the address inside. `run`: name of the run.
 */
export async function linkServices(tree: SourceTree, services: readonly Service[], run: string): Promise<Linked> {
  const hostOf: HostOf = (name) => childName({ name: run }, name);
  const linked: FrontLinked[] = [];
  for (const service of services) {
    const backs = backEndsOf(services).filter((one) => one.path !== service.path && one.name !== service.name);
    const isFront = isServedFiles(service) || isPageServer(service);
    linked.push(isFront && backs.length > 0 ? await linkFront(tree, service, backs, hostOf) : { service, warnings: [] });
  }
  const wired = wireServices(
    linked.map(({ service }) => service),
    hostOf,
  );
  const behind = new Set(wired.flatMap(({ routes }) => routes.map(({ service }) => service)));
  return {
    services: wired.map((one) => (behind.has(one.name) ? { ...one, inner: true } : one)),
    warnings: linked.flatMap(({ warnings }) => warnings),
  };
} // prettier-ignore

interface FrontLinked {
  readonly service: Service;
  readonly warnings: readonly string[];
}

async function linkFront(
  tree: SourceTree,
  front: Service,
  backs: readonly Service[],
  hostOf: HostOf,
): Promise<FrontLinked> {
  const asks = await asksOf(
    tree,
    front.path,
    backs.map(({ path }) => path),
  );
  const files = isServedFiles(front);
  const calls = files ? asks.calls : await answeredElsewhere(tree, front, backs, asks.calls);
  const routes: Route[] = [];
  const variables: Variable[] = [];
  for (const asked of [...asks.proxied, ...asks.variables, ...calls]) {
    const { variable, where } = asked;
    const back = await backEndFor(tree, backs, asked);
    if (back === undefined || (variable !== undefined && isTold(front, variable))) continue;
    if (!files && variable !== undefined && (await isServerVariable(tree, front, variable))) {
      const value = `http://${hostOf(back.service.name)}${asked.prefix ?? ""}`;
      variables.push(told(variable, value, where, "only its server asks for it", "Both"));
      continue;
    }
    const prefix = asked.prefix ?? prefixFor(back.service, routes);
    const strip = asked.prefix === undefined || (asked.strip ?? !back.knows);
    const why = plainText(`${where} asks for ${variable ?? prefix}`);
    routes.push({ prefix, service: back.service.name, strip, why });
    if (variable !== undefined)
      variables.push(told(variable, prefix, where, "the same origin", files ? "Build" : "Both"));
  }
  const fixed = await linkFixed({ tree, front, backs, hostOf }, asks.fixed, routes);
  const unique = [...routes, ...fixed.routes].filter(
    (route, at, all) => all.findIndex(({ prefix }) => prefix === route.prefix) === at,
  );
  const sorted = unique.toSorted((one, other) => other.prefix.length - one.prefix.length).slice(0, 8);
  const env = [...front.env.filter(({ name }) => !variables.some((one) => one.name === name)), ...variables];
  const service: Service = { ...fixed.service, routes: sorted, env: env.slice(0, 96) };
  return {
    service: files ? withRoutes(service, hostOf) : withRoutesInFront(service, hostOf),
    warnings: fixed.warnings,
  };
}

/** One path of our own for each back end. */
function prefixFor({ name }: Service, routes: readonly Route[]): string {
  const own = routes.find((route) => route.service === name && route.prefix.startsWith(ownPrefix));
  if (own !== undefined) return own.prefix;
  return routes.some(({ prefix }) => prefix === ownPrefix) ? `${ownPrefix}-${name}` : ownPrefix;
}

function told(name: string, value: string, where: string, why: string, phase: Variable["phase"]): Variable {
  return { name, source: "Literal", value, phase, where: where.slice(0, 256), why };
}

/** A person has given it a value. */
function isTold({ env }: Service, name: string): boolean {
  return env.some((one) => one.name === name && (one.source === "Literal" || one.source === "Secret"));
}

/** What a front end's own server does not answer, and a back end does. */
async function answeredElsewhere(
  tree: SourceTree,
  front: Service,
  backs: readonly Service[],
  calls: readonly Asked[],
): Promise<readonly Asked[]> {
  const files = await tree.files(front.path);
  const kept: Asked[] = [];
  for (const asked of calls) {
    const own = files.some((path) => path.includes(`${asked.prefix ?? ""}/`) || path.includes(`${asked.prefix ?? ""}.`));
    if (own && asked.port === undefined) continue;
    const back = await backEndFor(tree, backs, asked);
    if (asked.port !== undefined || back?.knows === true || asked.prefix === "/socket.io") kept.push(asked);
  }
  return kept;
} // prettier-ignore

interface Link {
  readonly tree: SourceTree;
  readonly front: Service;
  readonly backs: readonly Service[];
  readonly hostOf: HostOf;
}

/** Built files in which a developer's own address becomes a path of the same origin; a warning where no back end of that port is known. */
async function linkFixed(
  { tree, front, backs, hostOf }: Link,
  fixed: readonly Fixed[],
  known: readonly Route[],
): Promise<FrontLinked & { readonly routes: readonly Route[] }> {
  const routes: Route[] = [];
  const warnings: string[] = [];
  let recipe = front.recipe;
  for (const { address, port, where } of fixed) {
    const back = backs.length === 1 ? backs[0] : (await backEndFor(tree, backs, { port }))?.service;
    const meant = back?.port.number === port || backs.length === 1 ? back : undefined;
    const prefix = meant === undefined ? "" : prefixFor(meant, [...known, ...routes]);
    const line = meant === undefined ? undefined : replacing(front, address, prefix, `http://${hostOf(meant.name)}`);
    if (meant === undefined || line === undefined) {
      const text = `${where}: the page calls ${address}, an address of a developer's machine, which no browser elsewhere reaches`;
      if (known.length === 0) warnings.push(plainText(text));
      continue;
    }
    recipe = { ...recipe, build: recipe.build === null ? line : `${recipe.build} && ${line}` };
    routes.push({ prefix, service: meant.name, strip: true, why: plainText(`${where} asks for ${address}`) });
  }
  return { service: { ...front, recipe }, routes, warnings };
}
