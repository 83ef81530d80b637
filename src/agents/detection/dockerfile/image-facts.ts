import type { DockerfileText, Instruction } from "./instructions.ts";

/** One source of a COPY or ADD that the context has to have, as written, variables filled in. */
export interface CopiedSource {
  readonly source: string;
  /** From 1. */
  readonly line: number;
}

/** What a Dockerfile says of the image that it makes, as far as it can be read without building it. */
export interface ImageFacts {
  /** Base image of the final stage, build stages followed down. */
  readonly base: string;
  /** Images of registries that any stage starts from. */
  readonly bases: readonly string[];
  readonly stages: number;
  /** What is copied out of the context by the stages that the image needs. */
  readonly copied: readonly CopiedSource[];
  /** TCP ports that are exposed, in order. */
  readonly ports: readonly { readonly port: number; readonly line: number }[];
  /** Undefined: the base image's. */
  readonly user: string | undefined;
  /** Variables that the image sets. */
  readonly env: Readonly<Record<string, string>>;
  /** CMD or ENTRYPOINT as written. */
  readonly command: string | undefined;
  readonly commandLine: number | undefined;
  /** `# syntax=`: a program of somebody's choice reads the file. */
  readonly frontend: string | undefined;
}

interface Stage {
  readonly name: string | undefined;
  readonly from: string;
  readonly instructions: readonly Instruction[];
}

/** Reads the stage that is built: `target`, or the last. Undefined where there is none. */
export function factsOf(text: DockerfileText, target?: string): ImageFacts | undefined {
  const globals = new Map<string, string>();
  const stages: { name: string | undefined; from: string; instructions: Instruction[] }[] = [];
  for (const instruction of text.instructions) {
    const stage = stages.at(-1);
    if (instruction.keyword === "FROM") {
      const from = /^(?:--\S+\s+)*(\S+)(?:\s+as\s+(\S+))?/i.exec(instruction.text);
      stages.push({ name: from?.[2]?.toLowerCase(), from: expand(from?.[1] ?? "", globals), instructions: [] });
    } else if (stage === undefined && instruction.keyword === "ARG") {
      for (const [name, value] of pairs(instruction.text)) globals.set(name, expand(value, globals));
    } else stage?.instructions.push(instruction);
  }
  const last = target === undefined ? stages.at(-1) : stages.find(({ name }) => name === target.toLowerCase());
  if (last === undefined) return undefined;
  const own = new Set(stages.map(({ name }) => name));
  const bases = stages.map(({ from }) => from).filter((from) => from !== "scratch" && !own.has(from.toLowerCase()));
  const facts = describe(lineage(stages, last), stages.length, text.directives.get("syntax"));
  const copied = neededBy(stages, last).flatMap((stage) => copiedIn(stage, globals));
  return { ...facts, bases: [...new Set(bases)], copied };
}

/** A stage and those that it is built upon, the lowest first. */
function lineage(stages: readonly Stage[], last: Stage): readonly Stage[] {
  const line = [last];
  for (let stage = last; line.length <= stages.length;) {
    const below = stages.slice(0, stages.indexOf(stage)).find(({ name }) => name === stage.from.toLowerCase());
    if (below === undefined) break;
    line.unshift(below);
    stage = below;
  }
  return line;
}

/** A stage, those that it is built upon, and those that they copy from. */
function neededBy(stages: readonly Stage[], last: Stage): readonly Stage[] {
  const needed = new Set<Stage>();
  const open = [last];
  for (let stage = open.pop(); stage !== undefined; stage = open.pop()) {
    for (const one of lineage(stages, stage)) {
      if (needed.has(one)) continue;
      needed.add(one);
      for (const { keyword, text } of one.instructions) {
        const from = keyword === "COPY" ? /^(?:--\S+\s+)*--from=(\S+)/.exec(text)?.[1]?.toLowerCase() : undefined;
        const other = stages.find(({ name }, index) => name === from || String(index) === from);
        if (from !== undefined && other !== undefined) open.push(other);
      }
    }
  }
  return [...needed];
}

