import type { Service } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import { readJson5 } from "../json5.ts";
import { plainText } from "../plain-text.ts";
import { isServedFiles } from "../static/caddy.ts";
import type { SourceTree } from "../source-tree.ts";

/** A line by which people start a program, and where they say so. */
export interface Candidate {
  readonly line: string;
  /** `README.md:12` */
  readonly from: string;
}

const readmes = ["README.md", "README.rst", "README", "readme.md", "README.txt", "README.adoc"];
const maxLines = 3000;

/**
 * The services with further ways to start them: targets of a Makefile, commands of a development container, and code blocks of a README. Nobody takes one
 * by itself: they are what a fix may try where the first way does not hold.
 */
export async function withCandidates(tree: SourceTree, services: readonly Service[]): Promise<readonly Service[]> {
  const out: Service[] = [];
  for (const service of services) {
    const { recipe, kind, start } = service;
    if (
      kind === "Cron" ||
      recipe.dockerfile !== undefined ||
      recipe.image !== undefined ||
      start === null ||
      isServedFiles(service)
    )
      out.push(service);
    else out.push(await withCandidatesOf(tree, service));
  }
  return out;
}

async function withCandidatesOf(tree: SourceTree, service: Service): Promise<Service> {
  const known = new Set([service.start, ...service.otherStarts.map(({ line }) => line)]);
  const further = (await candidatesOf(tree, service.path)).filter(
    ({ line }) => !known.has(line) && isFor(service, line),
  );
  if (further.length === 0) return service;
  return { ...service, otherStarts: [...service.otherStarts, ...further.slice(0, 3)].slice(0, 8) };
}

/** What the files of a folder that are written for people say of how its program is started, the surest first. Each line calls something that is there. */
export async function candidatesOf(tree: SourceTree, folder: string): Promise<readonly Candidate[]> {
  const said = [
    ...(await fromDevcontainer(tree, folder)),
    ...(await fromMakefile(tree, folder)),
    ...(await fromReadme(tree, folder)),
  ];
  const found = new Map<string, Candidate>();
  for (const { line, from } of said) {
    if (found.size >= 6) break;
    if (!found.has(line) && (await calls(tree, folder, line))) found.set(line, { line, from: plainText(from) });
  }
  return [...found.values()];
}

const interpreters = "python3?|node|ruby|php|deno run|bun|tsx|streamlit run|chainlit run|panel serve|voila|sh|bash";
const byFile = new RegExp(
  `^(?:${interpreters})(?: -[\\w:=./-]{1,40}){0,6} (?<file>[\\w][\\w./-]{0,120}\\.\\w{1,5})(?: [\\w=:./@,+-]{1,80}){0,10}$`,
);
const byModule =
  /^(?:(?:python3? -m )?(?:uvicorn|gunicorn|hypercorn|daphne|flask|celery)|python3? -m [\w.]{1,60})(?: [\w=:./@,+-]{1,80}){0,12}$/;
const byScript =
  /^(?:npm (?:run )?|yarn (?:run )?|pnpm (?:run )?|bun run )(?<script>(?:start|serve|server|preview|prod|web)(?:[:-][\w:.-]{1,40})?)$/;
const notStarts =
  /\b(?:install|build|setup\w{1,30}|test|tests|pytest|lint|format|migrate|makemigrations|createsuperuser|venv|pip|setup\.py|collectstatic|seed|deploy|clean|docs?|help|shell|dev|watch|setup|init|create|drop|reset|--help|--version)\b|--reload|--watch/;

/** Whether a line is one program with plain words that starts what the folder holds. */
async function calls(tree: SourceTree, folder: string, line: string): Promise<boolean> {
  if (line.length > 300 || notStarts.test(line)) return false;
  const file = byFile.exec(line)?.groups?.["file"];
  if (file !== undefined) {
    const path = joinPath(folder, file);
    return path !== undefined && (await tree.has(path));
  }
  const script = byScript.exec(line)?.groups?.["script"];
  if (script === undefined) return byModule.test(line);
  const text = (await tree.read(joinPath(folder, "package.json") ?? "package.json")) ?? "";
  return text.length < 131_072 && text.includes(`"${script}"`);
}

