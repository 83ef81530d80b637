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
  switch (action.kind) {
    case "SetInstallMode":
      return [service.manager, service.recipe.install];
    case "AddPackages":
      return [service.runtime?.name, service.recipe.buildImage, service.recipe.install];
    case "SetStart":
      return [service.start, service.kind];
    case "SetEnv":
    case "RequireSecret":
      return [action.name, service.env.find((variable) => variable.name === action.name) ?? null, service.start];
    case "SetBridge":
    case "SetPort":
      return [service.port.number ?? null, service.port.hostVariable ?? null, service.start];
    case "SetRuntime":
      return [service.runtime?.version ?? null, service.runtime?.from ?? null, service.recipe.install];
    case "KeepDevDependencies":
      return [service.recipe.prune, service.recipe.install];
    case "SetKind":
      return [service.kind, service.start];
  }
}
