import type { Cluster, KubeObject } from "../agents/cluster.ts";
import { digestOf, shortHash } from "../digest.ts";
import { label, labelsOf, ownerOf, type RunRef, type Stage } from "../run-ref.ts";

interface ConfigMap extends KubeObject {
  readonly kind: "ConfigMap";
  readonly immutable: boolean;
  readonly data: Readonly<Record<string, string>>;
}

/** An answer that is known, and of what. */
export interface Remembered {
  readonly key: string;
  readonly run: string;
  readonly service: string;
  readonly value: unknown;
}

/**
 * Answers that are already known for the same inputs, as small immutable ConfigMaps: what a Job told outlives the Job, the controller and a lost status.
 * A key is the digest of everything that the answer depends on.
 */
export class Checkpoints {
  readonly #known = new Map<string, unknown>();

  async recall(cluster: Cluster, run: RunRef, stage: string, key: string): Promise<unknown> {
    const name = nameOf(run, stage, key);
    const remembered = this.#known.get(`${run.uid}/${name}`);
    if (remembered !== undefined) return remembered;
    const standing = await cluster.get<ConfigMap>("ConfigMap", run.namespace, name);
    const text = standing?.data["value"];
    if (
      text === undefined ||
      standing?.data["key"] !== key ||
      standing.metadata.annotations?.["repo-runner.dev/digest"] !== digestOf(text)
    )
      return undefined;
    if (!standing.metadata.ownerReferences?.some((owner) => owner.uid === run.uid)) return undefined;
    const value: unknown = JSON.parse(text);
    this.#remember(`${run.uid}/${name}`, value);
    return value;
  }

  async remember(
    cluster: Cluster,
    run: RunRef,
    at: { stage: Stage; service: string; labels?: Readonly<Record<string, string>> },
    answer: { key: string; value: unknown },
  ): Promise<void> {
    const name = nameOf(run, at.stage, answer.key);
    const text = JSON.stringify(answer.value);
    await cluster.create<ConfigMap>({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name,
        namespace: run.namespace,
        labels: { ...labelsOf(run, at.stage, at.service), ...at.labels },
        annotations: { "repo-runner.dev/digest": digestOf(text) },
        ownerReferences: [ownerOf(run)],
      },
      immutable: true,
      data: { key: answer.key, value: text },
    });
    this.#remember(`${run.uid}/${name}`, answer.value);
  }

  /** Every answer of a stage of this run. */
  async all(cluster: Cluster, run: RunRef, stage: Stage): Promise<readonly unknown[]> {
    const standing = await cluster.list<ConfigMap>("ConfigMap", run.namespace, run.name);
    return standing.flatMap(({ metadata, data }): unknown[] => {
      const text = data["value"];
      const isOwn = metadata.ownerReferences?.some((owner) => owner.uid === run.uid) === true;
      if (text === undefined || !isOwn || metadata.labels?.[label.stage] !== stage) return [];
      return metadata.annotations?.["repo-runner.dev/digest"] === digestOf(text) ? [JSON.parse(text)] : [];
    });
  }

  /** What other runs of the namespace were answered to the same question, with whose it is. */
  async recallOthers(
    cluster: Cluster,
    run: RunRef,
    by: { readonly name: string; readonly value: string },
  ): Promise<readonly Remembered[]> {
    const standing = await cluster.labelled<ConfigMap>("ConfigMap", run.namespace, by);
    return standing.flatMap(({ metadata, data }) => {
      const text = data["value"];
      const owner = metadata.labels?.[label.run];
      const service = metadata.labels?.[label.service];
      if (text === undefined || owner === undefined || service === undefined) return [];
      if (metadata.annotations?.["repo-runner.dev/digest"] !== digestOf(text)) return [];
      return [{ key: data["key"] ?? "", run: owner, service, value: JSON.parse(text) as unknown }];
    });
  }

  #remember(id: string, value: unknown): void {
    this.#known.set(id, value);
    if (this.#known.size > 1024) {
      const oldest = this.#known.keys().next();
      if (!oldest.done) this.#known.delete(oldest.value);
    }
  }
}

function nameOf(run: RunRef, stage: string, key: string): string {
  return `${run.name.slice(0, 40)}-${stage}-${shortHash([run.uid, key], 10)}`;
}

/** Keeps the last lines of a failed stage where a person finds them after its pod is gone; gives `<configmap>/<key>`. */
export async function keepLog(
  cluster: Cluster,
  run: RunRef,
  log: { readonly stage: Stage; readonly service: string; readonly key: string; readonly lines: readonly string[] },
): Promise<string> {
  const name = `${run.name.slice(0, 40)}-log-${shortHash([run.uid, log.stage, log.key], 8)}`;
  const key = `${log.service}.${log.stage}`;
  const text = log.lines.join("\n").slice(-16_384);
  await cluster.create<ConfigMap>({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name,
      namespace: run.namespace,
      labels: labelsOf(run, log.stage, log.service),
      ownerReferences: [ownerOf(run)],
    },
    immutable: true,
    data: { [key]: text },
  });
  return `${name}/${key}`;
}
