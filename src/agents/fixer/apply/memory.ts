import type { Service } from "../../../plan.ts";

/** Of what a pod may use, the part that a heap may grow to; the rest is for code, stacks and buffers. */
const heapPart = 0.75;

/** A program with a higher limit, and a heap that knows of it. `megabytes` of 2^20 bytes. */
export function withRunMemory(service: Service, megabytes: number): Service {
  const limits = { ...service.resources.limits, memory: `${String(megabytes)}Mi` };
  const resources = { ...service.resources, limits };
  if (service.language !== "node" && service.runtime?.name !== "node") return { ...service, resources };
  const heap = Math.floor(megabytes * heapPart);
  return { ...service, resources, env: withOption(service, `--max-old-space-size=${String(heap)}`) };
}

/** The larger builder, and heaps of build tools that use it. */
export function withBuildMemory(service: Service, megabytes: number): Service {
  const heap = Math.floor(megabytes * heapPart);
  const { buildEnv } = service.recipe;
  const options: Readonly<Record<string, string>> = {
    ...(service.language === "node" || service.runtime?.name === "node"
      ? { NODE_OPTIONS: merged(buildEnv["NODE_OPTIONS"], `--max-old-space-size=${String(heap)}`) }
      : {}),
    ...(service.manager?.name === "maven" ? { MAVEN_OPTS: `-Xmx${String(heap)}m` } : {}),
    ...(service.manager?.name === "gradle"
      ? { GRADLE_OPTS: `-Dorg.gradle.jvmargs=-Xmx${String(heap)}m -Dorg.gradle.workers.max=2` }
      : {}),
    ...(service.manager?.name === "composer" ? { COMPOSER_MEMORY_LIMIT: "-1" } : {}),
  };
  return {
    ...service,
    recipe: { ...service.recipe, builder: "Large", buildEnv: { ...buildEnv, ...options } },
  };
}

function withOption(service: Service, option: string): Service["env"] {
  const known = service.env.find(({ name }) => name === "NODE_OPTIONS");
  const value = merged(known?.value, option);
  return [
    ...service.env.filter(({ name }) => name !== "NODE_OPTIONS"),
    { name: "NODE_OPTIONS", source: "Literal", value, phase: "Run" },
  ];
}

function merged(known: string | undefined, option: string): string {
  const others = (known ?? "").split(/\s+/).filter((each) => each !== "" && !each.startsWith("--max-old-space-size"));
  return [...others, option].join(" ");
}
