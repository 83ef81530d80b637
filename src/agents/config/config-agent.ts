import type { Outcome } from "../../outcome.ts";
import { done } from "../../outcome.ts";
import type { Need, Reason, Service, Variable } from "../../plan.ts";
import type { RepoRunSpec } from "../../repo-run.ts";
import type { AgentContext } from "../agent.ts";
import { BaseAgent } from "../agent.ts";
import { connectionName } from "../database/planning/connection-names.ts";
import { plainText } from "../detection/plain-text.ts";
import type { SourceTree } from "../detection/source-tree.ts";
import type { CodeLanguage, CodeText } from "./code-text.ts";
import { csharpEnvReads } from "./csharp-env.ts";
import { elixirEnvReads } from "./elixir-env.ts";
import { codeLanguageOf } from "./code-text.ts";
import type { HostedVariable } from "../detection/hosts/hosted.ts";
import { asHostsSay, setByHosts } from "./hosted-variables.ts";
import type { EnvRead } from "./env-read.ts";
import type { ExampleLine } from "./example-file.ts";
import { isPlaceholder, readCommitted, readExample } from "./example-file.ts";
import { goEnvReads } from "./go-env.ts";
import { javaEnvReads } from "./java-env.ts";
import { javascriptEnvReads } from "./javascript-env.ts";
import {
  conventionalValue,
  isConnection,
  isHandedOut,
  isOwnSecret,
  isPlatformName,
  isShapedSecret,
  looksSecret,
} from "./names.ts";
import { phpEnvReads } from "./php-env.ts";
import { pythonEnvReads } from "./python-env.ts";
import { rubyEnvReads } from "./ruby-env.ts";
import { namesOfBuildScripts, rustEnvReads } from "./rust-env.ts";
import { readCodes, serviceCodePaths } from "./service-files.ts";
import { appSettings, settingsReads } from "./settings-env.ts";
import { startedFiles } from "./started-files.ts";

export interface ConfigRequest {
  readonly tree: SourceTree;
  readonly service: Service;
  readonly spec: RepoRunSpec;
  /** Who said a variable that stands in `spec`: a file of the repository may have. */
  readonly saidBy?: (name: string) => string;
  /** What files of other hosts say of this service's environment. */
  readonly hosted?: readonly HostedVariable[];
}

/** What a service's environment is: for `service.env`, `plan.needs` and `service.why`. */
export interface ConfigAnswer {
  readonly variables: readonly Variable[];
  readonly needs: readonly Need[];
  readonly why: readonly Reason[];
}

const maxVariables = 96;

/** Finds what environment a service reads: what has a default, what is made here, and what only a person knows. */
export class ConfigAgent extends BaseAgent<ConfigRequest, ConfigAnswer> {
  readonly name = "ConfigAgent";

  protected async work(request: ConfigRequest, context: AgentContext): Promise<Outcome<ConfigAnswer>> {
    const { tree, service, spec, saidBy = () => "spec", hosted = [] } = request;
    const sources = await readCodes(tree, await serviceCodePaths(tree, service.path, readLanguages));
    const settings = await appSettings(tree, service.path);
    const reads = readsOf(service, sources, settings, await settingsReads(tree, service));
    const example = await readExample(tree, service.path);
    const committed = await readCommitted(tree, service.path);
    const told = toldVariables(service, spec, saidBy);
    const variables = new Map<string, Variable>(told);
    for (const variable of service.env) if (!variables.has(variable.name)) variables.set(variable.name, variable);
    for (const variable of setByHosts(hosted))
      if (!variables.has(variable.name)) variables.set(variable.name, variable);
    for (const [name, said] of reads) {
      if (variables.has(name)) continue;
      const places = asHostsSay(said, hosted);
      const variable = decide(name, places, { example: example.get(name), committed: committed.get(name), reads });
      if (variable !== undefined) variables.set(name, variable);
    }
    context.log("environment read", { service: service.name, files: sources.length, names: reads.size });
    return done(answerOf(service, [...variables.values()]));
  }
}

const readLanguages: readonly CodeLanguage[] = [
  "python",
  "javascript",
  "go",
  "java",
  "ruby",
  "php",
  "csharp",
  "rust",
  "elixir",
];

/** `known`: what settings files give a value, and what build scripts set. */
type Reader = (source: CodeText, starts: boolean, known: ReadonlySet<string>) => readonly EnvRead[];

const readers: Readonly<Record<CodeLanguage, Reader>> = {
  python: pythonEnvReads,
  javascript: javascriptEnvReads,
  go: goEnvReads,
  java: javaEnvReads,
  ruby: rubyEnvReads,
  php: phpEnvReads,
  csharp: csharpEnvReads,
  rust: rustEnvReads,
  elixir: elixirEnvReads,
};

