import type { Route, Service, Variable } from "../../../plan.ts";
import { readCodes, serviceCodePaths } from "../../config/service-files.ts";
import { childName } from "../../runner/names.ts";
import { plainText } from "../plain-text.ts";
import type { SourceTree } from "../source-tree.ts";
import { isServedFiles, withRoutes } from "../static/caddy.ts";

/** Services with those in front led to those behind, and what could not be. */
export interface Linked {
  readonly services: readonly Service[];
  readonly warnings: readonly string[];
}

interface Asked {
  /** First part of the path that the browser asks for: `/api`. */
  readonly prefix: string;
  readonly where: string;
  /** Set where a variable of the build brings the address: then the prefix is ours, and is taken away again. */
  readonly variable?: string;
}

const apiVariable =
  /\b(?:import\.meta\.env|process\.env)\.((?:VITE|REACT_APP|NEXT_PUBLIC|PUBLIC|VUE_APP|NUXT_PUBLIC|EXPO_PUBLIC|GATSBY)_\w{0,40}(?:API|BACKEND|SERVER)\w{0,40})\b(?:\s{0,3}(?:\|\||\?\?)\s{0,3}["'`]([^"'`\n]{0,200})["'`])?/g;
const call =
  /(?:\bfetch|\baxios(?:\.\w{1,10})?|\b(?:api|http|client)\.(?:get|post|put|patch|delete)|\bEventSource|\bbaseURL\s*[:=]|\bAPI\w{0,20}\s*=)\s*\(?\s*["'`](\/[a-z][\w-]{0,40})(?=[/"'`?$])/gi;
const own = /["'`](https?:\/\/(?:localhost|127\.0\.0\.1):\d{2,5})/;

/**
 * Leads the browser from a front end's own origin to the back end: what its code asks for becomes routes of the front end, whose build is told a
 * path of the same origin. `run`: name of the run, by which a service is reached inside the namespace.
 */
export async function linkServices(tree: SourceTree, services: readonly Service[], run: string): Promise<Linked> {
  const backs = services.filter((one) => one.kind === "Web" && !isServedFiles(one) && one.recipe.image === undefined);
  const warnings: string[] = [];
  const behind = new Set<string>();
  const linked: Service[] = [];
  for (const service of services) {
    const others = backs.filter(({ path }) => path !== service.path);
    if (!isServedFiles(service) || others.length === 0) {
      linked.push(service);
      continue;
    }
    const { asked, direct } = await asksOf(tree, service);
    if (direct !== undefined && asked.length === 0)
      warnings.push(
        plainText(`${direct}: the page calls an address of a developer's machine, which no browser elsewhere reaches`),
      );
    const routes: Route[] = [];
    const variables: Variable[] = [];
    for (const ask of asked.slice(0, 8)) {
      const back = await backFor(tree, others, ask);
      behind.add(back.service.name);
      routes.push({
        prefix: ask.prefix,
        service: back.service.name,
        strip: ask.variable === undefined ? !back.knows : !back.knows || ask.prefix === ownPrefix,
        why: plainText(`${ask.where} asks for ${ask.variable ?? ask.prefix}`),
      });
      if (ask.variable !== undefined && !service.env.some(({ name }) => name === ask.variable))
        variables.push({
          name: ask.variable,
          source: "Literal",
          value: ask.prefix,
          phase: "Build",
          where: ask.where.slice(0, 256),
          why: "the same origin",
        });
    }
    const unique = routes.filter((route, at) => routes.findIndex(({ prefix }) => prefix === route.prefix) === at);
    const sorted = unique.toSorted((one, other) => other.prefix.length - one.prefix.length);
    const front: Service = { ...service, routes: sorted, env: [...service.env, ...variables].slice(0, 96) };
    linked.push(withRoutes(front, (name) => childName({ name: run }, name)));
  }
  return { services: linked.map((one) => (behind.has(one.name) ? { ...one, inner: true } : one)), warnings };
}

/** Where a variable's address is led that brings no path of its own; nobody's page has it. */
const ownPrefix = "/_backend";

async function asksOf(
  tree: SourceTree,
  service: Service,
): Promise<{ readonly asked: readonly Asked[]; readonly direct?: string }> {
  const found = new Map<string, Asked>();
  let direct: string | undefined;
  for (const { path, text } of await readFront(tree, service.path)) {
    for (const [, variable = "", fallback = ""] of text.matchAll(apiVariable)) {
      const below = /^(?:https?:\/\/[^/\s]{1,100})?(\/[\w/-]{1,60}?)?\/?$/.exec(fallback)?.[1];
      if (!found.has(variable)) found.set(variable, { prefix: below ?? ownPrefix, where: path, variable });
    }
    for (const [, prefix = ""] of text.matchAll(call))
      if (!found.has(prefix)) found.set(prefix, { prefix, where: path });
    if (direct === undefined && own.test(text)) direct = path;
  }
  return { asked: [...found.values()], ...(direct === undefined ? {} : { direct }) };
}

async function readFront(
  tree: SourceTree,
  folder: string,
): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const paths = (await tree.files(folder)).filter((path) => /\.(?:[cm]?[jt]sx?|vue|svelte|html|astro)$/.test(path));
  const kept = paths
    .filter((path) => !/(?:^|\/)(?:tests?|__tests__|dist|build)\/|\.(?:test|spec|config|min)\./.test(path))
    .slice(0, 200);
  return await Promise.all(
    kept.map(async (path) => ({ path, text: ((await tree.read(path)) ?? "").slice(0, 131_072) })),
  );
}

/** The back end whose code has the prefix, else the first; `knows`: it answers below the prefix itself. */
async function backFor(
  tree: SourceTree,
  backs: readonly Service[],
  { prefix }: Asked,
): Promise<{ readonly service: Service; readonly knows: boolean }> {
  const [first] = backs;
  if (first === undefined) throw new Error("a route needs a service to lead to");
  for (const service of backs) {
    const sources = await readCodes(tree, await serviceCodePaths(tree, service.path, ["python", "javascript", "go"]));
    const bare = prefix.slice(1);
    if (
      sources.some(
        ({ text }) =>
          text.includes(`"${prefix}`) ||
          text.includes(`'${prefix}`) ||
          text.includes(`\`${prefix}`) ||
          text.includes(` ${prefix}/`) ||
          text.includes(`path("${bare}`) ||
          text.includes(`path('${bare}`),
      )
    )
      return { service, knows: true };
  }
  return { service: first, knows: false };
}
