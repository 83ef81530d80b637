import type { Recipe, Service } from "../../plan.ts";
import { readDockerfile } from "../detection/dockerfile/instructions.ts";
import { bundleArguments, bundleForApt, bundleMount } from "./dockerfile-ca.ts";
import { assignments, commandStep, copyStep, fileStep, isPlace, plainWord, runStep } from "./dockerfile-syntax.ts";

/** What an installation adds to every build. */
export interface DockerfileOptions {
  /** Each RUN sees the CA bundle, as the secret `repo-runner-ca`. */
  readonly caBundle: boolean;
  /** Variables of the build stage, never kept in an image. */
  readonly buildEnv: Readonly<Record<string, string>>;
  /** Names of build secrets; install and build get each as a variable. */
  readonly secrets?: readonly string[];
}

/** Whom programs run as in images that are rendered here. */
const user = "10001:10001";
const root = "/app";

/** The Dockerfile of a service that has none of its own: a build stage, dependencies before sources, and a final stage with the artifacts only. Pure. */
export function renderDockerfile(service: Service, options: DockerfileOptions): string {
  const { recipe } = service;
  if (recipe.image !== undefined) {
    const copies = recipe.copies.map(({ from, to }) => copyStep([], [from], absolute(to)));
    return `${[`FROM ${plainWord(recipe.image)}`, ...copies].join("\n")}\n`;
  }
  const stages = [buildStage(service, options), finalStage(recipe, service.start, options.caBundle)];
  return `${stages.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function buildStage({ recipe, env }: Service, options: DockerfileOptions): string[] {
  const { caBundle } = options;
  const literal = env.filter(({ phase, source }) => phase !== "Run" && source === "Literal");
  const ca = caBundle ? [bundleMount] : [];
  const caches = recipe.caches.map(
    ({ id, target }) => `--mount=type=cache,id=${plainWord(id)},target=${absolute(target)}`,
  );
  const secrets = (options.secrets ?? []).filter((name) => /^\w+$/.test(name));
  const steps = [...ca, ...caches, ...secrets.map((name) => `--mount=type=secret,id=${name},env=${name}`)];
  const workdir = folderIn(recipe.workdir);
  const manifests = recipe.manifests.every((path) => isPlace(path) && !path.startsWith("/")) ? recipe.manifests : [];
  const install = recipe.install === null ? [] : [runStep(recipe.install, steps)];
  const sources = copyStep([], ["."], root);
  return [
    `FROM ${plainWord(recipe.buildImage ?? recipe.runImage ?? "")} AS build`,
    ...(caBundle ? [bundleArguments] : []),
    ...assignments("ARG", options.buildEnv),
    ...assignments("ARG", Object.fromEntries(literal.map(({ name, value }) => [name, value ?? ""]))),
    ...assignments("ENV", recipe.buildEnv),
    `WORKDIR ${root}`,
    ...recipe.borrows.map(({ image, from, to }) =>
      copyStep([`--from=${plainWord(image)}`], [absolute(from)], absolute(to)),
    ),
    ...packagesStep(recipe.buildPackages, caBundle),
    ...recipe.tools.map((line) => runStep(line, [...ca, ...caches])),
    ...(manifests.length > 0 && install.length > 0 ? manifestSteps(manifests) : [sources]),
    ...(workdir === root ? [] : [`WORKDIR ${workdir}`]),
    ...install,
    ...(manifests.length > 0 && install.length > 0 ? [sources] : []),
    ...[recipe.build, recipe.prune].filter((line) => line !== null).map((line) => runStep(line, steps)),
  ];
}

function finalStage(recipe: Recipe, start: string | null, caBundle: boolean): string[] {
  const image = plainWord(recipe.runImage ?? recipe.buildImage ?? "");
  const files = recipe.files.map(({ path, text }) => fileStep(absolute(path), text));
  return [
    `FROM ${image}`,
    ...(caBundle && (recipe.runPackages.length > 0 || isCaddy(image)) ? [bundleArguments] : []),
    ...packagesStep(recipe.runPackages, caBundle),
    ...(isCaddy(image) ? [runStep(caddyWithoutRights, caBundle ? [bundleMount] : [])] : []),
    // A user without an entry in /etc/passwd has / for a home, where nothing may be written.
    ...assignments("ENV", { HOME: "/tmp", ...recipe.runEnv }),
    ...recipe.artifacts.map(({ from, to }) =>
      // What lies with the sources may be written by the program: uploads, SQLite.
      copyStep(["--from=build", ...(isBelowRoot(to) ? [`--chown=${user}`] : [])], [absolute(from)], absolute(to)),
    ),
    ...files,
    // What a compose file mounts beside the program; its own sources are there already.
    ...recipe.copies
      .filter(({ to }) => !isBelowRoot(to))
      .map(({ from, to }) => copyStep([`--from=${sourceContext}`], [from], absolute(to))),
    `WORKDIR ${folderIn(recipe.workdir)}`,
    `USER ${user}`,
    "ENTRYPOINT []",
    ...(start === null ? [] : [commandStep(start)]),
  ];
}

/** The official image gives Caddy's file a right for low ports; a pod that may hold no right cannot run such a file, a copy of it it can. */
const caddyWithoutRights = "cp /usr/bin/caddy /usr/local/bin/caddy";

function isCaddy(image: string): boolean {
  return /(?:^|\/)caddy(?::|@|$)/.test(image);
}

function packagesStep(packages: readonly string[], caBundle: boolean): string[] {
  if (packages.length === 0) return [];
  const options = caBundle ? ` ${bundleForApt}` : "";
  const line = [
    "rm -f /etc/apt/apt.conf.d/docker-clean",
    `apt-get${options} update`,
    `DEBIAN_FRONTEND=noninteractive apt-get${options} install -y --no-install-recommends ${packages.map(plainWord).join(" ")}`,
  ].join(" && ");
  const mounts = [
    "--mount=type=cache,id=apt-lists,target=/var/lib/apt/lists,sharing=locked",
    "--mount=type=cache,id=apt-archives,target=/var/cache/apt,sharing=locked",
  ];
  return [runStep(line, [...(caBundle ? [bundleMount] : []), ...mounts])];
}

/** One COPY a folder: files of several folders in one would all land in the same. A name that ends with "/" is a folder. */
function manifestSteps(manifests: readonly string[]): string[] {
  const byFolder = new Map<string, string[]>();
  for (const path of manifests) {
    const folder = path.endsWith("/") ? path : path.slice(0, path.lastIndexOf("/") + 1);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), path]);
  }
  return [...byFolder].map(([folder, paths]) => copyStep([], paths, `${root}/${folder}`));
}

function folderIn(workdir: string): string {
  if (workdir === ".") return root;
  if (!/^[\w@+][\w@+./ -]*$/.test(workdir) || workdir.split("/").includes("..")) {
    throw new Error(`not a folder for WORKDIR: ${JSON.stringify(workdir)}`);
  }
  return `${root}/${workdir}`;
}

function isBelowRoot(path: string): boolean {
  return path === root || path.startsWith(`${root}/`);
}

function absolute(path: string): string {
  if (!path.startsWith("/") || /[\s,]/.test(path)) throw new Error(`not a place in an image: ${JSON.stringify(path)}`);
  return path;
}

/** A repository's own Dockerfile with the CA bundle in each RUN and the arguments that point tools to it; all else stays byte for byte. */
export function withCaBundle(text: string): string {
  const { lines, instructions } = readDockerfile(text);
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const changed = [...lines];
  for (const { keyword, first, last } of instructions) {
    const line = changed[first] ?? "";
    if (keyword === "RUN") changed[first] = line.replace(/^(\s*run)(?=\s)/i, `$1 ${bundleMount}`);
    if (keyword !== "FROM") continue;
    const end = changed[last] ?? "";
    const carriage = end.endsWith("\r") ? "\r" : "";
    changed[last] = `${end}\n${bundleArguments}${carriage}`;
  }
  return mark + changed.join("\n");
}

/** Name of the build context that holds the whole source: what a compose file mounts may lie outside of a service's own context. */
export const sourceContext = "repo-runner-source";

/** A repository's own Dockerfile with a last stage that takes in `copies`, upon the stage that is wanted. */
export function withCopies(text: string, { copies, target }: Pick<Recipe, "copies" | "target">): string {
  if (copies.length === 0) return text;
  const stages = readDockerfile(text).instructions.filter(({ keyword }) => keyword === "FROM");
  const last = /\s+as\s+(?<name>\S+)\s*$/i.exec(stages.at(-1)?.text ?? "")?.groups?.["name"];
  const base = target ?? last;
  const steps = copies.map(({ from, to }) => copyStep([`--from=${sourceContext}`], [from], absolute(to)));
  // A last stage without a name goes on where the file ends.
  return [text.trimEnd(), ...(base === undefined ? [] : [`FROM ${plainWord(base)}`]), ...steps, ""].join("\n");
}

const maxIgnoredLines = 500;

/**
 * What is kept out of an image that is rendered here: ours, then what the repository's own .dockerignore names. One that keeps out everything but what its
 * own build has made (`*`) was written for another Dockerfile and is passed over, and what an install reads is never kept out.
 */
export function ignoredByBuild(own: string | undefined, recipe: Recipe): string {
  const lines = (own ?? "").split(/\r?\n/, maxIgnoredLines).map((line) => line.trim());
  const named = lines.filter((line) => line !== "" && !line.startsWith("#") && !/\p{Cc}/u.test(line));
  const everything = named.some((line) => /^\/?(?:\.|\*{1,2}(?:\/\*{1,2})?)\/?$/.test(line));
  if (named.length === 0 || everything) return dockerignoreText;
  return `${[...named, ...neededByBuild(recipe)].join("\n")}\n${dockerignoreText}`;
}

/** Manifests, what the final image takes over by name, and the readme where the repository is packed as a package, which reads it. */
function neededByBuild({ manifests, artifacts, install, build }: Recipe): string[] {
  const taken = artifacts.flatMap(({ from }) => (from.startsWith(`${root}/`) ? [from.slice(root.length + 1)] : []));
  const packs = /\bpip install (?:--no-deps )?\.(?=\s|$)|\buv sync\b/.test(`${install ?? ""}\n${build ?? ""}`);
  const needed = [...manifests, ...taken, ...(packs ? ["README*"] : [])].filter(isPlace);
  return needed.map((path) => `!${path.replace(/\/$/, "")}`);
}

/** For images that are rendered here: what a build makes anew, history, and what a person keeps in a file for himself. */
const dockerignoreText = `${[
  ".git",
  "**/node_modules",
  "**/.venv",
  "**/venv",
  "**/__pycache__",
  "**/.env",
  "**/.env.local",
  "**/.env.*.local",
].join("\n")}\n`;
