import { parse } from "smol-toml";
import { type Foreseen, foreseen, pathIn, type PredictionRule, type Scene, startedCode } from "../prediction-rule.ts";
import { isNamed, projectOf, topImports } from "../python-facts.ts";
import { findInCode, placeOf } from "../../config/code-text.ts";
import { distributionsOf } from "../../dependency/python-modules.ts";
import { normalName } from "../../detection/python/dependencies.ts";
import { addLibrary, addPackages } from "../../fixer/tables/lookup.ts";
import { carried } from "../tables/python-carriers.ts";

const python = ["python"] as const;

/**
 * Modules of the distribution that a program forgot to name. Only where the manifest is a list that pip takes, for what a lock or another manifest
 * brings along is not known here; to install what is there already does nothing.
 */
async function unnamed(scene: Scene): Promise<readonly Foreseen[]> {
  const project = await projectOf(scene);
  if (project === undefined || project.lockFile !== undefined || project.manager !== "pip" || project.needsSources)
    return [];
  // Frameworks bring many others along.
  const brought = [...project.dependencies.keys()];
  if (brought.length > 60) return [];
  const files = await scene.tree.files(scene.service.path);
  const own = new Set(files.flatMap((path) => path.replace(/\.py$/, "").split("/")));
  for (const source of await startedCode(scene, ["python"])) {
    for (const { module, where } of topImports(source)) {
      const [name] = distributionsOf([module], own);
      if (name === undefined || isNamed(project, name)) continue;
      const [top = ""] = module.split(".");
      // `psycopg2-binary` for `psycopg2`, `opencv-python` for `opencv-python-headless`: another build of the same.
      const stem = normalName(name)
        .replace(/\[.*$/, "")
        .replace(/-(?:headless|binary)$/, "");
      if (brought.some((each) => each === normalName(top) || each.startsWith(stem) || stem.startsWith(`${each}-`)))
        continue;
      if (carried(brought, stem)) continue;
      const because = `it imports ${top}, which no manifest names; ${name} is installed`;
      return [{ action: { kind: "AddDependencies", stage: "Install", dependencies: [name] }, because, where }];
    }
  }
  return [];
}

/** A module that lies in `src/`, where Python does not look. */
async function aside(scene: Scene): Promise<readonly Foreseen[]> {
  const { tree, service } = scene;
  const folder = pathIn(service, "src");
  const paths = [...service.env.map(({ name }) => name), ...Object.keys(service.recipe.runEnv)];
  if (paths.includes("PYTHONPATH") || /\bsrc\b|PYTHONPATH|--app-dir|--chdir|-m /.test(service.start ?? "")) return [];
  const { workdir } = service.recipe;
  const value = workdir === "." ? "/app/src" : `/app/${workdir}/src`;
  const [here, below] = [await tree.list(service.path), await tree.list(folder)];
  if (below.length === 0 || (await projectOf(scene))?.backend !== undefined) return [];
  const has = (names: readonly string[], module: string): boolean =>
    names.includes(`${module}.py`) || names.includes(`${module}/`);
  for (const source of await startedCode(scene, ["python"])) {
    if (source.path.startsWith(`${folder}/`)) continue;
    for (const { module, where } of topImports(source)) {
      const [top = ""] = module.split(".");
      if (has(here, top) || !has(below, top) || /sys\.path/.test(source.code)) continue;
      const because = `it imports ${top}, which lies in src/, where Python does not look; PYTHONPATH names it`;
      return [{ action: { kind: "SetEnv", name: "PYTHONPATH", value, phase: "Run" }, because, where }];
    }
  }
  return [];
}

/** Shared objects that code loads by name. */
async function loaded(scene: Scene): Promise<readonly Foreseen[]> {
  const found: Foreseen[] = [];
  for (const source of await startedCode(scene, ["python"])) {
    const loads = findInCode(
      source,
      /\b(?:CDLL|LoadLibrary|dlopen)\(\s*["'](?<object>lib[\w+.-]{1,60}\.so[\d.]{0,12})["']/g,
    );
    for (const { groups, index } of loads) {
      const object = groups["object"] ?? "";
      const because = `it loads ${object}, which the image does not have`;
      found.push(...foreseen(addLibrary(scene.service, "Run", "object", object), because, placeOf(source, index)));
    }
  }
  return found.slice(0, 4);
}

/** Programs that a slim image of Python has. */
const present = new Set([
  "sh",
  "bash",
  "python",
  "python3",
  "pip",
  "perl",
  "sed",
  "awk",
  "grep",
  "ls",
  "cat",
  "tar",
  "gzip",
  "find",
  "file",
  "cc",
  "gcc",
  "make",
]);

/** Programs that code calls by name, which the tables know and the image lacks. */
async function called(scene: Scene): Promise<readonly Foreseen[]> {
  const found = new Map<string, Foreseen>();
  for (const source of await startedCode(scene, ["python"])) {
    // Who looks first knows what to do without.
    if (/\bwhich\(/.test(source.code)) continue;
    const calls = findInCode(
      source,
      /\bsubprocess\.(?:run|call|check_call|check_output|Popen)\(\s*\[\s*["'](?<program>[a-z][\w.-]{1,29})["']/g,
    );
    for (const { groups, index } of calls) {
      const program = groups["program"] ?? "";
      if (present.has(program) || found.has(program)) continue;
      const because = `it calls ${program}, which the image does not have`;
      const [one] = foreseen(addLibrary(scene.service, "Run", "command", program), because, placeOf(source, index));
      if (one !== undefined) found.set(program, one);
    }
  }
  return [...found.values()].slice(0, 4);
}

/** A version that is read from git's history, which no build has. */
async function versionOfGit(scene: Scene): Promise<readonly Foreseen[]> {
  const { tree, service } = scene;
  const path = pathIn(service, "pyproject.toml");
  const text = (await tree.read(path)) ?? "";
  const builds = /^\s*requires\s*=\s*\[[^\]]{0,1000}?["'](?:setuptools[-_]scm|hatch-vcs)\b/m.test(text);
  if (!builds || /\bfallback[-_]version\b/.test(text) || !installsItself(text)) return [];
  const because = "its version is read from git's history, which a build does not have; 0.0.0 is said";
  const action = { kind: "SetEnv", name: "SETUPTOOLS_SCM_PRETEND_VERSION", value: "0.0.0", phase: "Build" } as const;
  return [{ action, because, where: path }];
}

function installsItself(text: string): boolean {
  try {
    const toml = parse(text) as { project?: { dynamic?: unknown } };
    return Array.isArray(toml.project?.dynamic) && toml.project.dynamic.includes("version");
  } catch {
    return false;
  }
}

/** Native parts of the repository's own that an install compiles. */
async function extension(scene: Scene): Promise<readonly Foreseen[]> {
  const { tree, service } = scene;
  if (service.recipe.buildImage?.includes("-slim") !== true) return [];
  const files = (await tree.files(service.path)).filter((path) => /(?:^|\/)setup\.py$/.test(path)).slice(0, 8);
  for (const path of files) {
    const folder = path.slice(0, Math.max(0, path.length - "/setup.py".length));
    const text = (await tree.read(path)) ?? "";
    if (!/\bExtension\(|\bcythonize\(/.test(text) || !(await isInstalled(scene, folder))) continue;
    const because = "a package of its own is written in C, and the image has no compiler";
    const libraries = [
      ...(/libraries\s*=\s*\[(?<names>[^\]]{0,200})\]/.exec(text)?.groups?.["names"] ?? "").matchAll(
        /["']([\w.+-]{1,40})["']/g,
      ),
    ];
    return [
      ...foreseen(addPackages(service, "Build", ["gcc", "g++", "make", "libc6-dev"], "a compiler"), because, path),
      ...libraries.flatMap(([, name = ""]) => [
        ...foreseen(addLibrary(service, "Build", "name", name), `a package of its own links to ${name}`, path, "P12"),
        ...foreseen(addLibrary(service, "Run", "name", name), `a package of its own links to ${name}`, path, "P12"),
      ]),
    ];
  }
  return [];
}

/** Whether a folder's package is among what is installed: the service's own, or one that its requirements name. */
async function isInstalled({ tree, service }: Scene, folder: string): Promise<boolean> {
  const names = [...(await tree.list(service.path))].filter((name) => /^requirements.{0,40}\.txt$/.test(name));
  const texts = await Promise.all(names.map(async (name) => await tree.read(pathIn(service, name))));
  const below = service.path === "." ? folder : folder.slice(service.path.length + 1);
  if (below === "") return /\bpip install(?: --?[\w-]+)* \.(?:\s|$)/.test(service.recipe.install ?? "");
  const line = texts
    .flatMap((text) => (text ?? "").split("\n"))
    .map((each) => each.trim().replace(/^(?:-e|--editable)\s+/, ""));
  return line.some(
    (each) => each === below || each === `./${below}` || each === `./${below}/` || each === `file:${below}`,
  );
}

/** What a Python program needs besides its manifest. */
export const pythonSurroundings: readonly PredictionRule[] = [
  { id: "V07", forestalls: "P01", sees: "code that imports a well-known module of a distribution that no manifest names", of: python, foresee: unnamed },
  { id: "V08", forestalls: "P01", sees: "code that imports a module of its own src/", of: python, foresee: aside },
  { id: "V09", forestalls: "P16", sees: "code that loads a shared object by its name", of: python, foresee: loaded },
  { id: "V10", forestalls: "P16b", sees: "code that calls a program which the tables know", of: python, foresee: called },
  { id: "V11", forestalls: "P36", sees: "a version that setuptools-scm or hatch-vcs reads from git", of: python, foresee: versionOfGit },
  { id: "V12", forestalls: "P08", sees: "a package of the repository's own with parts in C", of: python, foresee: extension },
]; // prettier-ignore
