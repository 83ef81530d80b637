import { stringify } from "yaml";
import type { Action, Fix } from "../../fix.ts";
import type { Plan, Service } from "../../plan.ts";
import { repositoryFile } from "../plan/repository-file.ts";
import { clean } from "../text.ts";

/**
 * What would make the repository run without us: the mended plan in the words of `repo-runner.yaml`, only of what was mended where the repository is one service, and for what such a
 * file cannot say one line each that names what to change.
 */
export function renderPatch(plan: Plan, fixes: readonly Fix[]): string[] {
  // A file that names one service of several would leave the others out.
  const isLone = plan.services.length === 1 && plan.services[0]?.path === ".";
  if (!isLone) return [...repositoryFile(plan).trimEnd().split("\n"), ...sentences(fixes)];
  const mended = plan.services.filter(({ name }) => fixes.some((fix) => fix.service === name));
  const services = mended.map((service) =>
    saidOf(
      service,
      fixes.filter((fix) => fix.service === service.name),
    ),
  );
  const databases = fixes.some(({ action }) => action.kind === "AddDatabase")
    ? plan.databases.map(({ name, engine, version }) => ({ name, engine, version }))
    : [];
  const said = services.filter((service) => Object.keys(service).length > 1);
  const document = {
    ...(said.length === 0 ? {} : { services: said }),
    ...(databases.length === 0 ? {} : { databases }),
  };
  const file =
    Object.keys(document).length === 0
      ? ["# repo-runner.yaml has no words for what was mended; in the repository itself:"]
      : [
          "# repo-runner.yaml: what was mended, said by the repository itself",
          ...stringify(document).trimEnd().split("\n"),
        ];
  return [...file, ...sentences(fixes)];
}

function sentences(fixes: readonly Fix[]): string[] {
  const said = fixes.map((fix) => `# ${clean(fix.service, 40)}: ${clean(withoutUs(fix.action), 300)}`);
  return said.length === 0 ? [] : ["#", "# Anywhere else:", ...said];
}

/** A service by its name, with the fields that its fixes have changed. */
function saidOf(service: Service, fixes: readonly Fix[]): Readonly<Record<string, unknown>> {
  const { recipe, runtime, start, kind, port } = service;
  const own = recipe.dockerfile !== undefined;
  const fields = new Set(fixes.flatMap(({ action }) => declared[action.kind]));
  const named = new Set(
    fixes.flatMap(({ action }) => (action.kind === "SetEnv" && action.phase !== "Build" ? [action.name] : [])),
  );
  const env = service.env.filter(
    ({ name, source, value }) => named.has(name) && source === "Literal" && value !== undefined,
  );
  return {
    name: service.name,
    ...(fields.has("runtime") && runtime && !own ? { runtime: { name: runtime.name, version: runtime.version } } : {}),
    ...(fields.has("install") && !own ? { install: recipe.install ?? "" } : {}),
    ...(fields.has("build") && !own ? { build: recipe.build ?? "" } : {}),
    ...(fields.has("start") && start !== null ? { start } : {}),
    ...(fields.has("kind") ? { kind } : {}),
    ...(fields.has("port") && port.number !== undefined ? { port: port.number } : {}),
    ...(env.length === 0 ? {} : { env: env.map(({ name, value }) => ({ name, value })) }),
  };
}

type Field = "runtime" | "install" | "build" | "start" | "kind" | "port";

/** Which fields of `repo-runner.yaml` say what an action has done; none for what only a sentence can say. */
const declared: Readonly<Record<Action["kind"], readonly Field[]>> = {
  SetRuntime: ["runtime"],
  SetInstallMode: ["install", "build"],
  AddDependencies: ["install", "build"],
  SkipStep: ["install", "build"],
  AddBuildStep: ["install", "build"],
  SetBuildFlag: ["install", "build"],
  SetStart: ["start"],
  SetBind: ["start"],
  SetKind: ["kind"],
  SetPort: ["port"],
  SetEnv: [],
  SetBaseVariant: [],
  AddPackages: [],
  SetBuildContext: [],
  KeepDevDependencies: [],
  GenerateSecret: [],
  RequireSecret: [],
  SetBridge: [],
  SetProbe: [],
  SetMemory: [],
  AddWritablePath: [],
  AddAlias: [],
  AddDatabase: [],
  AddMigration: [],
  SetConnectionOption: [],
};

/** The same for a machine that has no Repo Runner: what to write, install or give. */
export function withoutUs(action: Action): string {
  switch (action.kind) {
    case "SetRuntime":
      return `say ${action.version} in its version file (.nvmrc, .python-version, go.mod, …) or manifest`;
    case "SetBaseVariant":
      return "build on the full base image, not the slim one";
    case "AddPackages":
      return `apt-get install ${action.packages.join(" ")} in the ${action.stage === "Build" ? "build" : "image that runs"}`;
    case "SetInstallMode":
      return installs[action.mode];
    case "AddDependencies":
      return `add to its requirements: ${action.dependencies.join(" ")}`;
    case "SkipStep":
      return `leave out of the build: ${action.step}`;
    case "AddBuildStep":
      return `add to the build: ${action.step}`;
    case "SetBuildFlag":
      return `build with ${action.flag}`;
    case "SetBuildContext":
      return `docker build --file its Dockerfile ${action.context}`;
    case "KeepDevDependencies":
      return "move what it needs when it runs from development dependencies to dependencies";
    case "SetEnv":
      return `set ${action.name}=${action.value}${action.phase === "Build" ? " while it is built" : ""}`;
    case "GenerateSecret":
      return `set ${action.name} to a long random value that stays the same`;
    case "RequireSecret":
      return `set ${action.name}: ${action.why}`;
    case "SetStart":
      return `start it by: ${action.start}`;
    case "SetBind":
    case "SetBridge":
      return "listen on 0.0.0.0, not on 127.0.0.1";
    case "SetKind":
      return action.to === "Job"
        ? "it ends by itself: run it as a job"
        : "it listens to nothing: run it without a port";
    case "SetPort":
      return `it listens on port ${String(action.port)}`;
    case "SetProbe":
      return `give it ${String(action.startupSeconds)} s to start`;
    case "SetMemory":
      return `give ${action.stage === "Build" ? "its build" : "it"} ${String(action.megabytes)} MB of memory`;
    case "AddWritablePath":
      return `make ${action.path} writable for its user`;
    case "AddAlias":
      return `let ${action.of} be reached by the name ${action.alias}`;
    case "AddDatabase":
      return `give it a ${action.engine} database`;
    case "AddMigration":
      return `run its migrations (${action.tool}) before it starts`;
    case "SetConnectionOption":
      return `write its database address as ${action.option} says`;
  }
}

const installs: Readonly<Record<Extract<Action, { kind: "SetInstallMode" }>["mode"], string>> = {
  Unfrozen: "bring the lock file in step with the manifest and commit it",
  WithoutLock: "make the lock file anew and commit it",
  LegacyPeers: "settle its peer dependencies (npm: --legacy-peer-deps)",
  AnyEngine: "let its manifest allow the version of the runtime",
  WithDevelopment: "install development dependencies for the build, too",
  WithoutScripts: "install without scripts of packages (--ignore-scripts)",
  RelaxedPins: "take the pins that cannot be had for lower bounds",
  WithoutCache: "clear the cache of its package manager",
};
