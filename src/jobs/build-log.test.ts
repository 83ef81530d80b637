import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildLogTag, maxLogBytes, readBuildLogTag } from "../agents/setup/kept-build-log.ts";
import { BuildLog, keepBuildLog } from "./build-log.ts";
import { BuildProgress } from "./build-progress.ts";
import { RegistryClient } from "./registry-read.ts";
import { registryProgram, startRegistry } from "./registry-program.ts";
import { sweepBuildLogs } from "./registry-sweep.ts";

const at = new Date("2026-11-23T06:54:20.123Z");

it("a tag says when, of which plan and how it ended, and reads back", () => {
  const tag = buildLogTag({ at, plan: 2, ok: false });
  expect(tag).toBe("log-20261123t065420z-p2-failed");
  expect(readBuildLogTag(tag)).toEqual({ tag, at: new Date("2026-11-23T06:54:20Z"), plan: 2, ok: false });
  expect(readBuildLogTag("log-latest")).toBeUndefined();
});

it("every line of a build is kept, what is secret in none, and a last one without an end", () => {
  const log = new BuildLog();
  const progress = new BuildProgress({
    tell: () => undefined,
    keep: (line) => log.add(line, at),
    secrets: ["s3cr3t-value"],
  });
  const told = (text: string, vertex: object = {}): void => {
    const logs = [{ vertex: "sha256:1", data: Buffer.from(text).toString("base64") }];
    progress.take(
      JSON.stringify({ vertexes: [{ digest: "sha256:1", name: "[build 1/2] RUN make", ...vertex }], logs }),
    );
  };
  told(
    "first\nvalue s3cr3t-value here\n-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----\nmake: *** [all]",
  );
  told("", { completed: "2026-11-23T06:54:21Z", error: "exit code: 2" });
  const text = gunzipSync(log.end()).toString();
  expect(text.split("\n").map((line) => line.slice(25))).toEqual([
    "first",
    "value [redacted] here",
    "[redacted]",
    "make: *** [all]",
    "exit code: 2",
    "",
  ]);
  expect(progress.failed?.lines.at(-1)).toBe("make: *** [all]");
});

it("a build that writes without end is cut at its bound, and says so", () => {
  const log = new BuildLog();
  for (let line = 0; line < 800_000; line += 1) log.add("x".repeat(100), at);
  const bytes = log.end();
  expect(bytes.length).toBeLessThan(maxLogBytes + 1_048_576);
  const text = gunzipSync(bytes).toString();
  expect(text.length).toBeLessThan(68_000_000);
  expect(text.endsWith("(more output is left out)\n")).toBe(true);
});

describe.skipIf(registryProgram === undefined)("in a real registry", () => {
  const folder = mkdtempSync(join(tmpdir(), "build-log-"));
  let registry: Awaited<ReturnType<typeof startRegistry>>;
  beforeAll(async () => {
    registry = await startRegistry(folder);
  });
  afterAll(() => {
    registry.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("a log lies beside its image, and goes after seven days, when newer ones stay", async () => {
    const place = { host: `127.0.0.1:${registry.port}`, repository: "tenants/team-a/app/web" };
    const client = (signal: AbortSignal): RegistryClient =>
      new RegistryClient(place, { insecure: true, dockerConfig: "/nonexistent" }, signal);
    for (const [day, line] of [
      [16, "old"],
      [22, "new"],
    ] as const) {
      const log = new BuildLog();
      log.add(line, at);
      await keepBuildLog(log, client, { at: new Date(Date.UTC(2026, 10, day)), plan: 1, ok: true });
    }
    const here = client(new AbortController().signal);
    const tags = async (): Promise<unknown> =>
      ((await here.json("tags/list?n=1000&last=log-")) as { tags: unknown }).tags;
    expect(await tags()).toEqual(["log-20261116t000000z-p1-built", "log-20261122t000000z-p1-built"]);
    expect(await sweepBuildLogs(`http://127.0.0.1:${registry.port}`, at)).toBe(1);
    expect(await tags()).toEqual(["log-20261122t000000z-p1-built"]);
    expect(await sweepBuildLogs(`http://127.0.0.1:${registry.port}`, at)).toBe(0);
  });

  it("a registry that is away costs the log and nothing else", async () => {
    const away = { host: "127.0.0.1:9", repository: "a/b" };
    const client = (signal: AbortSignal): RegistryClient =>
      new RegistryClient(away, { insecure: true, dockerConfig: "/nonexistent" }, signal);
    await expect(keepBuildLog(new BuildLog(), client, { at, plan: 1, ok: true })).resolves.toBeUndefined();
  });
});
