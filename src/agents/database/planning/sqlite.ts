import type { Service, Variable } from "../../../plan.ts";
import type { SourceTree } from "../../detection/source-tree.ts";
import { joinPath } from "../../config/service-files.ts";
import { engineOfAddress } from "./connection-names.ts";
import type { ServiceEvidence } from "./evidence.ts";

/** Where the volume of a file database is mounted when a variable says where the file is. */
const folder = "/data";

/** Files that name a disk and leave it to variables what is put there. */
const otherHosts = /(?:^|\/)(?:fly\.toml|render\.ya?ml|railway\.(?:json|toml))$/;

/**
 * A database that is a file needs no server, but a volume: where a variable says where it is, it is moved there; where it has a folder of its
 * own in the code, that folder is one. A file that the repository brings stays where it is: its content would be hidden.
 */
export async function keepFile(tree: SourceTree, { service, code, example }: ServiceEvidence): Promise<Service> {
  const disk = service.volumes.find(({ where }) => otherHosts.test(where ?? ""));
  if (service.volumes.length > 0 && disk === undefined) return service;
  const drivers = [...code.texts.values()].some((text) => /sqlite/i.test(text));
  if (!drivers) return service;
  for (const use of code.uses) {
    const text = use.fallback ?? example.get(use.name)?.value;
    const known = service.env.find(({ name }) => name === use.name);
    if (text === undefined || engineOfAddress(text) !== "SQLite" || use.part !== "url") continue;
    if (known && known.source !== "Optional" && known.source !== "Needed") continue;
    return await moved(tree, service, { name: use.name, address: text, where: use.where }, disk?.path);
  }
  if (disk !== undefined) return service;
  for (const [path, text] of code.texts) {
    const instance = /\binstance_path,\s{0,20}["'](?<file>[\w-]{1,60}\.(?:db|sqlite3?|db3))["']/.exec(text)?.groups?.[
      "file"
    ];
    if (instance !== undefined) return await mounted(tree, service, `instance/${instance}`, path);
    const own = /["'`](?<file>(?:\/?[\w.-]{1,40}\/){1,4}[\w.-]{1,60}\.(?:db|sqlite3?|db3))["'`]/.exec(text)?.groups?.[
      "file"
    ];
    if (own === undefined || own.includes("..")) continue;
    return await mounted(tree, service, own, path);
  }
  return service;
}

async function moved(
  tree: SourceTree,
  service: Service,
  said: { readonly name: string; readonly address: string; readonly where: string },
  disk: string | undefined,
): Promise<Service> {
  const file = /(?<file>[\w.-]{1,60}\.(?:db|sqlite3?|db3))(?:[?'"]|$)/.exec(said.address)?.groups?.["file"] ?? "app.db";
  if (await brings(tree, service, file)) return service;
  const scheme =
    /^(?<scheme>sqlite(?:\+\w{1,12})?:\/\/|file:|sqlite:)/.exec(said.address)?.groups?.["scheme"] ?? "sqlite://";
  // Three slashes and the path's own: that is how an absolute file is written.
  const place = `${disk ?? folder}/${file}`;
  const address = scheme.endsWith("//") ? `${scheme}/${place}` : `${scheme}${place}`;
  const variable: Variable = {
    name: said.name,
    source: "Literal",
    value: address,
    phase: "Run",
    where: said.where,
    why: "its file is kept in a volume",
  };
  const volume = { name: "data", path: folder, size: "1Gi", where: said.where };
  return {
    ...service,
    env: [...service.env.filter(({ name }) => name !== said.name), variable],
    volumes: disk === undefined ? [volume] : service.volumes,
  };
}

async function mounted(tree: SourceTree, service: Service, file: string, where: string): Promise<Service> {
  const below = file.slice(0, file.lastIndexOf("/"));
  const root = service.recipe.dockerfile === undefined ? "/app" : undefined;
  const absolute = below.startsWith("/");
  if (!absolute && root === undefined) return service;
  const inTree = absolute ? below.replace(/^\/app\/?/, "") : joinPath(service.path, below);
  const files = inTree === undefined || inTree === "" ? ["?"] : await tree.files(inTree);
  // What the image has in that folder would be hidden by the volume.
  if (files.some((each) => !/(?:^|\/)\.git(?:keep|ignore)$/.test(each))) return service;
  const path = absolute ? below : `${root ?? ""}/${joinPath(service.recipe.workdir, below) ?? below}`;
  if (!/^\/[\w./-]{1,200}$/.test(path) || /^\/(?:app|tmp|usr|etc|bin|lib|var|proc|sys|dev)?$/.test(path))
    return service;
  return { ...service, volumes: [{ name: "data", path, size: "1Gi", where }] };
}

async function brings(tree: SourceTree, service: Service, file: string): Promise<boolean> {
  return (await tree.files(service.path)).some((path) => path === file || path.endsWith(`/${file}`));
}
