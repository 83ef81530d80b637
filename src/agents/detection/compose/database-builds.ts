import { posix } from "node:path";
import { joinPath } from "../../config/service-files.ts";
import { factsOf, wordsOf } from "../dockerfile/image-facts.ts";
import { type Instruction, readDockerfile } from "../dockerfile/instructions.ts";
import type { SourceTree } from "../source-tree.ts";
import { type ComposeProject, keyed, listOf, mapping, type Mapping } from "./compose-file.ts";
import { isDatabaseImage } from "./database-images.ts";
import { shellWords } from "./shell-words.ts";
import { textOf } from "./texts.ts";

const init = "/docker-entrypoint-initdb.d";
/** What a RUN may do without making another database of it. */
const harmless = /^(?:mkdir|chmod|chown|touch|echo|sed|rm|ln|localedef)\s/;

/**
 * A build that only puts SQL and settings over the official image of a database (`FROM postgres`, `COPY init.sql /docker-entrypoint-initdb.d/`), said as
 * that image with its files mounted. Anything else is left as it is.
 */
export async function withoutDatabaseBuild(
  tree: SourceTree,
  project: ComposeProject,
  service: Mapping,
): Promise<Mapping> {
  const word = service["build"];
  if (word === undefined || word === null) return service;
  const build = typeof word === "string" ? { context: word } : mapping(word);
  const folder = textOf(build["context"]) ?? ".";
  const context = joinPath(project.folder, folder);
  const file = context === undefined ? undefined : joinPath(context, textOf(build["dockerfile"]) ?? "Dockerfile");
  const text = file === undefined ? undefined : await tree.read(file);
  if (context === undefined || text === undefined || build["target"] !== undefined) return service;
  const { instructions } = readDockerfile(text);
  const facts = factsOf({ instructions, lines: [], directives: new Map() });
  if (facts === undefined || facts.stages !== 1 || !isDatabaseImage(facts.base)) return service;
  const runs = instructions.filter(({ keyword }) => keyword === "RUN").flatMap(({ text: line }) => line.split(/&&|;/));
  const own = instructions.some(({ keyword }) => keyword === "ENTRYPOINT");
  if (own || !runs.every((line) => harmless.test(line.trim()))) return service;
  const { build: _build, ...rest } = service;
  const command = instructions.findLast(({ keyword }) => keyword === "CMD")?.text;
  return {
    ...rest,
    image: facts.base,
    environment: { ...facts.env, ...keyed(service["environment"], "environment") },
    volumes: [...listOf(service["volumes"]), ...(await filesOf(tree, { folder, context, instructions }))],
    ...(command === undefined || service["command"] !== undefined
      ? {}
      : { command: command.startsWith("[") ? wordsOf(command) : shellWords(command) }),
  };
}

interface Copies {
  /** As the compose file says it, relative to its own folder. */
  readonly folder: string;
  readonly context: string;
  readonly instructions: readonly Instruction[];
}

/** What is copied to where the official images look for it, as mounts of a compose file. */
async function filesOf(tree: SourceTree, { folder, context, instructions }: Copies): Promise<readonly string[]> {
  const mounts: string[] = [];
  let workdir = "/";
  for (const { keyword, text } of instructions) {
    if (keyword === "WORKDIR") workdir = placeIn(workdir, text);
    if ((keyword !== "COPY" && keyword !== "ADD") || text.includes("--from=")) continue;
    const words = wordsOf(text.replace(/^(?:--\S+\s+)+/, ""));
    const target = placeIn(workdir, words.at(-1) ?? "");
    if (target !== init && !target.startsWith(`${init}/`)) continue;
    for (const source of words.slice(0, -1)) {
      for (const each of await matching(tree, context, source)) mounts.push(`${folder}/${each}:${target}`);
    }
  }
  return mounts;
}

/** `*.sql` of a folder, by name. */
async function matching(tree: SourceTree, context: string, source: string): Promise<readonly string[]> {
  const name = source.split("/").at(-1) ?? "";
  if (!name.includes("*")) return [source];
  const folder = source.slice(0, -name.length).replace(/\/$/, "");
  const [start = "", ...parts] = name.split("*");
  const end = parts.at(-1) ?? "";
  const names = await tree.list(joinPath(context, folder) ?? context);
  return names
    .filter((each) => each.startsWith(start) && each.endsWith(end) && !each.endsWith("/"))
    .map((each) => (folder === "" ? each : `${folder}/${each}`));
}

function placeIn(workdir: string, path: string): string {
  return posix.resolve("/", workdir, path);
}
