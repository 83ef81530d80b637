import type { Service } from "../../../plan.ts";
import { mapping, type Mapping } from "./compose-file.ts";

/** Words of a service that its translation carries over, or that another warning tells of. */
const keptOfService = new Set([
  "build",
  "command",
  "configs",
  "container_name",
  "depends_on",
  "deploy",
  "entrypoint",
  "env_file",
  "environment",
  "expose",
  "extends",
  "healthcheck",
  "hostname",
  "image",
  "mem_limit",
  "networks",
  "ports",
  "profiles",
  "restart",
  "scale",
  "secrets",
  "volumes",
]);

/** Of a database only what it is told: it is run in Repo Runner's own way. Its probe, its volume and its Service are its own, too. */
const keptOfDatabase = new Set(
  [...keptOfService].filter((word) => !["entrypoint", "mem_limit", "deploy"].includes(word)),
);

const keptOfBuild = new Set(["context", "dockerfile", "target", "args"]);

/** What of `deploy` counts: how many there are is told apart. */
const keptOfDeploy = new Set(["replicas", "resources"]);

/** The words of a service (of the whole Compose specification) that are dropped, for the person to know: `["cap_add", "build.ssh"]`. `x-…` are nobody's. */
export function notKeptOf(said: Mapping, service: Service): readonly string[] {
  const rendered = service.recipe.dockerfile === undefined && service.recipe.image === undefined;
  const health = mapping(said["healthcheck"]);
  const isAsked = health["test"] !== undefined && health["disable"] !== true;
  const resources = mapping(mapping(said["deploy"])["resources"]);
  return [
    ...others(said, keptOfService),
    ...others(mapping(said["build"]), keptOfBuild).map((word) => `build.${word}`),
    ...others(mapping(said["deploy"]), keptOfDeploy).map((word) => `deploy.${word}`),
    ...(resources["reservations"] === undefined ? [] : ["deploy.resources.reservations"]),
    ...(mapping(resources["limits"])["cpus"] === undefined ? [] : ["deploy.resources.limits.cpus"]),
    // Which way a language builds a folder, it starts it, too.
    ...(rendered ? ["command", "entrypoint"].filter((word) => said[word] !== undefined && said[word] !== null) : []),
    ...(isAsked && service.probe.path === undefined ? ["healthcheck.test (an answer on the port counts)"] : []),
  ];
}

/** The same for a service that Repo Runner provides as a database. */
export function notKeptOfDatabase(said: Mapping): readonly string[] {
  return others(said, keptOfDatabase);
}

/** Few lines for all services, since a plan holds eight: `compose.yaml: not kept: web: cap_add, user; api: dns`. */
export function notKeptLines(file: string, entries: readonly (readonly [string, readonly string[]])[]): string[] {
  const lines: string[] = [];
  for (const [name, words] of entries) {
    if (words.length === 0) continue;
    const part = `${name}: ${words.join(", ")}`;
    const last = lines.at(-1);
    if (last === undefined || last.length + part.length > 220) lines.push(`${file}: not kept: ${part}`);
    else lines[lines.length - 1] = `${last}; ${part}`;
  }
  return lines;
}

function others(said: Mapping, kept: ReadonlySet<string>): readonly string[] {
  return Object.keys(said)
    .filter((word) => !kept.has(word) && !word.startsWith("x-") && said[word] !== null)
    .map((word) => word.slice(0, 40))
    .slice(0, 24);
}
