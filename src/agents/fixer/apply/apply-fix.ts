import type { Action, Fix } from "../../../fix.ts";
import type { Plan, Service, Variable } from "../../../plan.ts";
import { realigned } from "../../dependency/check.ts";
import { boundEverywhere } from "./bind.ts";
import { withBuildFlag, withBuildStep, withoutStep } from "./build-line.ts";
import { withConnectionOption, withDatabase, withMigration } from "./database.ts";
import { withDependencies } from "./dependencies.ts";
import { withInstallMode } from "./install-mode.ts";
import { withBuildMemory, withRunMemory } from "./memory.ts";
import { withFullBase, withRuntime } from "./runtime.ts";

/** A plan with one fix applied; the plan itself when no service has that name, or nothing of it can be changed so. `by`: who says so, for people. */
export function applyFix(plan: Plan, fix: Pick<Fix, "service" | "action">, by = "a fix"): Plan {
  const { action } = fix;
  if (action.kind === "AddDatabase") return withDatabase(plan, fix.service, action.engine);
  if (action.kind === "AddAlias") return withAlias(plan, action);
  const services = plan.services.map((service) =>
    service.name === fix.service ? change(plan, service, action, by) : service,
  );
  return { ...plan, services };
}

function change(plan: Plan, service: Service, action: Action, by: string): Service {
  const { recipe } = service;
  switch (action.kind) {
    case "SetRuntime":
      return realigned(
        withRuntime(service, action.version, by),
        `${by} took ${service.runtime?.name ?? "runtime"} ${action.version}`,
      );
    case "SetBaseVariant":
      return withFullBase(service);
    case "AddPackages":
      return withPackages(service, action.stage, action.packages);
    case "SetInstallMode":
      return withInstallMode(service, action.mode);
    case "AddDependencies":
      return realigned(
        withDependencies(service, action.stage, action.dependencies),
        `${by} added to what is installed`,
      );
    case "SkipStep":
      return withoutStep(service, action.step);
    case "AddBuildStep":
      return withBuildStep(service, action.step);
    case "SetBuildFlag":
      return withBuildFlag(service, action.flag);
    case "SetBuildContext":
      return { ...service, recipe: { ...recipe, context: action.context } };
    case "KeepDevDependencies":
      return { ...service, recipe: { ...recipe, prune: null } };
    case "SetEnv":
      return withVariable(service, action.name, action.value, action.phase);
    case "GenerateSecret":
      return replaced(service, { name: action.name, source: "Generated", form: action.form, phase: "Run" });
    case "RequireSecret":
      return replaced(service, { name: action.name, source: "Needed", phase: "Run", why: action.why });
    case "SetStart":
      return { ...service, start: action.start };
    case "SetBind": {
      const start = service.start === null ? undefined : boundEverywhere(service.start);
      return start === undefined ? service : { ...service, start };
    }
    case "SetBridge":
      return { ...service, bridge: true };
    case "SetKind":
      return { ...service, kind: action.to };
    case "SetPort":
      return { ...service, port: { ...service.port, number: action.port, from: "Observed" } };
    case "SetProbe":
      return { ...service, probe: { ...service.probe, startupSeconds: action.startupSeconds } };
    case "SetMemory":
      return action.stage === "Run"
        ? withRunMemory(service, action.megabytes)
        : withBuildMemory(service, action.megabytes);
    case "AddWritablePath":
      return { ...service, writable: union(service.writable ?? [], [action.path]).slice(0, 8) };
    case "AddMigration":
      return withMigration(plan, service, action.tool);
    case "SetConnectionOption":
      return withConnectionOption(service, action.option);
    case "AddDatabase":
    case "AddAlias":
      return service;
  }
}

function withPackages(service: Service, stage: "Build" | "Run", packages: readonly string[]): Service {
  const { recipe } = service;
  // A repository's own Dockerfile, or an image that is taken as it is, has its packages from elsewhere.
  if (recipe.dockerfile !== undefined || recipe.image !== undefined) return service;
  // Headers of Node lie in its image: node-gyp would fetch them, from where builds may not reach.
  const headers =
    service.runtime?.name === "node" && packages.includes("make") ? { npm_config_nodedir: "/usr/local" } : {};
  return stage === "Build"
    ? {
        ...service,
        recipe: {
          ...recipe,
          buildPackages: union(recipe.buildPackages, packages),
          buildEnv: { ...recipe.buildEnv, ...headers },
        },
      }
    : { ...service, recipe: { ...recipe, runPackages: union(recipe.runPackages, packages) } };
}

/** For a build of ours a variable is of the whole build stage; a Dockerfile of the repository gets it as a build argument. */
function withVariable(service: Service, name: string, value: string, phase: "Run" | "Build" | "Both"): Service {
  const { recipe } = service;
  const ours = recipe.dockerfile === undefined && recipe.image === undefined;
  const built =
    ours && phase !== "Run"
      ? { ...service, recipe: { ...recipe, buildEnv: { ...recipe.buildEnv, [name]: value } } }
      : service;
  if (ours && phase === "Build") return built;
  return replaced(built, { name, source: "Literal", value, phase: ours ? "Run" : phase });
}

function replaced(service: Service, variable: Variable): Service {
  return { ...service, env: [...service.env.filter(({ name }) => name !== variable.name), variable] };
}

function withAlias(plan: Plan, { of, alias }: { readonly of: string; readonly alias: string }): Plan {
  const add = <T extends { readonly name: string; readonly aliases: readonly string[] }>(each: T): T =>
    each.name === of && each.aliases.length < 4 ? { ...each, aliases: union(each.aliases, [alias]) } : each;
  return { ...plan, services: plan.services.map(add), databases: plan.databases.map(add) };
}

function union(one: readonly string[], other: readonly string[]): string[] {
  return [...new Set([...one, ...other])];
}