/** A line is of a service's language only where its image has the program. */
function isFor({ language }: Service, line: string): boolean {
  const [first = ""] = line.split(" ");
  const own: Readonly<Record<string, RegExp>> = {
    python: /^(?:python3?|uvicorn|gunicorn|hypercorn|daphne|flask|celery|streamlit|chainlit|panel|voila|sh|bash)$/,
    node: /^(?:node|npm|yarn|pnpm|tsx|bun|sh|bash)$/,
    deno: /^deno$/,
    ruby: /^(?:ruby|sh|bash)$/,
    php: /^(?:php|sh|bash)$/,
  };
  return own[language]?.test(first) === true;
}

async function fromDevcontainer(tree: SourceTree, folder: string): Promise<readonly Candidate[]> {
  for (const name of [".devcontainer/devcontainer.json", ".devcontainer.json"]) {
    const path = joinPath(folder, name) ?? name;
    const text = await tree.read(path);
    const value = text === undefined || text.length > 65_536 ? undefined : readJson5(text);
    if (value === null || typeof value !== "object") continue;
    const commands = ["postStartCommand", "postAttachCommand"].flatMap((key) =>
      linesIn((value as Record<string, unknown>)[key]),
    );
    return commands.map((line) => ({ line, from: path }));
  }
  return [];
}

/** A text, a list of words, or several of them by name. */
function linesIn(value: unknown): readonly string[] {
  if (typeof value === "string") return value.split(/&&|;/).map((line) => line.trim().slice(0, 500));
  if (Array.isArray(value))
    return [
      value
        .filter((word) => typeof word === "string")
        .join(" ")
        .slice(0, 500),
    ];
  if (value === null || typeof value !== "object") return [];
  return Object.values(value)
    .slice(0, 8)
    .flatMap((one) => (typeof one === "object" && !Array.isArray(one) ? [] : linesIn(one)));
}

/** Recipes of `run`, `start`, `serve` and their like; variables of make are not known here. */
async function fromMakefile(tree: SourceTree, folder: string): Promise<readonly Candidate[]> {
  for (const name of ["Makefile", "makefile", "GNUmakefile", "justfile", "Justfile"]) {
    const path = joinPath(folder, name) ?? name;
    const text = await tree.read(path);
    if (text === undefined) continue;
    const found: Candidate[] = [];
    let isStart = false;
    for (const [index, line] of text.split("\n").slice(0, maxLines).entries()) {
      const target = /^(?<target>[\w.-]{1,40})(?: [^:=]{0,80})?:(?!=)/.exec(line)?.groups?.["target"];
      if (target !== undefined)
        isStart = /^(?:run|start|serve|server|web|up|launch)(?:-(?:prod|app|server|web))?$/.test(target);
      else if (isStart && /^\s+\S/.test(line))
        found.push({
          line: line
            .trim()
            .replace(/^[@-]+\s*/, "")
            .slice(0, 500),
          from: `${path}:${index + 1}`,
        });
    }
    return found.slice(0, 12);
  }
  return [];
}

/** Lines of code blocks; a prompt before them is taken away. */
async function fromReadme(tree: SourceTree, folder: string): Promise<readonly Candidate[]> {
  for (const name of readmes) {
    const path = joinPath(folder, name) ?? name;
    const text = await tree.read(path);
    if (text === undefined) continue;
    const found: Candidate[] = [];
    let isBlock = false;
    for (const [index, line] of text.split("\n").slice(0, maxLines).entries()) {
      if (/^\s{0,3}(?:```|~~~)/.test(line)) {
        isBlock = !isBlock;
        continue;
      }
      if (!isBlock && !/^(?: {4}|\t)\S/.test(line)) continue;
      const said = line
        .trim()
        .replace(/^(?:\$|>|%|#)\s+/, "")
        .replace(/\s+#.{0,200}$/, "");
      if (said !== "" && found.length < 200) found.push({ line: said.slice(0, 500), from: `${path}:${index + 1}` });
    }
    return found;
  }
  return [];
}
