import { randomBytes } from "node:crypto";
import { shortHash } from "../../digest.ts";
import { done, failed, type Outcome } from "../../outcome.ts";
import { label, labelsOf } from "../../run-ref.ts";
import type { KubeObject } from "../cluster.ts";
import { refusalToFailure } from "../refusal.ts";
import { childName } from "../runner/names.ts";
import { Authority } from "../setup/certificates.ts";
import type { Stand } from "./stand.ts";

interface SecretObject extends KubeObject {
  readonly kind: "Secret";
  readonly type: string;
  readonly immutable: true;
  readonly stringData: Readonly<Record<string, string>>;
}

const tlsDays = 3650;

/** One Secret for each volume: another volume is another database with another password. */
export function secretName({ request, name }: Pick<Stand, "request" | "name">, volumeUid: string): string {
  return childName(request.run, `${request.database.name}-${shortHash([name, volumeUid], 6)}`);
}

/**
 * The Service Binding Secret of a database: POSTed once, immutable, never read. It belongs to the volume, with whose data its password was
 * made, and goes with it. One that is there already is kept: its name holds the volume's uid, so it can only be the volume's own.
 */
export async function ensureSecret(stand: Stand, volume: { name: string; uid: string }): Promise<Outcome<string>> {
  const { request } = stand;
  const { cluster, run, database } = request;
  const name = secretName(stand, volume.uid);
  const secret: SecretObject = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name,
      namespace: run.namespace,
      labels: { ...labelsOf(run, "database"), [label.database]: database.name },
      ownerReferences: [{ apiVersion: "v1", kind: "PersistentVolumeClaim", name: volume.name, uid: volume.uid }],
    },
    type: `servicebinding.io/${stand.engine.type}`,
    immutable: true,
    stringData: await valuesOf(stand),
  };
  const created = await cluster.create(secret);
  if (created.state === "refused") return failed(refusalToFailure(created.refusal, `Secret ${name}`));
  return done(name);
}

/** Host name of the database inside the cluster. */
export function hostOf({ request, name }: Pick<Stand, "request" | "name">): string {
  return `${name}.${request.run.namespace}.svc`;
}

async function valuesOf(stand: Stand): Promise<Record<string, string>> {
  const { engine, username, databaseName, request } = stand;
  const host = hostOf(stand);
  // Hex: no character that a URL, a shell or a configuration file would read differently.
  const password = request.database.publicPassword ?? randomBytes(24).toString("hex");
  const parts = { host, port: engine.port, username, password, database: databaseName };
  const papers = engine.tls ? await papersFor(host) : {};
  return {
    type: engine.type,
    provider: "repo-runner",
    host,
    port: String(engine.port),
    username,
    password,
    database: databaseName,
    uri: engine.uri(parts),
    ...(engine.jdbc ? { "jdbc-url": engine.jdbc(parts) } : {}),
    "admin-password": randomBytes(24).toString("hex"),
    ...papers,
  };
}

/** Papers that nobody checks by default: some programs insist on TLS, and inside one cluster its name is all there is to say. */
async function papersFor(host: string): Promise<Record<string, string>> {
  const authority = await Authority.make(host, new Date(), tlsDays);
  return { ...(await authority.issue("Server", host)) };
}
