import type { Recipe } from "../../../plan.ts";
import { toolsFolder } from "../../dependency/node-manager.ts";
import { joinPath } from "../../config/service-files.ts";
import { chooseLine, type LineChoice, type Lines, pinnedWords } from "../../requirements/line-choice.ts";
import { chooseNode } from "../../requirements/node-version.ts";
import type { Detection, Language, Wishes } from "../language.ts";
import { newRecipe, newService } from "../new-service.ts";
import { readPackage } from "../node/package-json.ts";
import { plainText } from "../plain-text.ts";
import { procfileStart } from "../procfile-start.ts";
import { serviceNameOf } from "../service-name.ts";
import type { SourceTree } from "../source-tree.ts";
import { type DenoSettings, readDenoJson } from "./deno-json.ts";
import { type DenoProgram, findProgram } from "./program.ts";

/** Deno comes from npm, by any version; so its lines are those of its releases and not of images. */
const releases: Lines = {
  name: "deno",
  lines: [
    { line: "1", since: "2020-05", until: "2024-10" },
    { line: "2", since: "2024-10", until: "2027-12" },
  ],
  usual: "2",
};

const places = {
  names: ["deno"],
  environment: ["DENO_VERSION", "RAILPACK_DENO_VERSION", "NIXPACKS_DENO_VERSION"],
  files: [".deno-version", ".dvmrc"],
};

/** What Deno has fetched: among the sources, so that it goes into the image with them. */
const cacheFolder = "/app/.deno";

interface Start {
  readonly line: string;
  readonly from: string;
  readonly where: string;
  readonly certain: boolean;
}

/** Deno: servers, handlers for `deno serve`, Fresh, and programs that end. */
export const deno: Language = {
  name: "deno",
  async detect(tree, path, wishes): Promise<Detection | undefined> {
    const settings = await readDenoJson(tree, path);
    const pkg = await readPackage(tree, path);
    // Beside a package.json that starts or builds something, settings without tasks are there for Deno's formatter.
    const nodes = pkg !== undefined && Object.keys(pkg.json.scripts).length > 0;
    if (nodes && (settings === undefined || Object.keys(settings.tasks).length === 0)) return undefined;
    const task = settings === undefined ? undefined : startTask(settings);
    const named = task === undefined ? undefined : fileIn(task.line);
    const program = (await findProgram(tree, path, named)) ?? (await findProgram(tree, path, undefined));
    if (settings === undefined && (program?.isDeno !== true || pkg !== undefined)) return undefined;
    const start = await startOf(tree, path, wishes, { task, program });
    if (start === undefined) return settings === undefined ? undefined : library(settings);
    return await describe(tree, path, wishes, { settings, program, start });
  },
};

/** The task that runs it as in production: no watching, no development server. */
function startTask({ tasks, file }: DenoSettings): Start | undefined {
  for (const name of ["start", "serve", "prod", "production", "preview"]) {
    const line = tasks[name]?.trim();
    if (line === undefined || /--watch|\bdev\.tsx?\b|\bvite(?:\s+dev|\s*$)/.test(line)) continue;
    if (!/^deno\s/.test(line))
      return { line: `deno task ${name}`, from: `${file} tasks.${name}`, where: file, certain: true };
    // `deno start main.ts` is no command of Deno.
    if (!/^deno\s+(?:run|serve|task)\s/.test(line)) continue;
    return { line, from: `${file} tasks.${name}`, where: file, certain: true };
  }
  return undefined;
}

function fileIn(line: string): string | undefined {
  return /(?:^|\s)(?:\.\/)?(?<file>[\w][\w./-]{0,120}\.[cm]?[jt]sx?)(?:\s|$)/.exec(line)?.groups?.["file"];
}

async function startOf(
  tree: SourceTree,
  path: string,
  wishes: Wishes,
  { task, program }: { readonly task: Start | undefined; readonly program: DenoProgram | undefined },
): Promise<Start | undefined> {
  const told = wishes.service?.start ?? wishes.service?.command?.join(" ");
  if (told !== undefined && told !== "") return { line: told, from: "spec", where: "spec.services", certain: true };
  const said = await procfileStart(tree, path);
  if (said !== undefined) return { line: said.line, from: said.from, where: said.where, certain: true };
  if (task !== undefined) return task;
  if (program === undefined) return undefined;
  const line = program.isHandler
    ? `deno serve --allow-all --host 0.0.0.0 --port $PORT ${program.file}`
    : `deno run --allow-all ${program.file}`;
  const from = program.isHandler ? `${program.path} exports fetch` : `${program.path} is there`;
  return { line, from, where: program.path, certain: program.isDeno };
}

