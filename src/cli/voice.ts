import type { Io } from "./io.ts";
import { clean, clock, cut, duration } from "./text.ts";

/** `done` ✓ · `note` ! (worth knowing) · `stop` !! (a person) · `failed` ✗ */
export type Sign = "done" | "note" | "stop" | "failed";

const drawn: Readonly<Record<Sign, string>> = { done: "✓", note: "!", stop: "!!", failed: "✗" };
const spoken: Readonly<Record<Sign, string>> = { done: "ok", note: "..", stop: "!!", failed: "!!" };
const colour: Readonly<Record<Sign, number>> = { done: 32, note: 33, stop: 33, failed: 31 };
const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

const nameWidth = 14;
const textWidth = 93;
const redrawMs = 250;

/** `Terminal`: signs and one live line. `Plain`: one line an event. `Events`: JSON lines. `Silent`: nothing. */
export type VoiceMode = "Terminal" | "Plain" | "Events" | "Silent";

export interface Step {
  readonly sign: Sign;
  /** `build`, `release` … or a reason. */
  readonly name: string;
  readonly text: string;
  readonly seconds?: number | undefined;
}

/** How we talk here: a terminal that can move its cursor gets a live line, everything else the same words, one line an event. */
export function voiceMode(io: Pick<Io, "env" | "isTTY">, events = false): VoiceMode {
  if (events) return "Events";
  const ci = io.env["CI"];
  const dumb = io.env["TERM"] === "dumb" || (ci !== undefined && ci !== "" && ci !== "false");
  return io.isTTY.stderr && !dumb ? "Terminal" : "Plain";
}

/** A finished step as one line of a terminal: sign, step, what, seconds. It never moves again. */
export function renderStep(step: Step): string {
  const text = clean(step.text, 400);
  const head = `${drawn[step.sign]} ${step.name.padEnd(nameWidth - (drawn[step.sign].length - 1))}${step.name.length >= nameWidth ? " " : ""}`;
  return step.seconds === undefined
    ? `${head}${text}`.trimEnd()
    : `${head}${text.padEnd(textWidth)} ${duration(step.seconds)}`;
}

/** The same step where no cursor can move: `0:26 ok build api 96 MB`. */
export function renderPlainStep(step: Step, elapsedSeconds: number): string {
  return `${clock(elapsedSeconds)} ${spoken[step.sign]} ${step.name} ${clean(step.text, 400).replaceAll(" · ", ", ")}`.trimEnd();
}

/** The live line, cut to the width so that it never wraps. */
export function renderLive(name: string, text: string, frame: number, columns: number): string {
  const sign = frames[frame % frames.length] ?? "⠋";
  return cut(`${sign} ${name.padEnd(nameWidth)}${clean(text, 400)}`, Math.max(20, columns - 1));
}

/** Progress on stderr: finished lines that never move, and one live line below them, redrawn at most four times a second. */
export class Voice {
  readonly mode: VoiceMode;
  readonly #io: Io;
  readonly #startedAt = Date.now();
  readonly #coloured: boolean;
  #live: { readonly name: string; readonly text: string; readonly sinceMs: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #frame = 0;
  #shown = false;

  constructor(io: Io, mode: VoiceMode = voiceMode(io)) {
    this.#io = io;
    this.mode = mode;
    const noColour = io.env["NO_COLOR"];
    this.#coloured = mode === "Terminal" && (noColour === undefined || noColour === "");
  }

  get elapsedSeconds(): number {
    return (Date.now() - this.#startedAt) / 1000;
  }

  /** `1:23`: how long we have been talking. */
  stamp(): string {
    return clock(this.elapsedSeconds);
  }

  /** One finished step. */
  step(step: Step): void {
    if (this.mode === "Events") {
      this.event({
        event: "step",
        state: step.sign,
        step: step.name,
        message: clean(step.text, 400),
        seconds: step.seconds ?? null,
      });
      return;
    }
    this.#print(
      this.mode === "Terminal" ? this.#paint(renderStep(step), step.sign) : renderPlainStep(step, this.elapsedSeconds),
    );
  }

  /** What goes on right now. Said once per text where there is no live line. */
  live(name: string, text: string, sinceMs = Date.now()): void {
    const before = this.#live;
    if (before?.name === name && before.text === text) return;
    // The clock is the stage's: other words of the same stage do not set it back.
    this.#live = { name, text, sinceMs: before?.name === name ? before.sinceMs : sinceMs };
    if (this.mode === "Events") this.event({ event: "progress", step: name, message: clean(text, 400) });
    else if (this.mode === "Terminal")
      this.#timer ??= setInterval(() => {
        this.#draw();
      }, redrawMs).unref();
  }

  /** A line of its own between the steps: said as it is on a terminal, with `..` elsewhere. */
  say(text: string): void {
    if (this.mode === "Events") this.event({ event: "note", message: clean(text, 400) });
    else
      this.#print(
        this.mode === "Terminal" ? text : text === "" ? undefined : `${clock(this.elapsedSeconds)} .. ${text}`,
      );
  }

  /** A block that is not a step (the five parts of a failure), the same everywhere. */
  block(lines: readonly string[]): void {
    if (this.mode === "Events") return;
    for (const line of lines) this.#print(line);
  }

  /** One JSON object on a line of stdout; only in the mode of events. */
  event(value: Readonly<Record<string, unknown>>): void {
    if (this.mode === "Events")
      this.#io.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), ...value })}\n`);
  }

  /** Takes the live line away; the voice can be used again. */
  rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#live = undefined;
    this.#wipe();
  }

  #draw(): void {
    if (!this.#live) return;
    this.#frame += 1;
    const seconds = (Date.now() - this.#live.sinceMs) / 1000;
    const line = renderLive(this.#live.name, `${this.#live.text}  ${clock(seconds)}`, this.#frame, this.#io.columns);
    this.#io.stderr.write(`\r\u001B[2K${line}`);
    this.#shown = true;
  }

  #wipe(): void {
    if (this.#shown) this.#io.stderr.write("\r\u001B[2K");
    this.#shown = false;
  }

  #print(line: string | undefined): void {
    if (line === undefined || this.mode === "Silent") return;
    this.#wipe();
    this.#io.stderr.write(`${line}\n`);
  }

  #paint(line: string, sign: Sign): string {
    const mark = drawn[sign];
    return this.#coloured ? `\u001B[${String(colour[sign])}m${mark}\u001B[0m${line.slice(mark.length)}` : line;
  }
}
