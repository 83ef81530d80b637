import type { Service } from "../../plan.ts";
import { readExample } from "../config/example-file.ts";
import { joinPath } from "../config/service-files.ts";
import { readJson5 } from "../detection/json5.ts";
import { otherProtocols } from "../detection/other-protocols.ts";
import type { SourceTree } from "../detection/source-tree.ts";

/** A port that a file names. */
export interface FilePort {
  readonly number: number;
  readonly where: string;
}

/** What the Dockerfile of a service exposes, what may speak HTTP first; `EXPOSE $PORT` by its ENV or ARG. */
export async function portOfDockerfile(tree: SourceTree, service: Service): Promise<FilePort | undefined> {
  const path = service.recipe.dockerfile;
  const text = path === undefined ? undefined : await tree.read(path);
  if (path === undefined || text === undefined) return undefined;
  const variables = new Map<string, string>();
  const found: (FilePort & { udp: boolean })[] = [];
  for (const [index, raw] of text.split("\n").slice(0, 2000).entries()) {
    const line = raw.trim();
    for (const set of line.matchAll(/(?:^(?:ENV|ARG)\s+|\s)(?<name>[A-Za-z_]\w*)[= ]["']?(?<value>\d{2,5})\b/gi)) {
      if (/^(?:ENV|ARG)\s/i.test(line)) variables.set(set.groups?.["name"] ?? "", set.groups?.["value"] ?? "");
    }
    const exposed = /^EXPOSE\s+(?<ports>.+)$/i.exec(line)?.groups?.["ports"] ?? "";
    for (const word of exposed.split(/\s+/)) {
      const [port = "", protocol = "tcp"] = word.split("/");
      const name = /^\$\{?(?<name>\w+)(?::-(?<fallback>\d+))?\}?$/.exec(port)?.groups;
      const digits = name === undefined ? port : (variables.get(name["name"] ?? "") ?? name["fallback"] ?? "");
      const number = /^\d{1,5}$/.test(digits) ? Number(digits) : 0;
      if (number >= 1 && number <= 65_535)
        found.push({ number, where: `${path}:${index + 1}`, udp: protocol.toLowerCase() === "udp" });
    }
  }
  const offered = found.filter((one) => !one.udp);
  const best = offered.find((one) => !otherProtocols.has(one.number)) ?? offered[0];
  const passed = Number(variables.get("PORT"));
  if (best !== undefined) return { number: best.number, where: best.where };
  return passed >= 1 && passed <= 65_535 ? { number: passed, where: path } : undefined;
}

/** `PORT=` of an example file. */
export async function portOfExample(tree: SourceTree, folder: string): Promise<FilePort | undefined> {
  const line = (await readExample(tree, folder)).get("PORT");
  const number = Number(line?.value);
  return line === undefined || !(number >= 1 && number <= 65_535) ? undefined : { number, where: line.where };
}

/** Ports of databases and their like, which a development container forwards as well. */
const notServed = new Set([22, 25, 1433, 1521, 3306, 5432, 5672, 6379, 9092, 9200, 11211, 15672, 27017]);

/** The first port that a development container forwards, but for those of databases. */
export async function portOfDevcontainer(tree: SourceTree, folder: string): Promise<FilePort | undefined> {
  for (const name of [".devcontainer/devcontainer.json", ".devcontainer.json"]) {
    const where = joinPath(folder, name) ?? name;
    const text = await tree.read(where);
    const value = text === undefined || text.length > 65_536 ? undefined : readJson5(text);
    if (value === null || typeof value !== "object" || !("forwardPorts" in value)) continue;
    const ports = Array.isArray(value.forwardPorts) ? (value.forwardPorts as readonly unknown[]).slice(0, 16) : [];
    const number = ports.find(
      (port): port is number =>
        Number.isInteger(port) && Number(port) > 0 && Number(port) < 65_536 && !notServed.has(Number(port)),
    );
    if (number !== undefined) return { number, where };
  }
  return undefined;
}