interface Found {
  readonly settings: DenoSettings | undefined;
  readonly program: DenoProgram | undefined;
  readonly start: Start;
}

async function describe(tree: SourceTree, path: string, wishes: Wishes, found: Found): Promise<Detection> {
  const { settings, program, start } = found;
  // It comes from npm: any platform that has Node has every Deno.
  const choice = chooseLine(releases, await pinnedWords(tree, path, wishes, places), {
    ...wishes.platform,
    baseImages: "Any",
  });
  const kind = program?.kind ?? "Web";
  const framework =
    program?.framework ?? (settings?.imports.some((one) => one.includes("@fresh/")) === true ? "fresh" : null);
  const lockFile = (await tree.has(joinPath(path, "deno.lock") ?? "")) ? "deno.lock" : null;
  const sure = start.certain && kind !== "Job" ? "Certain" : "Likely";
  const readsPort = /\$\{?PORT\b/.test(start.line);
  const where = choice.where === undefined ? {} : { where: choice.where };
  const service = newService({
    name: serviceNameOf(path, kind),
    kind,
    path,
    language: "deno",
    framework,
    runtime: { name: "deno", version: choice.version, from: choice.from },
    manager: { name: "deno", version: null, lockFile, mode: lockFile === null ? "Unfrozen" : "Frozen" },
    recipe: denoRecipe(path, wishes, choice, found),
    start: start.line,
    port: { number: 8000, from: "Framework", readsPort },
    resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
    probe: { startupSeconds: 60 },
    sure,
    why: [
      { about: "runtime", value: `deno ${choice.version}`, because: plainText(choice.from), ...where },
      { about: "start", value: plainText(start.line), because: plainText(start.from), where: start.where },
      ...(framework === null
        ? []
        : [{ about: "framework", value: framework, because: "imported", where: program?.path ?? start.where }]),
    ],
  });
  return { sure, services: [service], ...(choice.warning === undefined ? {} : { warnings: [choice.warning] }) };
}

function denoRecipe(path: string, wishes: Wishes, choice: LineChoice, found: Found): Recipe {
  const { settings, program, start } = found;
  const node = chooseNode([], wishes.platform).version;
  const file = fileIn(start.line) ?? program?.file;
  const task = ["build", "prebuild"].find((name) => settings?.tasks[name] !== undefined);
  // What a build makes cannot be looked at before.
  const made = file !== undefined && file !== program?.file;
  const build = [
    ...(task === undefined ? [] : [`deno task ${task}`]),
    ...(file === undefined || made || !/^[\w][\w./-]*$/.test(file) ? [] : [`deno cache ${file}`]),
  ];
  const environment = { DENO_DIR: cacheFolder, DENO_NO_UPDATE_CHECK: "1", DENO_NO_PROMPT: "1" };
  const package_ = `${toolsFolder}/lib/node_modules/deno`;
  return newRecipe({
    context: path,
    buildImage: `docker.io/library/node:${node}-slim`,
    runImage: "docker.io/library/debian:trixie-slim",
    tools: [
      `npm install --global --prefix ${toolsFolder} deno@${choice.version} && cp "$(find ${package_} -path '*@deno/linux-*' -name deno -type f | head -n 1)" /usr/local/bin/deno`,
    ],
    install: null,
    build: build.length === 0 ? null : build.join(" && "),
    caches: [{ id: "npm", target: "/root/.npm" }],
    buildEnv: environment,
    runEnv: { ...environment, NODE_ENV: "production", DENO_ENV: "production" },
    artifacts: [
      { from: "/usr/local/bin/deno", to: "/usr/local/bin/deno" },
      // Deno brings the public certificates itself.
      { from: "/app", to: "/app" },
    ],
  });
}

function library({ file, isPackage }: DenoSettings): Detection {
  return {
    sure: "Likely",
    services: [],
    notAService: isPackage ? `a package for Deno (${file})` : `settings of Deno without a program (${file})`,
    lookedFor: [
      ["tasks start, serve, preview", "none that runs as in production"],
      ["main, server, app, index", "no such file in the folder or src"],
    ],
  };
}
