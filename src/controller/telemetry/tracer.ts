import {
  type Context,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from "@opentelemetry/api";
import type { Attributes, Tracer as OtelTracer } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  type IdGenerator,
  RandomIdGenerator,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { schemaUrl } from "./names.ts";

/** One span that has ended. Ids are hexadecimal: 32 digits of a trace, 16 of a span. */
export interface EndedSpan {
  readonly traceId: string;
  /** Default: a random one. */
  readonly spanId?: string;
  /** Absent: it is the root of its trace. */
  readonly parentId?: string;
  readonly name: string;
  readonly kind?: "Client";
  readonly startMs: number;
  readonly endMs: number;
  readonly failed: boolean;
  readonly attributes: Attributes;
}

/** Ids that are asked for beforehand: a trace has to keep its ids when the controller is started again in its middle. */
class ChosenIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  next: { traceId?: string | undefined; spanId?: string | undefined } = {};

  generateTraceId(): string {
    return this.next.traceId ?? this.#random.generateTraceId();
  }

  generateSpanId(): string {
    return this.next.spanId ?? this.#random.generateSpanId();
  }
}

/**
 * OpenTelemetry's own SDK, told what has happened already. Spans go in batches to the OTLP/HTTP endpoint that the standard variables name
 * (`OTEL_EXPORTER_OTLP_ENDPOINT`, `…_HEADERS`, `OTEL_RESOURCE_ATTRIBUTES`); one that does not answer costs a warning in the log and nothing else.
 */
export class Tracer {
  readonly #ids = new ChosenIds();
  readonly #provider: TracerProvider;
  readonly #warn: (message: string) => void;
  readonly #tracer: OtelTracer;

  constructor(warn: (message: string) => void) {
    const say = limited(warn);
    this.#warn = say;
    const quiet = (): void => undefined;
    diag.setLogger({ error: say, warn: say, info: quiet, debug: quiet, verbose: quiet }, DiagLogLevel.WARN);
    this.#provider = new TracerProvider({
      resource: defaultResource()
        .merge(resourceFromAttributes({ "service.name": "repo-runner" }))
        .merge(detectResources({ detectors: [envDetector] })),
      sampler: new AlwaysOnSampler(),
      idGenerator: this.#ids,
      spanProcessors: [
        new BatchSpanProcessor({
          exporter: new OTLPTraceExporter({ timeoutMillis: 10_000 }),
          maxQueueSize: 2048,
          scheduledDelayMillis: 2000,
          exportTimeoutMillis: 15_000,
        }),
      ],
    });
    this.#tracer = this.#provider.getTracer("repo-runner", undefined, { schemaUrl });
  }

  /** Returns the span's id, for its children. */
  ended(span: EndedSpan): string {
    this.#ids.next = { traceId: span.traceId, spanId: span.spanId };
    const kind = span.kind === "Client" ? SpanKind.CLIENT : SpanKind.INTERNAL;
    const started = this.#tracer.startSpan(
      span.name,
      { startTime: span.startMs, kind, attributes: span.attributes, root: span.parentId === undefined },
      contextUnder(span),
    );
    if (span.failed) started.setStatus({ code: SpanStatusCode.ERROR });
    started.end(Math.max(span.startMs, span.endMs));
    return started.spanContext().spanId;
  }

  async close(): Promise<void> {
    try {
      await this.#provider.shutdown();
    } catch (error) {
      this.#warn(error instanceof Error ? error.message : "the last spans were not taken");
    }
  }
}

function contextUnder({ traceId, parentId }: EndedSpan): Context {
  if (parentId === undefined) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId: parentId,
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  });
}

/** An endpoint that is away would fill the log: one line a minute is enough. */
function limited(warn: (message: string) => void): (message: string) => void {
  let last = 0;
  return (message) => {
    if (Date.now() - last < 60_000) return;
    last = Date.now();
    warn(message.slice(0, 500));
  };
}
