import type { Action } from "../../../fix.ts";
import { compareVersions, mayReach } from "../../dependency/python-wheels.ts";
import { isNamed, isWithin, pinsOf, projectOf, topImports } from "../python-facts.ts";
import { type Foreseen, type PredictionRule, type Scene, startedCode } from "../prediction-rule.ts";
import { combinations, outgrown } from "../tables/python-combinations.ts";
import { type MovedName, movedNames } from "../tables/python-moved.ts";
import { removedModules } from "../tables/python-removed.ts";

const python = ["python"] as const;

/** The newest line of Python before `line` that there is an image of. */
function olderThan({ service }: Scene, line: string): Action | undefined {
  const fitting = (service.runtime?.others ?? []).filter((other) => compareVersions(other, line) < 0);
  const version = fitting.toSorted(compareVersions).at(-1);
  return version === undefined ? undefined : { kind: "SetRuntime", version };
}

function install(dependencies: readonly string[]): Action {
  return { kind: "AddDependencies", stage: "Install", dependencies: [...dependencies] };
}

/** Modules that a service's folder has itself. */
async function isOwn({ tree, service }: Scene, module: string): Promise<boolean> {
  const names = new Set([...(await tree.list(service.path)), ...(await tree.list(`${service.path}/src`))]);
  return names.has(`${module}.py`) || names.has(`${module}/`);
}

async function removed(scene: Scene): Promise<readonly Foreseen[]> {
  const version = scene.service.runtime?.version;
  if (version === undefined) return [];
  const project = await projectOf(scene);
  const found = new Map<string, Foreseen>();
  for (const source of await startedCode(scene, ["python"])) {
    for (const { module, where } of topImports(source)) {
      const [top = ""] = module.split(".");
      const row = Object.hasOwn(removedModules, top) ? removedModules[top] : undefined;
      if (row === undefined || found.has(top) || compareVersions(version, row.since) < 0) continue;
      if ((await isOwn(scene, top)) || (row.instead !== undefined && isNamed(project, row.instead))) continue;
      const action = row.instead === undefined ? olderThan(scene, row.since) : install([row.instead]);
      if (action === undefined) continue;
      const instead = row.instead === undefined ? "an older Python is taken" : `${row.instead} brings it back`;
      found.set(top, { action, because: `it imports ${top}, which left Python with ${row.since}; ${instead}`, where });
    }
  }
  return [...found.values()];
}

async function packageResources(scene: Scene): Promise<readonly Foreseen[]> {
  const project = await projectOf(scene);
  // With a bound of its own, or the distribution's before it, that is the repository's word.
  if (project !== undefined && (await pinsOf(scene, project, ["setuptools"])).has("setuptools")) return [];
  for (const source of await startedCode(scene, ["python"])) {
    const found = topImports(source).find(({ module }) => module === "pkg_resources");
    if (found === undefined) continue;
    const because =
      "it imports pkg_resources, which setuptools no longer has; an older one is installed (setuptools<81)";
    return [{ action: install(["setuptools<81"]), because, where: found.where }];
  }
  return [];
}

async function moved(scene: Scene): Promise<readonly Foreseen[]> {
  const project = await projectOf(scene);
  if (project === undefined || project.lockFile !== undefined) return [];
  const asked = movedNames.filter(
    ({ distribution, unless }) =>
      project.dependencies.has(distribution) && !(unless ?? []).some((name) => project.dependencies.has(name)),
  );
  if (asked.length === 0) return [];
  const pins = await pinsOf(
    scene,
    project,
    asked.map(({ distribution }) => distribution),
  );
  const found = new Map<string, Foreseen>();
  for (const source of await startedCode(scene, ["python"])) {
    for (const { module, names, where } of topImports(source)) {
      for (const row of asked) {
        const name = nameGone(row, module, names);
        const pin = pins.get(row.distribution);
        if (name === undefined || found.has(row.distribution) || (pin !== undefined && !isOpen(pin, row.gone)))
          continue;
        const bound = `${row.distribution}<${row.gone}`;
        const because = `it imports ${name} from ${module}, which ${row.distribution} ${row.gone} no longer has; ${bound} is installed`;
        found.set(row.distribution, { action: install([bound, ...(row.besides ?? [])]), because, where });
      }
    }
  }
  return [...found.values()];
}

function nameGone({ modules, names }: MovedName, module: string, taken: readonly string[]): string | undefined {
  if (!modules.includes(module)) return undefined;
  return names.includes("*") ? (taken[0] ?? module) : taken.find((name) => names.includes(name));
}

/** Bounded from below alone, and not above what has it. */
function isOpen(specifier: string, gone: string): boolean {
  return /^>=[\d.]+$/.test(specifier) && compareVersions(specifier.slice(2), gone) < 0;
}

