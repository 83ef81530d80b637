import { RepoRunApproval } from "../approval.ts";
import { ModelPolicy } from "../model-policy.ts";
import { FixLesson } from "../lesson.ts";
import type { Written } from "../agents/cluster.ts";
import { identityOf, type WireObject } from "./slim.ts";

export const writtenKinds = [
  "RepoRunApproval",
  "FixLesson",
  "ModelPolicy",
] as const satisfies readonly (keyof Written)[];

/** What is known of a kind: how it is read, and which run one of them is about (undefined: none in particular). */
interface Reading<K extends keyof Written> {
  readonly parse: (raw: WireObject) => Omit<Written[K], "namespace" | "name" | "uid" | "resourceVersion" | "createdAt">;
  readonly runOf: (record: Written[K]) => string | undefined;
}

const readings: { readonly [K in keyof Written]: Reading<K> } = {
  RepoRunApproval: { parse: (raw) => RepoRunApproval.parse(raw), runOf: ({ spec }) => spec.run },
  FixLesson: { parse: (raw) => FixLesson.parse(raw), runOf: () => undefined },
  ModelPolicy: { parse: (raw) => ModelPolicy.parse(raw), runOf: () => undefined },
};

/** Keeps one of our own resources whole; throws for one that an older or newer schema let in. */
export function keepWritten<K extends keyof Written>(kind: K, raw: WireObject): Written[K] {
  const { metadata = {} } = raw;
  return {
    ...readings[kind].parse(raw),
    ...identityOf(metadata),
    createdAt: metadata.creationTimestamp ?? "",
  } as Written[K];
}

/** The run that it is about, as a name in its own namespace. */
export function runOfWritten<K extends keyof Written>(kind: K, record: Written[K]): string | undefined {
  return readings[kind].runOf(record);
}

export function isWritten(kind: string): kind is keyof Written {
  return (writtenKinds as readonly string[]).includes(kind);
}
