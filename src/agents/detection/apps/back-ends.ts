import type { Service } from "../../../plan.ts";
import { readCodes, serviceCodePaths } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";
import { isServedFiles } from "../static/caddy.ts";

/** Frameworks whose server renders pages: what their browser code asks for may be another service's. */
const pageServers = new Set([
  "next",
  "nuxt",
  "remix",
  "react-router",
  "solid-start",
  "analog",
  "sveltekit",
  "astro",
  "tanstack-start",
  "waku",
  "angular",
]);

/** True for a front end with a server of its own, whose image is made here. */
export function isPageServer(service: Service): boolean {
  const { kind, framework, recipe, start } = service;
  return kind === "Web" && pageServers.has(framework ?? "") && recipe.buildImage !== undefined && start !== null;
}

/** Services that pages may ask: those that show none themselves. */
export function backEndsOf(services: readonly Service[]): readonly Service[] {
  const servers = services.filter((one) => one.kind === "Web" && !isServedFiles(one) && one.recipe.image === undefined);
  const plain = servers.filter(({ framework }) => !pageServers.has(framework ?? ""));
  return plain.length > 0 ? plain : servers;
}

/** Where a question leads on a developer's machine, as far as it says. */
export interface Lead {
  readonly prefix?: string;
  readonly host?: string;
  readonly port?: number;
}

/** The back end that is meant: by its name, by its port, by the prefix in its code, else the first. `knows`: it answers below the prefix itself. */
export async function backEndFor(
  tree: SourceTree,
  backs: readonly Service[],
  lead: Lead,
): Promise<{ readonly service: Service; readonly knows: boolean } | undefined> {
  const named = backs.find(({ name, aliases }) => name === lead.host || aliases.includes(lead.host ?? ""));
  const listening = backs.filter(({ port }) => lead.port !== undefined && port.number === lead.port);
  const meant = named ?? (listening.length === 1 ? listening[0] : undefined);
  if (meant !== undefined) return { service: meant, knows: await knows(tree, meant, lead.prefix) };
  for (const service of backs) if (await knows(tree, service, lead.prefix)) return { service, knows: true };
  const [first] = backs;
  return first === undefined ? undefined : { service: first, knows: false };
}

/** True where a service's code has the path. */
async function knows(tree: SourceTree, service: Service, prefix: string | undefined): Promise<boolean> {
  if (prefix === undefined) return false;
  const paths = await serviceCodePaths(tree, service.path, ["python", "javascript", "go", "java", "rust", "ruby", "php", "csharp", "elixir"]);
  const bare = prefix.slice(1);
  const signs = [`"${prefix}`, `'${prefix}`, `\`${prefix}`, ` ${prefix}/`, `path("${bare}`, `path('${bare}`, `"${bare}/`, `'${bare}/`, `prefix: '${bare}'`, `Prefix('${bare}')`, `Prefix("${bare}")`];
  return (await readCodes(tree, paths)).some(({ text }) => signs.some((sign) => text.includes(sign)));
} // prettier-ignore