/** Reads by name, surest first: those that are required, then by place. `settings`: keys that a file of the repository gives a value. */
function readsOf(
  service: Service,
  sources: readonly CodeText[],
  settings: ReadonlySet<string>,
  further: readonly EnvRead[],
): ReadonlyMap<string, readonly EnvRead[]> {
  const started = startedFiles(service, sources);
  const known = new Set([...settings, ...namesOfBuildScripts(sources)]);
  const all = sources.flatMap((source) => {
    const language = codeLanguageOf(source.path) ?? "javascript";
    const reads = readers[language](source, started.has(source.path), known);
    return ["python", "javascript", "go"].includes(language) ? reads : reads.filter((read) => tells(read, source.path));
  });
  const ordered = [...further, ...all].toSorted((one, other) => Number(other.required) - Number(one.required));
  return Map.groupBy(ordered, (read) => read.name);
}

/** Databases are looked for by their own agent, in these languages' code too; a framework's menu of all that can be set says nothing of this service. */
function tells({ name, required }: EnvRead, path: string): boolean {
  return required || (connectionName(name) === undefined && !/(?:^|\/)config\/[\w-]+\.php$/.test(path));
}

/** What is known beside the reads of one name. */
interface Beside {
  readonly example: ExampleLine | undefined;
  readonly committed: ExampleLine | undefined;
  readonly reads: ReadonlyMap<string, unknown>;
}

function decide(name: string, places: readonly EnvRead[], { example, committed, reads }: Beside): Variable | undefined {
  const [first] = places;
  if (first === undefined) return undefined;
  const base = { name, phase: first.phase, where: first.where, why: first.seen };
  if (name === "PORT") return { ...base, phase: "Run", source: "Port" };
  const usual = first.required ? conventionalValue(name) : undefined;
  if (usual !== undefined)
    return { ...base, source: "Literal", value: usual, why: `${first.seen}; usual in production` };
  if (isPlatformName(name)) return undefined;
  // A default that stands next to any of the reads shows that the code can do without.
  const fallback = places.find((read) => read.fallback !== undefined)?.fallback;
  if (committed !== undefined && committed.value !== "") {
    return { ...base, source: "Optional", why: `${committed.where} sets it` };
  }
  const isOwn = isOwnSecret(name) && !isHandedOut(name, reads);
  if (isOwn && first.phase === "Run" && !(isShapedSecret(name) && !first.required)) {
    return { ...base, source: "Generated", why: `${first.seen}; the application's own secret` };
  }
  if (first.required) {
    if (example !== undefined && !looksSecret(name) && !isConnection(name) && !isPlaceholder(example.value)) {
      return { ...base, source: "Literal", value: example.value, why: `${first.seen}; ${example.where} gives it` };
    }
    return { ...base, source: "Needed", why: needWhy(first, example) };
  }
  const value = fallback === undefined || looksSecret(name) ? {} : { value: plainText(fallback, 200) };
  return { ...base, source: "Optional", ...value };
}

function needWhy(read: EnvRead, example: ExampleLine | undefined): string {
  return example?.comment === undefined ? read.seen : `${read.seen} (${plainText(example.comment, 120)})`;
}

type SpecVariable = NonNullable<RepoRunSpec["env"]>[number];

/** What the person said: the service's own entries before those of the whole spec. */
function toldVariables(
  service: Service,
  spec: RepoRunSpec,
  saidBy: (name: string) => string,
): readonly (readonly [string, Variable])[] {
  const wish = spec.services?.find((one) => one.name === service.name);
  return [...(spec.env ?? []), ...(wish?.env ?? [])].map(
    (entry) => [entry.name, { ...toldVariable(entry), why: saidBy(entry.name) }] as const,
  );
}

function toldVariable(entry: SpecVariable): Variable {
  const reference = entry.valueFrom?.secretKeyRef;
  const phase = "phase" in entry && entry.phase !== undefined ? entry.phase : "Run";
  return reference === undefined
    ? { name: entry.name, source: "Literal", value: entry.value ?? "", phase }
    : { name: entry.name, source: "Secret", secret: { name: reference.name, key: reference.key }, phase };
}

function answerOf(service: Service, found: readonly Variable[]): ConfigAnswer {
  const order: Readonly<Record<Variable["source"], number>> = {
    Secret: 0,
    Literal: 1,
    Needed: 2,
    Database: 2,
    Service: 2,
    Generated: 3,
    Port: 4,
    Optional: 5,
  };
  const variables = found
    .toSorted((one, other) => order[one.source] - order[other.source] || (one.name < other.name ? -1 : 1))
    .slice(0, maxVariables)
    .map((variable) => (variable.why === undefined ? variable : { ...variable, why: variable.why.slice(0, 256) }));
  const needs = variables
    .filter((variable) => variable.source === "Needed")
    .slice(0, 16)
    .map((variable) => ({
      kind: looksSecret(variable.name) ? ("Secret" as const) : ("Variable" as const),
      name: variable.name,
      service: service.name,
      why: `${variable.where ?? ""} ${variable.why ?? ""}`.trim().slice(0, 256),
    }));
  const why = variables
    .filter(
      (variable) =>
        ["Needed", "Generated"].includes(variable.source) || (variable.source === "Literal" && variable.why !== "spec"),
    )
    .slice(0, 24)
    .map((variable) => ({
      about: `env:${variable.name}`.slice(0, 64),
      value: variable.source,
      because: variable.why ?? "",
      ...(variable.where === undefined ? {} : { where: variable.where }),
    }));
  return { variables, needs, why };
}
