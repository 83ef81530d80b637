import type { ModuleCheck, Reason, Service } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import type { CodeText } from "../../config/code-text.ts";
import { distributionsOf, moduleOf } from "../../dependency/python-modules.ts";
import { newestPythonFor } from "../../dependency/python-wheels.ts";
import { acceleratorOf, environmentName } from "../../dependency/environment.ts";
import { alignTorch, type Target } from "../../dependency/torch-matrix.ts";
import type { Detection, Language, Wishes } from "../language.ts";
import { plainText } from "../plain-text.ts";
import { serviceNameOf } from "../service-name.ts";
import type { SourceTree } from "../source-tree.ts";
import { importsOfNotebook, findNotebooks, notebookStart } from "./notebook.ts";
import { importsOf } from "./imports.ts";
import { readGpuBuilds, readPins } from "./pins.ts";
import { type Place, placed } from "./workspace.ts";
import type { PythonProject } from "./project.ts";
import { readPythonProject } from "./project.ts";
import type { PythonChoice } from "./python-line.ts";
import { choosePython } from "./python-line.ts";
import { type Further, pythonRecipe } from "./recipe.ts";
import type { PythonStart } from "./start.ts";
import { findStarts, readPythonSources } from "./starts.ts";
import { pythonVersionWords } from "./version.ts";
import { newService } from "../new-service.ts";

/** Files that make a folder Python's without any manifest. */
const mainFiles = [
  "main.py",
  "app.py",
  "start.py",
  "bot.py",
  "hello.py",
  "server.py",
  "run.py",
  "wsgi.py",
  "asgi.py",
  "manage.py",
];

/** Python: Django, Flask, FastAPI, Streamlit and their like, and plain programs; pip, Poetry, uv, Pipenv and PDM. */
export const python: Language = {
  name: "python",
  async detect(tree, path, wishes): Promise<Detection | undefined> {
    const own = await readPythonProject(tree, path);
    const { project, place } =
      own === undefined ? { project: own, place: { context: path, lockFolder: path } } : await placed(tree, path, own);
    const notebooks = await findNotebooks(tree, path);
    if (project === undefined && notebooks.length === 0 && !(await hasMainFile(tree, path))) return undefined;
    const sources = await readPythonSources(tree, path);
    const names = new Set(project?.dependencies.keys());
    const shown = project?.backend === undefined ? notebookStart(notebooks, names) : undefined;
    const found = await findStarts(tree, path, sources, project, wishes.env);
    const starts = shown === undefined || found.some(({ kind }) => kind === "Web") ? found : [shown, ...found];
    const told = wishes.service?.start;
    const [start = told === undefined || told === "" ? undefined : toldStart(told, sources)] = starts;
    if (start === undefined || (start.sure === "Likely" && start !== shown && isLibrary(project)))
      return nothingToRun(project, sources);
    const pins = project === undefined ? new Map<string, string>() : await readPins(tree, place.lockFolder, project);
    const words = await pythonVersionWords(tree, path, project, wishes);
    const choice = choosePython(words, wishes.platform, newestPythonFor(pins));
    const further = {
      ...alignTorch(pins, names, await targetOf(tree, path, project, wishes)),
      callsManager: sources.some(({ text }) => callsManager.test(text)),
      inferred: project === undefined ? await inferred(tree, path, sources, start === shown ? notebooks : []) : [],
    };
    const checks = checksOf(pins, names, further);
    return describe({ path, place, project, start, others: starts.slice(1), choice, further, checks });
  },
};

