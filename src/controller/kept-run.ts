import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { RunRecord } from "../agents/pass.ts";
import { annotation } from "../run-ref.ts";
import { placeOf } from "./push-event.ts";
import { type Phase, phaseOf } from "./run-phase.ts";
import { identityOf, intern, type WireObject, withoutLastApplied } from "./slim.ts";
import type { Kept } from "./store.ts";

/**
 * A RepoRun as it waits in memory: what decides whether it is looked at, and the rest packed. Ten thousand runs that have ended cost
 * a few hundred bytes each; one in flight is kept as plain text, since packing at each of its writes would be most of a pass.
 */
export interface KeptRun extends Kept {
  readonly generation: number;
  readonly createdAt: string;
  readonly deleting: boolean;
  readonly requestedAt: string | undefined;
  /** Annotations, spec and status as JSON, where the run is at rest deflated, a byte a character. The same text for the same content. */
  readonly packed: string;
  readonly isDeflated: boolean;
  /** `host/path` of the repository whose pushes it waits for (mode Follow); a push is told to thousands of runs without unpacking one. */
  readonly follows: string | undefined;
  /** For metrics, which ask for all of them at once. */
  readonly phase: Phase;
}

interface Body {
  readonly annotations: RunRecord["annotations"];
  readonly spec: RunRecord["spec"];
  readonly status: RunRecord["status"];
}

/** Texts that nearly every run repeats: with them at hand the packer has little left to say. The commonest stand last. */
const dictionary = Buffer.from(
  [
    '"links":[{"from":"Outside","seenAt":"2026-","service":"web","status":200,"title":"","url":"http://","via":"NodePort"}]',
    '"fixes":[{"action":"","at":"2026-","by":"Rule","layer":"Process","outcome":"Fixed","revision":2,"signature":"","summary":""}],"fixCount":1',
    '"history":[{"at":"2026-","outcome":"Verified","release":1,"revision":"main@"}],"report":"',
    '"failure":{"blame":"Repo","hint":"","layer":"Build","message":"","reason":"","service":"web","where":""},"needs":[{"kind":"Secret","name":"","why":""}]',
    '"plan":{"configMap":"-plan-1","digest":"sha256:","revision":1,"summary":"node 24 (express)"},"source":{"commit":"","revision":"main@"}',
    '"services":[{"image":"sha256:","kind":"Web","maturity":"Verified","name":"web","port":3000,"portFrom":"Observed","runtime":"node 24"}],"url":"http://',
    '"lastTransitionTime":"2026-","message":"","observedGeneration":1,"reason":"Done","status":"True","type":"SourceReady"},"type":"Planned"},"type":"ImagesReady"},',
    '"reason":"WantedRelease","status":"True","type":"Serving"},"type":"Released"},"type":"Healthy"},"reason":"Verified","status":"False","type":"Ready"},',
    '{"annotations":{},"spec":{"source":{"git":{"ref":{"branch":"main"},"url":"https://.git"}},"services":[{"name":"web","env":[{"name":"","value":""}]}]},',
    '"status":{"conditions":[{"lastTransitionTime":"2026-11-2T","message":"","observedGeneration":1,"reason":"',
  ].join(""),
);

/** A small window: a run fits it, and setting it up is most of the work. */
const packing = { dictionary, level: 3, windowBits: 13, memLevel: 5, chunkSize: 4096 };

/** Packs a RepoRun as it comes off the wire; managed fields and last-applied are dropped. */
export function keepRun(raw: WireObject): KeptRun {
  const { metadata = {}, spec, status } = raw as WireObject & Pick<RunRecord, "spec" | "status">;
  const annotations = withoutLastApplied(metadata.annotations);
  const body: Body = { annotations, spec, status };
  const text = JSON.stringify(body);
  const isDeflated = isAtRest(status);
  return {
    ...identityOf(metadata),
    generation: metadata.generation ?? 1,
    createdAt: intern(metadata.creationTimestamp ?? ""),
    deleting: metadata.deletionTimestamp !== undefined,
    requestedAt: annotations[annotation.requestedAt],
    packed: isDeflated ? deflateRawSync(text, packing).toString("latin1") : text,
    isDeflated,
    follows: followedBy(spec),
    phase: phaseOf(status),
  };
}

function followedBy(spec: RunRecord["spec"] | undefined): string | undefined {
  const url: unknown = spec?.update?.mode === "Follow" ? spec.source?.git?.url : undefined;
  const place = typeof url === "string" ? placeOf(url) : undefined;
  return place === undefined ? undefined : intern(place);
}

/** Nothing is under way: it may stay as it is for weeks. */
function isAtRest(status: RunRecord["status"]): boolean {
  const conditions: unknown = status?.conditions;
  if (!Array.isArray(conditions)) return false;
  return !conditions.some((each: { readonly type?: unknown } | null) => each?.type === "Reconciling");
}

/** The run as a pass sees it. */
export function recordOf(kept: KeptRun): RunRecord {
  const { packed, isDeflated, follows: _follows, phase: _phase, ...known } = kept;
  const text = isDeflated ? inflateRawSync(Buffer.from(packed, "latin1"), packing).toString("utf8") : packed;
  const { annotations, spec, status } = JSON.parse(text) as Body;
  return { ...known, annotations, spec, status };
}
