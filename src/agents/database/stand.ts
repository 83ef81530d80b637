import { digestOf } from "../../digest.ts";
import type { Database, Plan } from "../../plan.ts";
import type { RepoRunSpec } from "../../repo-run.ts";
import type { RunRef } from "../../run-ref.ts";
import type { Settings } from "../../settings.ts";
import type { Cluster } from "../cluster.ts";
import { childName } from "../runner/names.ts";
import type { Engine } from "./engine.ts";
import { engines } from "./engines.ts";

/** All that one database of a run is provided from. */
export interface DatabaseRequest {
  readonly cluster: Cluster;
  readonly run: RunRef;
  readonly plan: Plan;
  readonly database: Database;
  readonly settings: Settings;
  readonly spec: RepoRunSpec;
}

/** What is known of a database before any request is made. */
export interface Stand {
  readonly request: DatabaseRequest;
  readonly engine: Engine;
  /** Of StatefulSet, Service and volume. */
  readonly name: string;
  readonly username: string;
  /** Of the database that is made in it. */
  readonly databaseName: string;
  /** Nobody has to say a password. */
  readonly open: boolean;
  readonly replicas: 0 | 1;
  /** Digest of what was asked. */
  readonly input: string;
}

export function standOf(request: DatabaseRequest): Stand {
  const { run, database, spec, settings } = request;
  const engine = engines[database.engine];
  const replicas = spec.state === "Stopped" ? 0 : 1;
  return {
    request,
    engine,
    name: childName(run, database.name),
    username: database.username ?? engine.username,
    databaseName: database.database ?? engine.database,
    open: database.publicPassword === "",
    replicas,
    input: digestOf([shape, database, replicas, spec.pod ?? null, settings.images.pullPolicy]),
  };
}

/** Counts what this program makes of the same request: another number brings every database up to date. */
const shape = 1;