async function combined(scene: Scene): Promise<readonly Foreseen[]> {
  const project = await projectOf(scene);
  if (project === undefined || project.lockFile !== undefined) return [];
  const names = combinations.flatMap(({ of, wants }) => [of, ...wants.map(([name]) => name)]);
  const pins = await pinsOf(scene, project, names);
  const bounds = new Map<string, string>();
  const reasons: string[] = [];
  for (const { of, from, before, wants, because } of combinations) {
    if (!isWithin(pins.get(of), from, before)) continue;
    const open = wants.filter(([name]) => {
      const pin = pins.get(name);
      return !bounds.has(name) && (pin === undefined || /^>=[\d.]+$/.test(pin));
    });
    // What a manifest asks for that is newer than what fits is its own contradiction.
    const fits = open.filter(([name, below]) => compareVersions(pins.get(name)?.slice(2) ?? "0", below) < 0);
    if (fits.length === 0) continue;
    for (const [name, below] of fits) bounds.set(name, below);
    reasons.push(because);
  }
  if (bounds.size === 0) return [];
  const dependencies = [...bounds].map(([name, below]) => `${name}<${below}`).slice(0, 8);
  const because = `${reasons[0] ?? ""}; ${dependencies.join(", ")} installed`;
  return [{ action: install(dependencies), because, where: project.manifest ?? "requirements.txt" }];
}

async function tooNew(scene: Scene): Promise<readonly Foreseen[]> {
  const project = await projectOf(scene);
  const version = scene.service.runtime?.version;
  if (project === undefined || version === undefined) return [];
  const pins = await pinsOf(
    scene,
    project,
    outgrown.map(({ of }) => of),
  );
  const found = outgrown.filter(
    ({ of, from, before, python: line }) => compareVersions(version, line) >= 0 && isWithin(pins.get(of), from, before),
  );
  const [first] = found.toSorted((one, other) => compareVersions(one.python, other.python));
  const action = first === undefined ? undefined : olderThan(scene, first.python);
  if (first === undefined || action?.kind !== "SetRuntime") return [];
  const where = project.lockFile ?? project.manifest;
  return [
    {
      action,
      because: `${first.because}; python ${action.version} is taken`,
      ...(where === undefined ? {} : { where }),
    },
  ];
}

/** Two pins that no resolver can have together. */
const contradictions: readonly (readonly [of: string, from: string, wants: string, least: string])[] = [
  ["flask", "3", "werkzeug", "3"],
  ["flask", "2.3", "werkzeug", "2.3.3"],
  ["flask", "2.2", "werkzeug", "2.2"],
  ["flask", "2", "jinja2", "3"],
  ["flask", "2", "itsdangerous", "2"],
  ["flask-sqlalchemy", "3.1", "sqlalchemy", "2.0.16"],
  ["fastapi", "0.126", "pydantic", "2"],
  ["pandas", "3", "numpy", "1.26"],
];

async function contradicts(scene: Scene): Promise<readonly Foreseen[]> {
  const project = await projectOf(scene);
  if (project === undefined || project.lockFile !== undefined || project.manager !== "pip") return [];
  const pins = await pinsOf(
    scene,
    project,
    contradictions.flatMap(([of, , wants]) => [of, wants]),
  );
  for (const [of, from, wants, least] of contradictions) {
    const [one, other] = [pins.get(of), pins.get(wants)];
    if (one === undefined || other === undefined || mayReach(other, least)) continue;
    const said = /^(?:===?|>=)\s*(\d+(?:\.\d+)*)$/.exec(one)?.[1];
    if (said === undefined || compareVersions(said, from) < 0) continue;
    const because = `${of}${one} wants ${wants} ${least} or newer, and ${wants}${other} is pinned; each pin is taken for a lower bound`;
    return [{ action: { kind: "SetInstallMode", mode: "RelaxedPins" }, because, where: project.manifest ?? "" }];
  }
  return [];
}

/** What fails with the versions of Python and of its distributions. */
export const pythonVersions: readonly PredictionRule[] = [
  { id: "V01", forestalls: "P02", sees: "code that imports what this Python's library no longer has", origin: "Python's own notes of what was removed (PEP 594, PEP 632)", of: python, foresee: removed },
  { id: "V02", forestalls: "P03", sees: "code that imports pkg_resources", of: python, foresee: packageResources },
  { id: "V03", forestalls: "P22", sees: "code that imports a name which the newest version of an unbounded distribution no longer has", origin: "the distributions' own notes of what was removed", of: python, foresee: moved },
  { id: "V04", forestalls: "P20", sees: "a pinned distribution beside an unbounded one that has outgrown it", origin: "the distributions' own notes of what was removed", of: python, foresee: combined },
  { id: "V05", forestalls: "P04", sees: "a pinned distribution that does not run on this Python", of: python, foresee: tooNew },
  { id: "V06", forestalls: "P05", sees: "two pins that contradict each other", of: python, foresee: contradicts },
]; // prettier-ignore
