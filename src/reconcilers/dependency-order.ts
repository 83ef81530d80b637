import type { Failure } from "../failure.ts";
import type { Plan, Service } from "../plan.ts";

/** What one service waits for, by the names of the plan; what the plan does not have is nobody's to wait for. */
export interface Needed {
  readonly databases: readonly string[];
  readonly services: Service["dependsOn"];
}

/** The databases that a service says it needs, uses by a variable, or looks for by a name; and the services before it. */
export function neededBy(plan: Plan, service: Service): Needed {
  const said = service.dependsOn.map(({ name }) => name);
  const used = service.env.flatMap(({ source, of }) => (source === "Database" && of !== undefined ? [of] : []));
  return {
    databases: plan.databases
      .filter(({ name, aliases }) => said.includes(name) || used.includes(name) || aliases.length > 0)
      .map(({ name }) => name),
    services: service.dependsOn.filter(({ name }) => plan.services.some((each) => each.name === name)),
  };
}

/** The services of a plan that are none of these and wait for none of these, by however many others. */
export function besides(plan: Plan, these: readonly Service[]): readonly Service[] {
  const out = new Set(these.map(({ name }) => name));
  for (let before = -1; before < out.size;) {
    before = out.size;
    for (const { name, dependsOn } of plan.services) if (dependsOn.some((each) => out.has(each.name))) out.add(name);
  }
  return plan.services.filter(({ name }) => !out.has(name));
}

/** The services in an order in which each comes after those that it depends on; a failure where there is none. */
export function orderOf(plan: Plan): { readonly order: readonly Service[] } | { readonly failure: Failure } {
  const order: Service[] = [];
  let left = [...plan.services];
  while (left.length > 0) {
    const free = left.filter(
      (service) => !service.dependsOn.some(({ name }) => left.some((other) => other.name === name)),
    );
    if (free.length === 0) return { failure: cycle(left) };
    order.push(...free);
    left = left.filter((service) => !free.includes(service));
  }
  return { order };
}

function cycle(left: readonly Service[]): Failure {
  const circle: string[] = [];
  let at = left[0];
  while (at !== undefined && !circle.includes(at.name)) {
    circle.push(at.name);
    const next = at.dependsOn.find(({ name }) => left.some((other) => other.name === name))?.name;
    at = left.find(({ name }) => name === next);
  }
  const round = at === undefined ? circle : [...circle.slice(circle.indexOf(at.name)), at.name];
  return {
    reason: "DependencyCycle",
    message: `these services wait for one another: ${round.join(" → ")}`.slice(0, 900),
    hint: "leave one of them out of spec.services[].dependsOn, or mend the compose file",
    layer: "Config",
    blame: "Spec",
  };
}
