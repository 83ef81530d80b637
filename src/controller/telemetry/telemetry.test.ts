import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BaseAgent } from "../../agents/agent.ts";
import type { RunRecord } from "../../agents/pass.ts";
import { type Outcome, done, failed } from "../../outcome.ts";
import type { RepoRunStatus } from "../../repo-run.ts";
import { PassTrace } from "./pass-trace.ts";
import { type Telemetry, telemetryOf } from "./telemetry.ts";

interface SentSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  status?: { code?: number };
  attributes: { key: string; value: Record<string, unknown> }[];
}

/** A collector as OTLP/HTTP wants one, on loopback. */
let collector: Server;
let bodies: string[];
let url: string;
const variables = { ...process.env };
const logger = pino({ level: "silent" });

beforeEach(async () => {
  bodies = [];
  collector = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      bodies.push(body);
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${String((collector.address() as AddressInfo).port)}`;
  process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = url;
});
afterEach(() => {
  collector.close();
  process.env = { ...variables };
});

async function on(): Promise<Telemetry> {
  const telemetry = await telemetryOf(process.env, logger);
  if (!telemetry) throw new Error("traces are off");
  return telemetry;
}

function sent(): SentSpan[] {
  return bodies.flatMap((body) => {
    const told = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: SentSpan[] }[] }[] };
    return told.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  });
}

function attributesOf(span: SentSpan | undefined): Record<string, unknown> {
  return Object.fromEntries((span?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]));
}

const began = "2026-11-22T18:00:00Z";
const beganMs = Date.parse(began);

function status(reason: string, more: RepoRunStatus = {}): RepoRunStatus {
  const at = { message: "", lastTransitionTime: began };
  const work = { type: "Reconciling", status: "True" as const, reason, ...at };
  return { conditions: [{ type: "Ready", status: "Unknown", reason, ...at }, work], ...more };
}

function ended(more: RepoRunStatus = {}): RepoRunStatus {
  const at = { message: "", lastTransitionTime: began };
  return { conditions: [{ type: "Ready", status: "True", reason: "Verified", ...at }], maturity: "Verified", ...more };
}

function runWith(now: RepoRunStatus | undefined): RunRecord {
  return { namespace: "n", name: "shop", uid: "u-1", spec: {}, status: now } as unknown as RunRecord;
}

class Inner extends BaseAgent<boolean, string> {
  readonly name = "InnerAgent";
  protected work(fails: boolean): Promise<Outcome<string>> {
    const failure = { reason: "BuildFailed", message: "no", layer: "Build", blame: "Repo" } as const;
    return Promise.resolve(fails ? failed(failure) : done("yes"));
  }
}

class Outer extends BaseAgent<boolean, string> {
  readonly name = "OuterManager";
  protected async work(fails: boolean, context: Parameters<Inner["run"]>[1]): Promise<Outcome<string>> {
    return await new Inner().run(fails, context);
  }
}

async function passOf(fails = false): Promise<PassTrace> {
  const span = new PassTrace();
  await new Outer().run(fails, { signal: new AbortController().signal, log: () => undefined, span });
  return span;
}

describe("traces", () => {
  it("are off, and nothing of them is made, while no endpoint is named", async () => {
    expect(await telemetryOf({}, logger)).toBeUndefined();
    expect(await telemetryOf({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_SDK_DISABLED: "true" }, logger)).toBeUndefined();
  });

  it("tell run, stages, agents and models as one tree, under ids that a restarted controller computes again", async () => {
    const first = await on();
    const cloning = first.traces.stamped(runWith(undefined), status("Cloning"));
    const { traceId } = cloning;
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    first.traces.written(runWith(undefined), cloning, await passOf(), beganMs);
    const building = first.traces.stamped(runWith(cloning), status("Building", { plan: { revision: 1 } }));
    first.traces.written(runWith(cloning), building, await passOf(), beganMs + 5000);
    await first.close();

    const second = await on();
    const call = { endpoint: "small", model: "tiny", agent: "FixerAgent", outcome: "Answered", inputTokens: 7 };
    const pass = await passOf(true);
    pass.modelCall({ ...call, outputTokens: 3, startMs: beganMs + 6000, endMs: beganMs + 7000 });
    const last = second.traces.stamped(runWith(building), ended({ plan: { revision: 1 } }));
    second.traces.written(runWith(building), last, pass, beganMs + 42_000);
    await second.close();

    expect(last.traceId).toBe(traceId);
    const spans = sent();
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
    const root = spans.find(({ name }) => name === "invoke_workflow repo-run");
    expect(root?.parentSpanId ?? "").toBe("");
    expect(Number(root?.endTimeUnixNano) - Number(root?.startTimeUnixNano)).toBe(42e9);
    expect(attributesOf(root)).toMatchObject({
      "repo_runner.run": "shop",
      "repo_runner.outcome": "Ready",
      "repo_runner.reason": "Verified",
      "gen_ai.conversation.id": "u-1",
    });
    const stages = spans.filter(({ name }) => name.startsWith("stage "));
    expect(stages.map(({ name }) => name).toSorted()).toEqual(["stage Building", "stage Cloning"]);
    for (const stage of stages) expect(stage.parentSpanId).toBe(root?.spanId);
    const build = stages.find(({ name }) => name.endsWith("Building"));
    const outer = spans.find(
      ({ name, parentSpanId }) => name.endsWith("OuterManager") && parentSpanId === build?.spanId,
    );
    const inner = spans.find(({ name, parentSpanId }) => name.endsWith("InnerAgent") && parentSpanId === outer?.spanId);
    expect(inner?.status?.code).toBe(2);
    expect(attributesOf(inner)).toMatchObject({ "repo_runner.outcome": "failed", "repo_runner.reason": "BuildFailed" });
    const chat = spans.find(({ name }) => name === "chat tiny");
    expect(chat?.parentSpanId).toBe(build?.spanId);
    expect(attributesOf(chat)).toMatchObject({ "gen_ai.usage.input_tokens": 7, "repo_runner.model.endpoint": "small" });
  });

  it("leave out the passes that only looked", async () => {
    const telemetry = await on();
    const now = telemetry.traces.stamped(runWith(undefined), status("Building"));
    telemetry.traces.written(runWith(now), { ...now, maturity: "Planned" }, await passOf(), beganMs + 1000);
    await telemetry.close();
    expect(sent()).toEqual([]);
  });

  it("begin anew with the next piece of work, and stay in the status of one that has ended", async () => {
    const telemetry = await on();
    const { traces } = telemetry;
    const old = traces.stamped(runWith(undefined), status("Cloning"));
    const end = traces.stamped(runWith(old), ended());
    expect(traces.stamped(runWith(end), ended()).traceId).toBe(old.traceId);
    const later = status("Cloning");
    const moved = {
      ...later,
      conditions: later.conditions?.map((each) => ({ ...each, lastTransitionTime: "2026-11-23T00:00:00Z" })),
    };
    expect(traces.stamped(runWith(end), moved as RepoRunStatus).traceId).not.toBe(old.traceId);
    await telemetry.close();
  });

  it("cost a line in the log and nothing else where the collector is away", async () => {
    collector.close();
    const lines: string[] = [];
    const loud = pino({ level: "warn" }, { write: (line: string) => lines.push(line) });
    const telemetry = await telemetryOf(process.env, loud);
    const now = telemetry?.traces.stamped(runWith(undefined), status("Cloning")) ?? {};
    telemetry?.traces.written(runWith(now), ended({ traceId: now.traceId }), await passOf(), beganMs + 1);
    await telemetry?.close();
    expect(lines.join("")).toContain("traces are not taken");
  }, 20_000);
});
