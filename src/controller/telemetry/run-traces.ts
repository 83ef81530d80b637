import { createHash } from "node:crypto";
import type { ModelCallSpan } from "../../agents/span.ts";
import type { RunRecord } from "../../agents/pass.ts";
import type { RepoRunStatus } from "../../repo-run.ts";
import { phaseOf, reasonOf, workingSince } from "../run-phase.ts";
import { attribute, operation, spanName } from "./names.ts";
import type { AgentSpan, PassTrace } from "./pass-trace.ts";
import type { EndedSpan } from "./tracer.ts";

/** Takes spans that have ended; `Tracer` is the real one. */
export interface SpanSink {
  ended(span: EndedSpan): string;
}

/**
 * Makes traces of what passes write: one trace for each piece of work on a run, from its first stage to its end; below it the stages, the agents
 * of the passes that moved it, and what models were asked. Ids are digests of the run and of what its status says, so that a controller that was
 * started again goes on with the same trace.
 */
export class RunTraces {
  readonly #sink: SpanSink;
  /** Since when a run is in its stage; by uid. What is not here was begun by another controller. */
  readonly #since = new Map<string, number>();

  constructor(sink: SpanSink) {
    this.#sink = sink;
  }

  /** The status with the id of its trace: kept as long as the work lasts, and after its end. */
  stamped(run: RunRecord, status: RepoRunStatus): RepoRunStatus {
    const kept = run.status?.traceId;
    const since = workingSince(status);
    const goesOn = kept !== undefined && workingSince(run.status) !== undefined;
    const traceId = since === undefined || goesOn ? kept : idOf(32, run.uid, String(since));
    return traceId === undefined ? status : { ...status, traceId };
  }

  /** A status was written: what has ended by that is told. */
  written(run: RunRecord, after: RepoRunStatus, pass: PassTrace, nowMs: number): void {
    const traceId = after.traceId;
    if (traceId === undefined) return;
    const before = run.status;
    const stage = phaseOf(before);
    const began = workingSince(before);
    const moved = stage !== phaseOf(after) || before?.plan?.revision !== after.plan?.revision;
    const of = { traceId, run, stage, revision: before?.plan?.revision ?? 0 };
    for (const call of pass.calls) this.#call(call, traceId, stageId(of));
    if (!moved) return;
    for (const span of pass.spans) this.#agent(span, traceId, stageId(of));
    if (began !== undefined) this.#stage(of, this.#since.get(run.uid) ?? began, nowMs);
    this.#since.set(run.uid, nowMs);
    if (workingSince(after) !== undefined) return;
    this.#since.delete(run.uid);
    if (began !== undefined) this.#whole(of, after, began, nowMs);
  }

  forget(uid: string): void {
    this.#since.delete(uid);
  }

  #stage(of: StageOf, startMs: number, endMs: number): void {
    this.#sink.ended({
      traceId: of.traceId,
      spanId: stageId(of),
      parentId: rootId(of.traceId),
      name: spanName.stage(of.stage),
      startMs,
      endMs,
      failed: false,
      attributes: { ...runAttributes(of.run), [attribute.stage]: of.stage },
    });
  }

  #whole({ traceId, run }: StageOf, after: RepoRunStatus, startMs: number, endMs: number): void {
    const end = phaseOf(after);
    this.#sink.ended({
      traceId,
      spanId: rootId(traceId),
      name: spanName.run,
      startMs,
      endMs,
      failed: end === "Stalled",
      attributes: {
        ...runAttributes(run),
        [attribute.operation]: operation.run,
        [attribute.workflow]: "repo-run",
        [attribute.conversation]: run.uid,
        [attribute.outcome]: end,
        [attribute.reason]: reasonOf(after),
        [attribute.fixes]: after.fixCount ?? 0,
        ...(after.maturity === undefined ? {} : { [attribute.maturity]: after.maturity }),
        ...(after.source?.commit === undefined ? {} : { [attribute.commit]: after.source.commit }),
      },
    });
  }

  #agent(span: AgentSpan, traceId: string, parentId: string): void {
    const id = this.#sink.ended({
      traceId,
      parentId,
      name: spanName.agent(span.agent),
      startMs: span.startMs,
      endMs: span.endMs,
      failed: span.outcome === "failed" || span.outcome === "thrown",
      attributes: {
        [attribute.operation]: operation.agent,
        [attribute.agent]: span.agent,
        [attribute.outcome]: span.outcome,
        ...(span.reason === undefined ? {} : { [attribute.reason]: span.reason }),
      },
    });
    for (const call of span.calls) this.#call(call, traceId, id);
    for (const inside of span.inside) this.#agent(inside, traceId, id);
  }

  #call(call: ModelCallSpan, traceId: string, parentId: string): void {
    this.#sink.ended({
      traceId,
      parentId,
      kind: "Client",
      name: spanName.model(call.model),
      startMs: call.startMs,
      endMs: call.endMs,
      failed: call.outcome !== "Answered",
      attributes: {
        [attribute.operation]: operation.model,
        [attribute.provider]: "openai",
        [attribute.requestModel]: call.model,
        [attribute.endpoint]: call.endpoint,
        [attribute.agent]: call.agent,
        [attribute.outputType]: "json",
        [attribute.outcome]: call.outcome,
        ...(call.outcome === "Answered" ? {} : { [attribute.errorType]: call.outcome }),
        ...(call.server === undefined ? {} : { [attribute.serverAddress]: call.server }),
        ...(call.promptVersion === undefined ? {} : { [attribute.promptName]: call.promptVersion }),
        ...(call.inputTokens === undefined ? {} : { [attribute.inputTokens]: call.inputTokens }),
        ...(call.outputTokens === undefined ? {} : { [attribute.outputTokens]: call.outputTokens }),
        ...(call.costUsd === undefined ? {} : { [attribute.cost]: call.costUsd }),
      },
    });
  }
}

interface StageOf {
  readonly traceId: string;
  readonly run: RunRecord;
  readonly stage: string;
  /** Of the plan: a fix begins the stages anew. */
  readonly revision: number;
}

function runAttributes(run: RunRecord): Record<string, string> {
  return { [attribute.namespace]: run.namespace, [attribute.run]: run.name };
}

function rootId(traceId: string): string {
  return idOf(16, traceId, "run");
}

function stageId({ traceId, stage, revision }: StageOf): string {
  return idOf(16, traceId, stage, String(revision));
}

function idOf(digits: 16 | 32, ...parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, digits);
}
