import type { Database } from "../../plan.ts";
import type { Engine } from "./engine.ts";
import { mongodb } from "./engines/mongodb.ts";
import { mariadb, mysql } from "./engines/mysql.ts";
import { objectStorage } from "./engines/object-storage.ts";
import { postgres } from "./engines/postgres.ts";
import { rabbitmq } from "./engines/rabbitmq.ts";
import { redis, valkey } from "./engines/redis.ts";

/** Every engine that can be provided; a new one is one file beside these. */
export const engines: Readonly<Record<Database["engine"], Engine>> = {
  Postgres: postgres,
  MySQL: mysql,
  MariaDB: mariadb,
  Redis: redis,
  Valkey: valkey,
  MongoDB: mongodb,
  RabbitMQ: rabbitmq,
  ObjectStorage: objectStorage,
};

/** Programs that speak the same language: one can be asked for in the other's place. */
export function isSameKind(one: Database["engine"], other: Database["engine"]): boolean {
  return one === other || kinds.some((kind) => kind.includes(one) && kind.includes(other));
}

const kinds: readonly (readonly Database["engine"][])[] = [
  ["MySQL", "MariaDB"],
  ["Redis", "Valkey"],
];

/** `postgres` of `docker.io/library/postgres`: the name under which a platform lists the versions it has. */
export function listedName(engine: Engine): string {
  return engine.repository.split("/").at(-1) ?? engine.repository;
}
