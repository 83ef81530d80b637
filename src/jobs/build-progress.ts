import { readableStep } from "../agents/setup/build-failure.ts";
import { redactor } from "../redact.ts";
import { say } from "./progress.ts";

/** One line of `buildctl --progress=rawjson`, the parts that are used. */
interface SolveStatus {
  readonly vertexes?: readonly {
    readonly digest?: string;
    readonly name?: string;
    readonly started?: string;
    readonly completed?: string;
    readonly cached?: boolean;
    readonly error?: string;
  }[];
  readonly logs?: readonly { readonly vertex?: string; readonly data?: string }[];
}

interface Step {
  name: string;
  startedAt?: number;
  completed: boolean;
  cached: boolean;
  error?: string;
  lines: string[];
  rest: string;
  readonly redact: ReturnType<typeof redactor>;
  lastOutputAt?: number;
}

/** Of each step; the last ones say why it failed. */
const keptLines = 400;
/** Of a whole build to standard output: a hostile step must not fill a node's disk. */
const mostSaid = 50_000;

/** Who is told of a build, each line redacted. */
export interface ProgressListeners {
  readonly tell?: (line: string) => void;
  readonly keep?: (line: string) => void;
  readonly secrets?: readonly string[];
}

/** Follows a build: tells people what happens, one line each, and keeps what a failure needs as evidence. */
export class BuildProgress {
  readonly #steps = new Map<string, Step>();
  readonly #say: (line: string) => void;
  readonly #keep: (line: string) => void;
  readonly #secrets: readonly string[];
  #said = 0;

  /** `keep` gets every line, where `tell` gets a bounded number; `secrets` are values that stand in neither. */
  constructor({ tell = say, keep = () => undefined, secrets = [] }: ProgressListeners = {}) {
    this.#say = tell;
    this.#keep = keep;
    this.#secrets = secrets;
  }

  /** Takes one line of buildctl's; false when it is not progress but words. */
  take(line: string): boolean {
    if (!line.startsWith("{")) return false;
    let status: SolveStatus;
    try {
      status = JSON.parse(line) as SolveStatus;
    } catch {
      return false;
    }
    for (const vertex of status.vertexes ?? []) this.#vertex(vertex);
    for (const log of status.logs ?? []) this.#log(log);
    return true;
  }

  /** The step that broke, else nothing. */
  get failed(): { readonly name: string; readonly lines: readonly string[]; readonly error: string } | undefined {
    const step = [...this.#steps.values()].find(
      (each) => each.error !== undefined && !/context canceled/i.test(each.error),
    );
    return (
      step && {
        name: step.name,
        lines: step.lines,
        error: step.error ?? "",
      }
    );
  }

  /** What is under way, for a build whose time is over. */
  current(now: number):
    | {
        readonly name: string;
        readonly seconds: number;
        readonly silentSeconds: number;
        readonly lines: readonly string[];
      }
    | undefined {
    const step = [...this.#steps.values()].findLast(
      (each) => each.startedAt !== undefined && !each.completed && isLayer(each.name),
    );
    if (step?.startedAt === undefined) return undefined;
    return {
      name: step.name,
      seconds: Math.round((now - step.startedAt) / 1000),
      silentSeconds: Math.round((now - (step.lastOutputAt ?? step.startedAt)) / 1000),
      lines: step.lines,
    };
  }

  /** Steps of the Dockerfile, and how many of them had been done before. */
  get layers(): { readonly total: number; readonly cached: number } {
    const layers = [...this.#steps.values()].filter((step) => isLayer(step.name));
    return { total: layers.length, cached: layers.filter((step) => step.cached).length };
  }

  /** Base images by name, with the digests that they stood for. */
  get bases(): readonly { readonly image: string; readonly digest: string }[] {
    const found = new Map<string, string>();
    for (const { name } of this.#steps.values()) {
      const base = /\sFROM (?<image>[\w./:-]{1,256})@(?<digest>sha256:[0-9a-f]{64})/.exec(name)?.groups;
      if (base?.["image"] !== undefined) found.set(base["image"], base["digest"] ?? "");
    }
    return [...found].slice(0, 16).map(([image, digest]) => ({ image, digest }));
  }

  #vertex(vertex: NonNullable<SolveStatus["vertexes"]>[number]): void {
    if (vertex.digest === undefined) return;
    const step = this.#step(vertex.digest);
    if (vertex.name !== undefined && vertex.name !== "") step.name = vertex.name;
    if (vertex.started !== undefined && step.startedAt === undefined) {
      step.startedAt = Date.parse(vertex.started);
      if (isTold(step.name) && vertex.cached !== true) this.#tell(readableStep(step.name));
    }
    if (vertex.cached === true && !step.cached) {
      step.cached = true;
      if (isTold(step.name)) this.#tell(`${readableStep(step.name)} (cached)`);
    }
    // What a program wrote last may lack its line's end.
    if (vertex.completed !== undefined && step.rest !== "") {
      this.#line(step, step.rest);
      step.rest = "";
    }
    if (vertex.error !== undefined && vertex.error !== "" && step.error === undefined) {
      step.error = vertex.error;
      for (const line of vertex.error.slice(0, 16_384).split("\n")) this.#keep(step.redact(line) ?? "");
    }
    if (vertex.completed !== undefined) step.completed = true;
  }

  #log(log: NonNullable<SolveStatus["logs"]>[number]): void {
    if (log.vertex === undefined || log.data === undefined) return;
    const step = this.#step(log.vertex);
    step.lastOutputAt = Date.now();
    // A bare carriage return draws a progress bar over itself: only what stands last counts.
    const parts = `${step.rest}${Buffer.from(log.data, "base64").toString("utf8")}`.split("\n");
    step.rest = (parts.pop() ?? "").slice(-4000);
    for (const part of parts) this.#line(step, part);
    if (step.lines.length > keptLines * 2) step.lines = step.lines.slice(-keptLines);
  }

  #line(step: Step, text: string): void {
    const line = step.redact(text.replace(/\r$/, "").replace(/^.*\r/, ""));
    if (line === undefined || line.trim() === "") return;
    step.lines.push(line);
    this.#tell(line);
  }

  #step(digest: string): Step {
    let step = this.#steps.get(digest);
    if (!step) {
      step = { name: "", completed: false, cached: false, lines: [], rest: "", redact: redactor(this.#secrets) };
      this.#steps.set(digest, step);
    }
    return step;
  }

  #tell(line: string): void {
    this.#keep(line);
    this.#said += 1;
    if (this.#said < mostSaid) this.#say(line);
    else if (this.#said === mostSaid) this.#say("(more output is left out)");
  }
}

function isLayer(name: string): boolean {
  return /^\[(?!internal\])[^\]]*\d+\/\d+\]\s/.test(name);
}

function isTold(name: string): boolean {
  return isLayer(name) || name.startsWith("exporting to");
}
