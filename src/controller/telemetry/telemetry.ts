import type { Logger } from "pino";
import type { RunTraces } from "./run-traces.ts";

/** Where traces go, once somebody has said so. */
export interface Telemetry {
  readonly traces: RunTraces;
  /** Sends what is left; at most a few seconds. */
  close(): Promise<void>;
}

/** Undefined while no OTLP endpoint is set: then nothing of OpenTelemetry is loaded. */
export async function telemetryOf(env: NodeJS.ProcessEnv, logger: Logger): Promise<Telemetry | undefined> {
  const endpoint = env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] ?? env["OTEL_EXPORTER_OTLP_ENDPOINT"];
  if (endpoint === undefined || endpoint === "" || env["OTEL_SDK_DISABLED"] === "true") return undefined;
  const [{ Tracer }, { RunTraces: Traces }] = await Promise.all([import("./tracer.ts"), import("./run-traces.ts")]);
  const tracer = new Tracer((message) => {
    logger.warn({ telemetry: message }, "traces are not taken");
  });
  logger.info("traces are on");
  return { traces: new Traces(tracer), close: async () => await tracer.close() };
}
