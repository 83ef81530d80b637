import { digestOf } from "../../digest.ts";
import type { Plan, Service } from "../../plan.ts";
import { renderDockerfile } from "../setup/dockerfile.ts";

/** Digest of what a plan comes to: the image that is built and how it is run. A change that nobody would see has the same. */
export function effectOf(plan: Plan): string {
  return digestOf([plan.services.map(effectOfService), plan.databases]);
}

function effectOfService(service: Service): unknown {
  const { recipe, manager: _manager, runtime: _runtime, why: _why, otherStarts: _others, ...rest } = service;
  const { dockerfile, image, target, context, copies, builder } = recipe;
  if (dockerfile !== undefined || image !== undefined)
    return [rest, dockerfile, image, target, context, copies, builder];
  return [rest, builder, recipe.context, recipe.caches, renderDockerfile(service, { caBundle: false, buildEnv: {} })];
}
