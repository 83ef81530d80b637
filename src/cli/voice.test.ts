import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Io } from "./io.ts";
import { renderLive, renderPlainStep, renderStep, Voice, voiceMode } from "./voice.ts";

function stand(env: Readonly<Record<string, string>>, terminal: boolean): { io: Io; out: string[]; err: string[] } {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    env,
    isTTY: { stdin: terminal, stdout: terminal, stderr: terminal },
    columns: 40,
    signal: new AbortController().signal,
  };
  return { io, out, err };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it.each([
  [{}, true, "Terminal"],
  [{}, false, "Plain"],
  [{ CI: "true" }, true, "Plain"],
  [{ CI: "false" }, true, "Terminal"],
  [{ TERM: "dumb" }, true, "Plain"],
])("env %o, terminal %s: %s", (env, terminal, mode) => {
  expect(voiceMode(stand(env as Record<string, string>, terminal).io)).toBe(mode);
});

it("a finished step is sign, step, what, seconds, in columns", () => {
  const line = renderStep({ sign: "done", name: "source", text: "main@b07d1f3", seconds: 3 });
  expect(line.startsWith("✓ source        main@b07d1f3 ")).toBe(true);
  expect(line.endsWith(" 3 s")).toBe(true);
  expect(renderStep({ sign: "stop", name: "check", text: "x" })).toBe("!! check        x");
});

it("the same words without a cursor", () => {
  expect(renderPlainStep({ sign: "done", name: "build", text: "api 96 MB · web 164 MB" }, 67)).toBe(
    "1:07 ok build api 96 MB, web 164 MB",
  );
});

it("the live line never wraps", () => {
  expect(renderLive("build", "x".repeat(200), 3, 40).length).toBeLessThan(40);
});

it("redraws the live line at most four times a second, and wipes it before a step", () => {
  const { io, err } = stand({}, true);
  const voice = new Voice(io);
  voice.live("build", "npm ci");
  vi.advanceTimersByTime(3000);
  expect(err.length).toBeLessThanOrEqual(12);
  expect(err.length).toBeGreaterThan(4);
  voice.step({ sign: "done", name: "build", text: "web" });
  expect(err.at(-2)).toBe("\r\u001B[2K");
  voice.rest();
  const before = err.length;
  vi.advanceTimersByTime(3000);
  expect(err.length).toBe(before);
});

it("moves no cursor and knows no colour in a pipe, and no colour with NO_COLOR", () => {
  const pipe = stand({}, false);
  const plain = new Voice(pipe.io);
  plain.live("build", "npm ci");
  vi.advanceTimersByTime(3000);
  plain.step({ sign: "done", name: "build", text: "web" });
  expect(pipe.err.join("")).toBe("0:03 ok build web\n");
  const terminal = stand({ NO_COLOR: "1" }, true);
  new Voice(terminal.io).step({ sign: "failed", name: "RepoDefect", text: "web" });
  expect(terminal.err.join("")).toBe("✗ RepoDefect    web\n");
});

it("events are JSON lines on stdout and nothing on stderr", () => {
  const { io, out, err } = stand({}, true);
  const voice = new Voice(io, "Events");
  voice.step({ sign: "done", name: "build", text: "web", seconds: 2 });
  voice.say("something");
  voice.block(["five parts"]);
  expect(err).toEqual([]);
  expect(out.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(["step", "note"]);
});
