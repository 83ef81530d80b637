import { BuildFlag, BuildStep, InstallMode, SkippedStep, type Action } from "../../fix.ts";
import type { Service } from "../../plan.ts";
import type { Evidence } from "../fixer/evidence.ts";
import { isConnection, isThirdParty } from "../config/names.ts";
import { nativeLibraries } from "../fixer/tables/system-packages.ts";
import type { Proposal } from "../fixer/rule.ts";

/** Most that a model is offered. */
export const mostCandidates = 40;

/**
 * Every change of plan that a model may choose from: made by code out of the plan and our own tables, each with all its arguments. Whatever the evidence
 * says, nothing else can be chosen. What changes nothing, was tried or is not allowed is taken out by FixerAgent.
 */
export function candidatesFor(service: Service, { lines, stage }: Evidence): readonly Proposal[] {
  const say = (action: Action, summary: string): Proposal => ({
    action,
    summary: `${service.name}: ${summary}`.slice(0, 200),
  });
  const { runtime, otherStarts, recipe } = service;
  const text = lines.join("\n").toLowerCase();
  const building = [
    ...(runtime?.others ?? [])
      .slice(0, 6)
      .map((version) =>
        say({ kind: "SetRuntime", version }, `${runtime?.name ?? ""} ${version} instead of ${runtime?.version ?? ""}`),
      ),
    ...InstallMode.options.map((mode) =>
      say({ kind: "SetInstallMode", mode }, `install dependencies ${installWords[mode]}`),
    ),
    ...mentioned(text).map(([name, packages]) =>
      say(
        { kind: "AddPackages", stage, packages: [...packages[stage]].slice(0, 24) },
        `add ${name} to the ${stage === "Build" ? "build" : "image"}`,
      ),
    ),
    ...BuildStep.options.map((step) => say({ kind: "AddBuildStep", step }, `add the build step ${step}`)),
    ...SkippedStep.options.map((step) => say({ kind: "SkipStep", step }, `build without ${step}`)),
    ...BuildFlag.options.map((flag) => say({ kind: "SetBuildFlag", flag }, `build with ${flag}`)),
    say({ kind: "KeepDevDependencies" }, "keep development dependencies in the image"),
    say({ kind: "SetBaseVariant", variant: "Full" }, "build on the larger variant of the base image, with compilers"),
    say({ kind: "SetMemory", stage: "Build", megabytes: 8192 }, "build with more memory"),
  ];
  const running = [
    ...otherStarts
      .slice(0, 6)
      .map(({ line }) => say({ kind: "SetStart", start: line }, `start by: ${line.slice(0, 120)}`)),
    say({ kind: "SetBind" }, "listen on every address"),
    say({ kind: "SetBridge" }, "bridge a port that listens on loopback alone"),
    say({ kind: "SetProbe", startupSeconds: 600 }, "give it ten minutes to start"),
    say({ kind: "SetMemory", stage: "Run", megabytes: 1024 }, "run it with 1 GB of memory"),
    say({ kind: "SetKind", to: "Worker" }, "it is a worker that listens to nothing"),
    say({ kind: "SetKind", to: "Job" }, "it is a job that ends by itself"),
    ...(["Postgres", "MySQL", "Redis", "RabbitMQ"] as const).map((engine) =>
      say({ kind: "AddDatabase", engine }, `give it a ${engine} database`),
    ),
    ...(["NoTls", "PostgresqlScheme", "AsyncDriver", "SyncDriver", "MysqlNoTls"] as const).map((option) =>
      say({ kind: "SetConnectionOption", option }, `write its database address with ${option}`),
    ),
  ];
  const all = stage === "Build" ? [...building, ...running.slice(0, 1)] : [...running, ...building];
  return all.filter(
    ({ action }) => action.kind !== "AddPackages" || (recipe.dockerfile === undefined && action.packages.length > 0),
  );
}

/** The ways to start a service that code has found, the one that it took first: for a detection that is not sure of it. */
export function startCandidates({ name, start, otherStarts }: Service): readonly Proposal[] {
  return otherStarts
    .filter(({ line }) => line !== start)
    .slice(0, 7)
    .map(({ line, from }) => ({
      action: { kind: "SetStart", start: line },
      summary: `${name}: start by ${line.slice(0, 100)} (${from.slice(0, 60)})`.slice(0, 200),
    }));
}

/**
 * What a variable may be that the code insists on and nobody has given: a secret of its own, or one of the values that mean something everywhere. What another
 * service hands out is never made up.
 */
export function variableCandidates({ name: service }: Service, name: string): readonly Proposal[] {
  if (isThirdParty(name) || isConnection(name)) return [];
  const say = (action: Action, summary: string): Proposal => ({
    action,
    summary: `${service}: ${summary}`.slice(0, 200),
  });
  return [
    say(
      { kind: "GenerateSecret", name, form: "Hex" },
      `${name} is a secret of the program itself: any long random text`,
    ),
    say(
      { kind: "GenerateSecret", name, form: "Base64Key" },
      `${name} is a key of 32 bytes, base64, of the program itself`,
    ),
    ...values.map(([value, what]) =>
      say({ kind: "SetEnv", name, value, phase: "Run" }, `${name} is ${what}: ${value}`),
    ),
  ];
}

/** Values that are right or harmless wherever they fit the kind. */
const values: readonly (readonly [value: string, what: string])[] = [
  ["production", "the name of an environment"],
  ["info", "a level of logging"],
  ["false", "a switch that may stay off"],
  ["true", "a switch that has to be on"],
  ["1", "a number or a count that has to be above zero"],
  ["0.0.0.0", "an address to listen on"],
  ["http://localhost", "its own public address"],
  ["en", "a language"],
  ["UTC", "a time zone"],
  ["/tmp", "a folder for its files"],
  ["app", "a name or a title that people see"],
];

type Packages = Readonly<Record<"Build" | "Run", readonly string[]>>;

/** Libraries and programs of our tables whose name stands in the evidence. */
function mentioned(text: string): readonly (readonly [string, Packages])[] {
  return Object.entries(nativeLibraries)
    .filter(([name, { commands = [], names = [] }]) =>
      [name, ...commands, ...names].some((word) => word.length > 3 && text.includes(word.toLowerCase())),
    )
    .slice(0, 8)
    .map(([name, { build, run }]) => [name, { Build: build, Run: run }] as const);
}

const installWords: Readonly<Record<InstallMode, string>> = {
  Unfrozen: "by the manifest where the lock file disagrees",
  WithoutLock: "as if there were no lock file",
  LegacyPeers: "without insisting on peer dependencies",
  AnyEngine: "whatever the manifests say of the runtime's version",
  WithDevelopment: "with those that only development needs",
  WithoutScripts: "without running scripts of packages",
  RelaxedPins: "taking pinned versions as lower bounds",
  WithoutCache: "without what earlier builds left in a cache",
};
