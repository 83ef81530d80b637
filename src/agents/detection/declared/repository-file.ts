import type { z } from "zod";
import { type RepoRunSpec, ServiceWish } from "../../../repo-run.ts";
import { RepoRunSpec as Spec } from "../../../repo-run-spec.ts";
import { readYaml } from "../json5.ts";
import { plainText } from "../plain-text.ts";
import type { SourceTree } from "../source-tree.ts";

/** Name of the file in which a repository says itself how it is run, in the words of a RepoRun's spec. */
export const repositoryFileName = "repo-runner.yaml";

type Wish = NonNullable<RepoRunSpec["services"]>[number];
type DatabaseWish = NonNullable<RepoRunSpec["databases"]>[number];
type Variable = NonNullable<RepoRunSpec["env"]>[number];

/** What a repo-runner.yaml says, and what of it was passed over. */
export interface RepositoryWords {
  readonly services: readonly Wish[];
  readonly databases: readonly DatabaseWish[];
  readonly env: readonly Variable[];
  readonly warnings: readonly string[];
}

/**
 * What a repository may say of a service. It is hostile input: nothing that names a Secret, a host, an image, a place of pods or their
 * number, or an approval is among it.
 */
const serviceKeys = [
  "name",
  "enabled",
  "kind",
  "path",
  "runtime",
  "packages",
  "install",
  "build",
  "start",
  "dockerfile",
  "command",
  "port",
  "extraPorts",
  "dependsOn",
  "probe",
  "env",
  "resources",
  "schedule",
  "volumes",
] as const satisfies readonly (keyof Wish)[];
const databaseKeys = [
  "name",
  "enabled",
  "engine",
  "version",
  "storage",
] as const satisfies readonly (keyof DatabaseWish)[];
const topKeys = ["services", "databases", "env"];

/** Reads the repo-runner.yaml of a folder; undefined where there is none. What may not stand in it is passed over, with a warning. */
export async function readRepositoryFile(tree: SourceTree, folder: string): Promise<RepositoryWords | undefined> {
  const path = folder === "." ? repositoryFileName : `${folder}/${repositoryFileName}`;
  const text = await tree.read(path);
  return text === undefined ? undefined : parseRepositoryFile(text, path);
}

/** Parses the text of a repo-runner.yaml; `path` names it in warnings. */
export function parseRepositoryFile(text: string, path: string): RepositoryWords {
  const warnings: string[] = [];
  const warn = (about: string): void => {
    if (warnings.length < 6) warnings.push(plainText(`${path}: ${about}`));
  };
  const value = text.length > 65_536 ? undefined : readYaml(text);
  const top = record(value);
  if (top === undefined) {
    warn("it is no YAML mapping of services, databases and env, so it is not used");
    return { services: [], databases: [], env: [], warnings };
  }
  for (const key of Object.keys(top).slice(0, 20)) {
    if (!topKeys.includes(key)) warn(`${key} may not be set by a repository: it is passed over`);
  }
  const read = <T>(name: string, shape: z.ZodType<T>, keys: readonly string[]): T[] =>
    listOf(top[name])
      .slice(0, 32)
      .flatMap((entry, index) => {
        const place = `${name}[${index}]`;
        const parsed = shape.safeParse(allowed(entry, keys, place, warn));
        if (parsed.success) return [parsed.data];
        const [issue] = parsed.error.issues;
        warn(
          `${[place, ...(issue?.path ?? [])].join(".")}: ${issue?.message ?? "cannot be read"}, so it is passed over`,
        );
        return [];
      });
  return {
    services: read("services", ServiceWish, serviceKeys),
    databases: read("databases", DatabaseShape, databaseKeys),
    env: read("env", VariableShape, ["name", "value", "phase"]),
    warnings,
  };
}

const DatabaseShape = Spec.shape.databases.unwrap().element;
const VariableShape = Spec.shape.env.unwrap().element;

/** An entry without what a repository may not say; inside of `env` only values, no references to Secrets. */
function allowed(
  entry: unknown,
  keys: readonly string[],
  place: string,
  warn: (about: string) => void,
): Record<string, unknown> | undefined {
  const fields = record(entry);
  if (fields === undefined) return undefined;
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields).slice(0, 40)) {
    if (!keys.includes(key)) warn(`${place}.${key} may not be set by a repository: it is passed over`);
    else if (key !== "env") kept[key] = value;
    else {
      kept[key] = listOf(value).flatMap((one, index) => {
        const variable = allowed(one, ["name", "value", "phase"], `${place}.env[${index}]`, warn);
        return variable?.["value"] === undefined ? [] : [variable];
      });
    }
  }
  return kept;
}

function record(value: unknown): Record<string, unknown> | undefined {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}
