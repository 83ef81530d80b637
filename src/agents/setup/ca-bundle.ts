import { readFileSync } from "node:fs";
import { shortHash } from "../../digest.ts";
import { done, failed, type Outcome } from "../../outcome.ts";
import { label, type RunRef } from "../../run-ref.ts";
import type { Settings } from "../../settings.ts";
import type { Cluster, KubeObject } from "../cluster.ts";
import { refusalToFailure } from "../refusal.ts";

interface ConfigMap extends KubeObject {
  readonly kind: "ConfigMap";
  readonly immutable: boolean;
  readonly data: Readonly<Record<string, string>>;
}

const texts = new Map<string, string>();
/** Runs whose namespace was seen to have it: by run, since a namespace that is made again has lost what it had. */
const ensured = new Set<string>();
const mostEnsured = 10_000;

/** The certificates that an administrator wants trusted, from settings.caBundleFile, read once; undefined without one. */
export function caBundleText(settings: Settings): string | undefined {
  const file = settings.caBundleFile;
  if (file === undefined) return undefined;
  const known = texts.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(file, "utf8");
  texts.set(file, text);
  return text;
}

/** Name of the bundle's ConfigMap in each namespace where something of ours runs; another bundle has another name. */
export function caConfigMapName(settings: Settings): string | undefined {
  const text = caBundleText(settings);
  return text === undefined ? undefined : `repo-runner-ca-${shortHash(text, 8)}`;
}

/** Puts the bundle into a run's namespace, once for each run; certificates are no secret. Does nothing where no bundle is set. */
export async function ensureCaBundle(
  cluster: Cluster,
  run: Pick<RunRef, "namespace" | "uid">,
  settings: Settings,
): Promise<Outcome<undefined>> {
  const { namespace } = run;
  const text = caBundleText(settings);
  const name = caConfigMapName(settings);
  if (text === undefined || name === undefined || ensured.has(`${run.uid}/${name}`)) return done(undefined);
  const created = await cluster.create<ConfigMap>({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace, labels: { [label.managedBy]: "repo-runner", [label.tenant]: namespace } },
    immutable: true,
    data: { "ca.crt": text },
  });
  if (created.state === "refused") {
    return failed(refusalToFailure(created.refusal, `ConfigMap ${name}`));
  }
  if (ensured.size >= mostEnsured) ensured.clear();
  ensured.add(`${run.uid}/${name}`);
  return done(undefined);
}
