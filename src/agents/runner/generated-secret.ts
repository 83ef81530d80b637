import { randomBytes } from "node:crypto";
import { shortHash } from "../../digest.ts";
import { done, failed, type Outcome } from "../../outcome.ts";
import type { Service } from "../../plan.ts";
import { labelsOf, ownerOf, type RunRef } from "../../run-ref.ts";
import type { Cluster, KubeObject } from "../cluster.ts";
import { refusalToFailure } from "../refusal.ts";

interface SecretObject extends KubeObject {
  readonly kind: "Secret";
  readonly type: "Opaque";
  readonly immutable: true;
  readonly stringData: Readonly<Record<string, string>>;
}

/**
 * The Secret with random values for what the plan generates: POSTed once, immutable, never read. One that is there already is kept: its name
 * holds the names of the values and the run's uid, so it can only be this run's own. Undefined when nothing is generated.
 */
export async function ensureGeneratedSecret(
  cluster: Cluster,
  run: RunRef,
  services: readonly Pick<Service, "env">[],
): Promise<Outcome<string | undefined>> {
  const names = generatedNames(services);
  if (names.length === 0) return done(undefined);
  const name = generatedSecretName(run, names);
  const secret: SecretObject = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace: run.namespace, labels: labelsOf(run, "release"), ownerReferences: [ownerOf(run)] },
    type: "Opaque",
    immutable: true,
    stringData: Object.fromEntries(names.map((each) => [each, randomValue(formOf(each, services))])),
  };
  const created = await cluster.create(secret);
  if (created.state === "refused") return failed(refusalToFailure(created.refusal, `Secret ${name}`));
  return done(name);
}

type Form = NonNullable<Service["env"][number]["form"]>;

function formOf(name: string, services: readonly Pick<Service, "env">[]): Form {
  const variables = services.flatMap(({ env }) => env.filter((variable) => variable.name === name));
  return variables.find(({ form }) => form !== undefined)?.form ?? "Hex";
}

/** 32 bytes: as hex, which has no character that a URL, a shell or a configuration file would read differently, or as a framework wants them. */
function randomValue(form: Form): string {
  const bytes = randomBytes(32);
  return form === "Hex" ? bytes.toString("hex") : `base64:${bytes.toString("base64")}`;
}

export function generatedNames(services: readonly Pick<Service, "env">[]): string[] {
  const names = services.flatMap((service) =>
    service.env.filter((variable) => variable.source === "Generated").map((variable) => variable.name),
  );
  return [...new Set(names)].toSorted();
}

export function generatedSecretName(run: RunRef, names: readonly string[]): string {
  return `${run.name}-generated-${shortHash([run.uid, names])}`;
}
