import type { Database, Service } from "../../../plan.ts";
import { type Looked, same } from "./evidence.ts";

/**
 * Whether a database of a compose file is for what runs: a service waits for it, is told of it or speaks to it by name, or its code wants the engine. One
 * that only serves another way of running (a profile, a tool) is left out; where no code can be read, all stay.
 */
export function isMeant(database: Database, looked: readonly Looked[], services: readonly Service[]): boolean {
  const names = [database.name, ...database.aliases];
  const isTold = services.some(
    ({ dependsOn, env }) =>
      dependsOn.some(({ name }) => name === database.name) ||
      env.some(({ of, value }) => of === database.name || names.some((name) => speaksOf(value ?? "", name))),
  );
  const engines = looked.flatMap(({ decision }) => decision.wanted.map(({ engine }) => engine));
  const isRead = looked.some(({ evidence }) => evidence.dependencies.length > 0);
  return isTold || !isRead || engines.some((engine) => engine === database.engine || same(engine, [database.engine]));
}

/** A host name in an address, or alone. */
function speaksOf(value: string, host: string): boolean {
  return value === host || value.includes(`@${host}`) || value.includes(`//${host}`) || value.startsWith(`${host}:`);
}