/** A program that runs its own package manager: `subprocess.run(["uv", "--version"])`. */
const callsManager =
  /\b(?:subprocess\.\w{1,20}|os\.system|os\.popen|Popen|check_output|check_call)\(\s{0,40}\[?\s{0,40}["'](?:uv|poetry|pdm|pipenv)\b/;

/** What the dependencies are built for, by where the program will run and what of it is asked for. */
async function targetOf(
  tree: SourceTree,
  path: string,
  project: PythonProject | undefined,
  wishes: Wishes,
): Promise<Target> {
  const { environment = { place: "Local", because: "nobody has looked" } } = wishes.platform;
  return {
    accelerator: acceleratorOf(environment, wishes.service?.resources?.limits ?? {}),
    environment: environmentName(environment),
    builds: project === undefined ? new Map() : await readGpuBuilds(tree, path, project),
  };
}

/** It says itself that it is a library, so a command of its is no service. */
function isLibrary(project: PythonProject | undefined): boolean {
  const said = project?.toml.project["classifiers"];
  return (
    project?.backend !== undefined &&
    Array.isArray(said) &&
    said.some((each) => typeof each === "string" && each.includes("Software Development :: Libraries"))
  );
}

async function hasMainFile(tree: SourceTree, path: string): Promise<boolean> {
  for (const name of mainFiles) if (await tree.has(joinPath(path, name) ?? name)) return true;
  return false;
}

function toldStart(line: string, sources: readonly CodeText[]): PythonStart | undefined {
  return sources.length === 0 ? undefined : { kind: "Web", framework: null, line, because: "spec", sure: "Certain" };
}

interface Found {
  readonly path: string;
  readonly place: Place;
  readonly project: PythonProject | undefined;
  readonly start: PythonStart;
  readonly others: readonly PythonStart[];
  readonly choice: PythonChoice;
  readonly further: Further;
  readonly checks: readonly ModuleCheck[];
}

/** Packages of the matrix, which only together are right. */
const matrixPackages = ["torch", "torchvision", "torchaudio", "transformers"];

/**
 * What has to import in the image: the matrix's packages where it had to align them, and, once what they are installed for is changed, all that
 * is compiled for one line of Python.
 */
function checksOf(pins: ReadonlyMap<string, string>, names: ReadonlySet<string>, { because }: Further): ModuleCheck[] {
  const matrix = matrixPackages.filter((name) => names.has(name));
  const compiled = [...pins.keys()].filter((name) => !matrix.includes(name) && name !== "django");
  const aligned = because.length > 0 ? ("Always" as const) : ("Realigned" as const);
  return [
    ...matrix.map((name) => ({ module: moduleOf(name), package: name, when: aligned })),
    ...compiled.map((name) => ({ module: moduleOf(name), package: name, when: "Realigned" as const })),
  ].slice(0, 16);
}

/** Without any manifest: what the code imports, as far as it is known. */
async function inferred(
  tree: SourceTree,
  path: string,
  sources: readonly CodeText[],
  notebooks: readonly string[],
): Promise<readonly string[]> {
  const modules = sources.flatMap((source) => importsOf(source).map(({ module }) => module));
  for (const name of notebooks.slice(0, 12)) {
    modules.push(...importsOfNotebook((await tree.read(joinPath(path, name) ?? name)) ?? ""));
  }
  const own = new Set((await tree.list(path)).map((name) => name.replace(/(?:\.py|\/)$/, "")));
  return distributionsOf(modules, own);
}

function describe({ path, place, project, start, others, choice, further, checks }: Found): Detection {
  const { version } = choice;
  const made = pythonRecipe(path, version, project, start, further);
  const { added } = made;
  const workdir = place.context === path ? "." : place.context === "." ? path : path.slice(place.context.length + 1);
  const recipe = { ...made.recipe, context: place.context, workdir };
  const service = newService({
    name: serviceNameOf(path, start.kind),
    kind: start.kind,
    path,
    language: "python",
    framework: start.framework,
    runtime: { name: "python", version, from: choice.from },
    manager: managerOf(project),
    recipe,
    start: start.line,
    otherStarts: others.slice(0, 8).map((other) => ({ line: other.line, from: plainText(other.because) })),
    port: start.port === undefined ? { from: "Default", readsPort: false } : { ...start.port, from: "Framework" },
    probe: { startupSeconds: 120, ...(start.probePath === undefined ? {} : { path: start.probePath }) },
    env: (start.env ?? []).map((variable) => ({ source: "Literal" as const, phase: "Run" as const, ...variable })),
    resources: { requests: { cpu: "50m", memory: "256Mi" }, limits: { memory: "512Mi" } },
    sure: start.sure,
    ...(checks.length === 0 ? {} : { checks: [...checks] }),
    why: [...reasons(project, start, choice, added), ...furtherReasons(further)],
  });
  const warnings = [...(start.warnings ?? []), ...(choice.warning === undefined ? [] : [choice.warning])];
  return { sure: start.sure, services: [service], warnings: warnings.map((warning) => plainText(warning)) };
}

function managerOf(project: PythonProject | undefined): Service["manager"] {
  if (project === undefined) return null;
  const { manager, lockFile } = project;
  return {
    name: manager,
    version: null,
    lockFile: lockFile ?? null,
    mode: lockFile === undefined ? "Unfrozen" : "Frozen",
  };
}

function reasons(
  project: PythonProject | undefined,
  start: PythonStart,
  choice: PythonChoice,
  added: readonly string[],
): Reason[] {
  const { version } = choice;
  const why: Reason[] = [
    reason("runtime", `python ${version}`, choice.from, choice.where),
    reason("start", start.line, start.because, start.where),
  ];
  if (start.framework !== null) why.push(reason("framework", start.framework, start.because, start.where));
  if (project?.manifest !== undefined)
    why.push(reason("manager", project.manager, `${project.manifest} is there`, project.manifest));
  for (const name of added) why.push(reason("install", name, `${name} is not among the dependencies, so it is added`));
  return why;
}

function reason(about: string, value: string, because: string, where?: string): Reason {
  const said = { about, value: plainText(value), because: plainText(because) };
  return where === undefined ? said : { ...said, where: plainText(where) };
}

function furtherReasons({ inferred: names, because }: Further): Reason[] {
  return [
    ...names.slice(0, 16).map((name) => reason("install", name, "it is imported, and no manifest names it")),
    ...because.map((text) => reason("install", "aligned", text)),
  ];
}

/** Understood, and nothing to run: a library, or files without a way in. */
function nothingToRun(project: PythonProject | undefined, sources: readonly CodeText[]): Detection | undefined {
  if (project?.manifest === undefined && project?.backend === undefined) return undefined;
  // The root of a workspace has nothing to run itself: its members may.
  if (project.toml.uv["workspace"] !== undefined) return undefined;
  const backend = project.backend;
  const names = [...project.dependencies.keys()].slice(0, 5).join(", ");
  return {
    sure: "Likely",
    services: [],
    notAService:
      backend === undefined ? "Python files without an entry point" : `a Python library (${backend}, no entry point)`,
    lookedFor: [
      ["a server in the dependencies", names === "" ? "no dependencies" : `none known (${names})`],
      ["an application object (Flask, FastAPI, Django …)", `none in ${sources.length} files`],
      ["[project.scripts]", project.scripts.size === 0 ? "none" : [...project.scripts.keys()].slice(0, 5).join(", ")],
      ["main.py app.py manage.py Procfile", "none that starts something"],
    ],
  };
}
