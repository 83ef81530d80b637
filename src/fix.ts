import { z } from "zod";
import { Layer } from "./failure.ts";
import type { Plan, Service } from "./plan.ts";

/** The only ways in which a plan may be changed, by a rule, a memory, a model or a person. No shell line, image or address is among them that code did not find itself. */
export const Action = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("SetInstallMode"), mode: z.enum(["Frozen", "Unfrozen"]), install: z.string().max(2048) }),
  z.object({
    kind: z.literal("AddPackages"),
    stage: z.enum(["Build", "Run"]),
    packages: z.array(z.string().max(64)).min(1).max(16),
  }),
  z.object({ kind: z.literal("SetStart"), start: z.string().max(2048) }),
  z.object({
    kind: z.literal("SetEnv"),
    name: z.string().max(128),
    value: z.string().max(2048),
    phase: z.enum(["Run", "Build", "Both"]),
  }),
  z.object({ kind: z.literal("SetBridge") }),
  z.object({ kind: z.literal("KeepDevDependencies") }),
  z.object({ kind: z.literal("SetRuntime"), version: z.string().max(32) }),
  z.object({ kind: z.literal("SetKind"), to: z.enum(["Job", "Worker"]) }),
  z.object({ kind: z.literal("SetPort"), port: z.int().min(1).max(65535) }),
  z.object({ kind: z.literal("RequireSecret"), name: z.string().max(128), why: z.string().max(256) }),
]);
export type Action = z.infer<typeof Action>;

/** One mending, as kept in the plan's ConfigMap: who, why, what. Replayed on later drafts while its precondition holds. */
export const Fix = z.object({
  service: z.string().max(40),
  layer: Layer,
  /** CamelCase name of what was seen: `ListensOnLoopback`. */
  signature: z.string().max(64),
  /** `family/rule`, shown by `explain`. */
  rule: z.string().max(128),
  by: z.enum(["Rule", "Memory", "Model", "Person"]),
  action: Action,
  /** For people: `web listened on 127.0.0.1:3000 only; HOST=0.0.0.0 set`. */
  summary: z.string().max(256),
  /** What has to hold in a draft for this fix to be replayed: digest of the fields that the action changes, as they were. */
  appliesTo: z.string().max(80),
  at: z.string(),
});
export type Fix = z.infer<typeof Fix>;

/** A plan with one fix applied; the plan itself when no service has that name. */
export function applyFix(plan: Plan, fix: Pick<Fix, "service" | "action">): Plan {
  const services = plan.services.map((service) =>
    service.name === fix.service ? change(service, fix.action) : service,
  );
  return { ...plan, services };
}

function change(service: Service, action: Action): Service {
  const { recipe } = service;
  switch (action.kind) {
    case "SetInstallMode":
      return {
        ...service,
        manager: service.manager && { ...service.manager, mode: action.mode },
        recipe: { ...recipe, install: action.install },
      };
    case "AddPackages":
      return action.stage === "Build"
        ? { ...service, recipe: { ...recipe, buildPackages: union(recipe.buildPackages, action.packages) } }
        : { ...service, recipe: { ...recipe, runPackages: union(recipe.runPackages, action.packages) } };
    case "SetStart":
      return { ...service, start: action.start };
    case "SetEnv":
      return {
        ...service,
        env: [
          ...service.env.filter((variable) => variable.name !== action.name),
          { name: action.name, source: "Literal", value: action.value, phase: action.phase },
        ],
      };
    case "SetBridge":
      return { ...service, bridge: true };
    case "SetRuntime":
      return withRuntime(service, action.version);
    case "KeepDevDependencies":
      return { ...service, recipe: { ...recipe, prune: null } };
    case "SetKind":
      return { ...service, kind: action.to };
    case "SetPort":
      return { ...service, port: { ...service.port, number: action.port, from: "Observed" } };
    case "RequireSecret":
      return {
        ...service,
        env: [
          ...service.env.filter((variable) => variable.name !== action.name),
          { name: action.name, source: "Needed", phase: "Run", why: action.why },
        ],
      };
  }
}

function union(one: readonly string[], other: readonly string[]): string[] {
  return [...new Set([...one, ...other])];
}

/** Another line of the same runtime: the base images of the same family, with its version in their tags. */
function withRuntime(service: Service, version: string): Service {
  const { runtime, recipe } = service;
  if (!runtime) return service;
  const other = (image: string | undefined) => image?.replace(`:${runtime.version}`, `:${version}`);
  const buildImage = other(recipe.buildImage);
  const runImage = other(recipe.runImage);
  return {
    ...service,
    runtime: { ...runtime, version, from: "a fix" },
    recipe: {
      ...recipe,
      ...(buildImage === undefined ? {} : { buildImage }),
      ...(runImage === undefined ? {} : { runImage }),
    },
  };
}
