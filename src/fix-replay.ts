import { digestOf } from "./digest.ts";
import type { Action, Fix } from "./fix.ts";
import type { Plan, Service } from "./plan.ts";

/** Digest of the fields that an action changes, as they are now: a fix is replayed on a later draft only while they are the same. */
export function fingerprint(service: Service, action: Action): string {
  return digestOf([action.kind, fieldsOf(service, action)]);
}

export function stillApplies(plan: Plan, fix: Fix): boolean {
  const service = plan.services.find((each) => each.name === fix.service);
  return service !== undefined && fingerprint(service, fix.action) === fix.appliesTo;
}

function fieldsOf(service: Service, action: Action): unknown {
  const { recipe } = service;
  switch (action.kind) {
    case "SetInstallMode":
    case "AddDependencies":
      return [service.manager, recipe.install, recipe.build];
    case "AddPackages":
    case "SetBaseVariant":
      return [service.runtime?.name, recipe.buildImage, recipe.install];
    case "SkipStep":
    case "AddBuildStep":
    case "SetBuildFlag":
      return [recipe.install, recipe.build];
    case "SetBuildContext":
      return [recipe.dockerfile, recipe.context];
    case "SetStart":
    case "SetBind":
    case "AddMigration":
      return [service.start, service.kind];
    case "SetEnv":
    case "RequireSecret":
    case "GenerateSecret":
      return [action.name, service.env.find((variable) => variable.name === action.name) ?? null, service.start];
    case "SetBridge":
    case "SetPort":
      return [service.port.number ?? null, service.port.hostVariable ?? null, service.start];
    case "SetProbe":
      return [service.probe, service.start];
    case "SetRuntime":
      return [service.runtime?.version ?? null, service.runtime?.from ?? null, recipe.install];
    case "KeepDevDependencies":
      return [recipe.prune, recipe.install];
    case "SetKind":
      return [service.kind, service.start];
    case "SetMemory":
      return [service.resources, recipe.builder ?? null, recipe.build];
    case "AddWritablePath":
      return [service.writable ?? [], service.start];
    case "AddDatabase":
    case "AddAlias":
    case "SetConnectionOption":
      return [service.dependsOn, service.env.filter(({ source }) => source === "Database")];
  }
}