function copiedIn(stage: Stage, globals: ReadonlyMap<string, string>): readonly CopiedSource[] {
  const known = new Map<string, string>();
  const found: CopiedSource[] = [];
  for (const { keyword, text, first } of stage.instructions) {
    if (keyword === "ARG" || keyword === "ENV") {
      for (const [name, value] of pairs(text)) known.set(name, expand(value, known));
      // `ARG NAME` alone takes the value from before the first stage.
      const bare = /^([A-Za-z_]\w*)$/.exec(text)?.[1];
      if (bare !== undefined && globals.has(bare)) known.set(bare, globals.get(bare) ?? "");
    }
    if ((keyword !== "COPY" && keyword !== "ADD") || /--from=/.test(text)) continue;
    const words = wordsOf(text.replace(/^(?:--\S+\s+)+/, ""));
    for (const word of words.slice(0, -1)) {
      const unknown = [...word.matchAll(/\$\{?([A-Za-z_]\w*)/g)].some(([, name = ""]) => !known.has(name));
      if (!unknown) found.push({ source: expand(word, known), line: first + 1 });
    }
  }
  return found;
}

/** Words of a COPY: white space between them, or a JSON list. */
export function wordsOf(text: string): readonly string[] {
  if (!text.startsWith("[")) return text.split(/\s+/).filter((word) => word !== "");
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter((word) => typeof word === "string") : [];
  } catch {
    return [];
  }
}

function describe(
  line: readonly Stage[],
  stages: number,
  frontend: string | undefined,
): Omit<ImageFacts, "bases" | "copied"> {
  const known = new Map<string, string>();
  const env: Record<string, string> = {};
  const ports: { port: number; line: number }[] = [];
  let user: string | undefined;
  let command: { readonly text: string; readonly line: number } | undefined;
  for (const { keyword, text, first } of line.flatMap(({ instructions }) => instructions)) {
    switch (keyword) {
      case "ARG":
        for (const [name, value] of pairs(text)) if (!known.has(name)) known.set(name, expand(value, known));
        break;
      case "ENV":
        for (const [name, value] of pairs(text)) {
          env[name] = expand(value, known);
          known.set(name, env[name]);
        }
        break;
      case "EXPOSE":
        for (const word of text.split(/\s+/)) {
          const port = Number(/^(\d{1,5})(?:\/tcp)?$/i.exec(expand(word, known))?.[1]);
          if (port >= 1 && port <= 65535) ports.push({ port, line: first + 1 });
        }
        break;
      case "USER":
        user = expand(text.split(/\s/)[0] ?? "", known);
        break;
      case "CMD":
      case "ENTRYPOINT":
        command = { text: keyword === "CMD" && command ? `${command.text} ${text}` : text, line: first + 1 };
        break;
      default:
    }
  }
  return {
    base: line[0]?.from ?? "",
    stages,
    ports,
    user,
    env,
    command: command?.text,
    commandLine: command?.line,
    frontend,
  };
}

/** `A=1 B="two words"`, and the old `A one value`. */
function pairs(text: string): readonly (readonly [string, string])[] {
  const found = [...text.matchAll(/([A-Za-z_]\w*)=("(?:[^"\\]|\\.)*"|'[^']*'|(?:[^\s\\]|\\.)*)/g)];
  if (found.length > 0) return found.map(([, name = "", value = ""]) => [name, value.replace(/^(["'])(.*)\1$/s, "$2")]);
  const [, name, value = ""] = /^([A-Za-z_]\w*)(?:\s+(.*))?$/s.exec(text) ?? [];
  return name === undefined ? [] : [[name, value]];
}

/** `$NAME`, `${NAME}` and `${NAME:-value}` by what is known. */
function expand(text: string, known: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$(?:\{([A-Za-z_]\w*)(?::?-([^}]*))?\}|([A-Za-z_]\w*))/g, (_, braced, otherwise, bare) => {
    const value = known.get(String(braced ?? bare));
    return value === undefined || value === "" ? String(otherwise ?? "") : value;
  });
}

/** True where the program would run as root as far as the Dockerfile shows. */
export function runsAsRoot({ user, base }: ImageFacts): boolean {
  if (user !== undefined && user !== "") return /^(?:root|0)(?::|$)/.test(user);
  return !/nonroot|unprivileged|rootless|chainguard|bitnami/i.test(base);
}
