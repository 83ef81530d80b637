import type { Recipe } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import type { Alignment } from "../../dependency/torch-matrix.ts";
import type { PythonManager, PythonProject } from "./project.ts";
import type { PythonStart } from "./start.ts";
import { serverVersions } from "./start.ts";
import { compareLines, numbersOf } from "./specifier.ts";
import { systemPackages } from "./system-packages.ts";
import { newRecipe } from "../new-service.ts";

/** Where dependencies are installed: outside of the sources, so that copying them never hides it. */
const venv = "/opt/venv";
/** Where managers have it and scripts look for it: a link, since a change of the sources must not copy it all again. */
const venvLink = "/app/.venv";
const toolsFolder = "/opt/tools";
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Versions of the package managers that are put in place. Bumped by hand, with the samples. */
const managerPackages: Readonly<Record<PythonManager, readonly (readonly [name: string, version: string])[]>> = {
  pip: [],
  uv: [["uv", "0.13.9"]],
  poetry: [
    ["poetry", "2.5.1"],
    ["poetry-plugin-export", "1.10.1"],
  ],
  pipenv: [["pipenv", "2026.10.3"]],
  // What it needs itself, at the versions that it was tried with.
  pdm: [["pdm[locked]", "2.29.3"]],
};

const cacheFolders: Readonly<Record<PythonManager, string>> = {
  pip: "/root/.cache/pip",
  uv: "/root/.cache/uv",
  poetry: "/root/.cache/pypoetry",
  pipenv: "/root/.cache/pip",
  pdm: "/root/.cache/pdm",
};

/** Shell lines of one manager, with its lock file as it stands and without. */
interface Lines {
  readonly install: string;
  /** Installs the repository itself, after the sources are there. */
  readonly self: string;
}

/** What is installed besides what a manifest names. */
export interface Further extends Alignment {
  /** Distributions that the code imports, where there is no manifest. */
  readonly inferred: readonly string[];
  /** The program calls its package manager while it runs. */
  readonly callsManager: boolean;
}

/** How a Python image is made: a virtual environment in a build stage, copied with the sources into a slim one. */
export function pythonRecipe(
  folder: string,
  version: string,
  project: PythonProject | undefined,
  start: PythonStart,
  further: Further,
): { readonly recipe: Recipe; readonly added: readonly string[] } {
  const overrides = project?.manager === "pip" && !isBare(project) ? further.overrides : [];
  const tool = overrides.length > 0 ? "uv" : managerTool(project);
  const lines = linesOf(project);
  const added = (start.servers ?? []).filter((name) => !hasServer(project, name) && !further.inferred.includes(name));
  const listed = further.inferred.length === 0 ? lines.install : `pip install ${quoted(further.inferred)}`;
  const bounded = withFurther(listed, tool, further.bounds);
  const install = withOverrides(withServers(bounded, tool, added), overrides);
  const system = systemPackages(project?.dependencies ?? new Map(further.inferred.map((name) => [name, []])));
  // pip installs a project that needs its sources at once; uv leaves it to a line of its own.
  const installsSelf = start.installsItself === true && (project?.needsSources !== true || project.manager === "uv");
  const builds = [installsSelf ? lines.self : "", start.build ?? ""];
  const build = builds.filter((line) => line !== "").join(" && ");
  const image = `docker.io/library/python:${version}-slim`;
  const path = `${venv}/bin:${toolsFolder}/bin:${systemPath}`;
  // A program without dependencies needs no environment of its own.
  const bare = install === "" && build === "";
  const keepsTool = !bare && tool !== undefined && further.callsManager;
  // Its folder has a Python of its own, which must not come first.
  const kept = keepsTool ? [`${toolsFolder}/bin`] : [];
  const caches = bare ? [] : [...new Set([tool ?? "pip", "pip" as const])];
  return {
    added,
    recipe: newRecipe({
      context: folder,
      buildImage: image,
      runImage: image,
      // What runs the program already in the build (collectstatic) needs what the program needs.
      buildPackages: [...new Set([...system.build, ...(start.build === undefined ? [] : system.run)])],
      runPackages: [...system.run],
      tools: bare
        ? []
        : [venvLine(version), `ln -sfn ${venv} ${venvLink}`, ...(tool === undefined ? [] : [toolLine(tool, version)])],
      manifests: project === undefined || project.needsSources ? [] : manifestsToCopy(project),
      install: install === "" ? null : install,
      build: build === "" ? null : build,
      caches: caches.map((name) => ({ id: name, target: cacheFolders[name] })),
      buildEnv: bare ? {} : { PATH: path, VIRTUAL_ENV: venv, ...buildEnvOf(tool) },
      runEnv: {
        ...(bare ? {} : { PATH: [`${venvLink}/bin`, systemPath, ...kept].join(":"), VIRTUAL_ENV: venv }),
        PYTHONUNBUFFERED: "1",
        HOME: "/tmp",
        // Whom it runs as stands in no /etc/passwd: `getpass.getuser()`, which Werkzeug's debugger asks, ends a program without it.
        LOGNAME: "app",
        ...start.runEnv,
      },
      artifacts: [
        ...(bare ? [] : [{ from: venv, to: venv }]),
        ...(keepsTool ? [{ from: toolsFolder, to: toolsFolder }] : []),
        { from: "/app", to: "/app" },
      ],
      files: (start.files ?? []).map((file) => ({ ...file })),
    }),
  };
}

/**
 * Python 2 cannot make an environment itself. Up to 3.11 an environment holds setuptools beside pip, and old programs import it (pkg_resources); from 3.12 on
 * it would hold pip alone, and the image's own pip does as well. The line asks the interpreter, since a fix may take another one.
 */
function venvLine(version: string): string {
  if (compareLines(numbersOf(version), [3, 0]) < 0) return `pip install 'virtualenv<20.22' && virtualenv ${venv}`;
  const bare = `python -c 'import sys; sys.exit(sys.version_info < (3, 12))' && python -m venv --without-pip ${venv}`;
  return `${bare} || python -m venv ${venv}`;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => (/^[\w.-]+$/.test(name) ? name : `'${name}'`)).join(" ");
}

/** Nothing is installed: the manifest names no dependency. */
function isBare(project: PythonProject): boolean {
  return project.manifest === "pyproject.toml" && project.dependencies.size === 0 && !project.needsSources;
}

/** Pins that cannot be together give way: uv takes requirements that beat those of the file. */
function withOverrides(install: string, overrides: readonly string[]): string {
  if (overrides.length === 0) return install;
  const file = "/tmp/overrides.txt";
  const written = `printf '%s\\n' ${overrides.map((each) => `'${each}'`).join(" ")} > ${file}`;
  return `${written} && ${install.replace(/^pip install/, "uv pip install")} --override ${file}`;
}

function withFurther(install: string, tool: PythonManager | undefined, bounds: readonly string[]): string {
  if (bounds.length === 0 || install === "") return install;
  const wanted = bounds.map((each) => `'${each}'`).join(" ");
  // A lock has settled it already.
  if (tool !== undefined && tool !== "uv") return install;
  return /^(?:uv )?pip install [^&]+$/.test(install) ? `${install} ${wanted}` : install;
}

function linesOf(project: PythonProject | undefined): Lines {
  if (project?.manifest === undefined) {
    return { install: project?.backend === undefined ? "" : "pip install .", self: "pip install --no-deps ." };
  }
  if (project.conda.length > 0) {
    return { install: `pip install ${quoted(project.conda)}`, self: "pip install --no-deps ." };
  }
  const frozen = project.lockFile !== undefined;
  switch (project.manager) {
    case "uv":
      return {
        install: `uv sync${frozen ? " --locked" : ""} --no-dev --no-install-project --inexact`,
        self: `uv sync${frozen ? " --locked" : ""} --no-dev --no-editable --inexact`,
      };
    case "poetry":
      // Exported, then installed by pip: Poetry itself asks an interface of the public index that company mirrors do not have.
      return {
        install: `${frozen ? "" : "poetry lock && "}poetry export --only main${project.lockHasSources ? " --without-hashes" : ""} -o /tmp/requirements.txt && pip install --no-deps -r /tmp/requirements.txt`,
        self: "pip install --no-deps .",
      };
    case "pdm":
      return {
        install: `pdm install${frozen ? " --check" : ""} --prod --no-editable --no-self`,
        self: "pip install --no-deps .",
      };
    case "pipenv":
      return { install: pipenvLine(project), self: "pip install --no-deps ." };
    case "pip":
      // uv reads the dependencies out of pyproject.toml without building the project, which fails for many that were never meant as packages.
      return project.manifest === "pyproject.toml"
        ? {
            install: isBare(project)
              ? ""
              : project.needsSources && project.backend !== undefined
                ? "pip install ."
                : "uv pip install -r pyproject.toml",
            self: "pip install --no-deps .",
          }
        : { install: `pip install -r ${project.manifest}`, self: "pip install --no-deps ." };
  }
}

/** By the lock as it stands. A patch release of Python that a Pipfile names ends `--deploy` under any other, so the lock is checked by itself then. */
function pipenvLine({ lockFile, pipfile }: PythonProject): string {
  if (lockFile === undefined) return "pipenv install --skip-lock";
  const requires = pipfile["requires"];
  const full = typeof requires === "object" && requires !== null && "python_full_version" in requires;
  return full ? "pipenv verify && pipenv sync" : "pipenv install --deploy";
}

/** The manager whose program has to be put in place; pip is there. */
function managerTool(project: PythonProject | undefined): PythonManager | undefined {
  if (project === undefined) return undefined;
  if (project.manager !== "pip") return project.manager;
  return project.manifest === "pyproject.toml" ? "uv" : undefined;
}

function toolLine(tool: PythonManager, python: string): string {
  // An old Python gets the newest release that still runs on it.
  const old = compareLines(numbersOf(python), [3, 10]) < 0;
  const packages = managerPackages[tool].map(([name, version]) =>
    (old ? name : `${name}==${version}`).replace(/^.*\[.*$/, "'$&'"),
  );
  return `python -m venv --without-pip ${toolsFolder} && PIP_PYTHON=${toolsFolder}/bin/python pip install ${packages.join(" ")}`;
}

/** Installs what the start line calls and the dependencies lack: in one go with them where the tool takes both. */
function withServers(install: string, tool: PythonManager | undefined, servers: readonly string[]): string {
  if (servers.length === 0) return install;
  const wanted = servers.map((name) => `'${serverVersions[name] ?? name}'`).join(" ");
  if (/^(?:uv )?pip install [^&]+$/.test(install)) return `${install} ${wanted}`;
  return `${install === "" ? "" : `${install} && `}${tool === "uv" ? "uv " : ""}pip install ${wanted}`;
}

function hasServer(project: PythonProject | undefined, name: string): boolean {
  const dependencies = project?.dependencies;
  if (dependencies === undefined) return false;
  const standard = (dependencies.get("fastapi") ?? []).some((extra) => extra === "standard" || extra === "all");
  return dependencies.has(name) || (name === "uvicorn" && standard);
}

function manifestsToCopy(project: PythonProject): string[] {
  // Poetry and uv read the readme only when they build the project itself, which comes later.
  return project.manifests.filter((path) => joinPath(path) === path && /^[\w./-]+$/.test(path));
}

function buildEnvOf(tool: PythonManager | undefined): Record<string, string> {
  // The base image's pip installs into the environment, which needs none of its own: seconds less, and 12 MB.
  const pip = { PIP_PYTHON: `${venv}/bin/python`, PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_ROOT_USER_ACTION: "ignore" };
  if (tool === "uv") {
    return {
      ...pip,
      UV_LINK_MODE: "copy",
      UV_PROJECT_ENVIRONMENT: venv,
      UV_PYTHON_DOWNLOADS: "never",
      UV_COMPILE_BYTECODE: "1",
    };
  }
  if (tool === "poetry") return { ...pip, POETRY_VIRTUALENVS_CREATE: "false", POETRY_NO_INTERACTION: "1" };
  if (tool === "pipenv") return { ...pip, PIPENV_NOSPIN: "1", PIPENV_VERBOSITY: "-1" };
  return tool === "pdm" ? { ...pip, PDM_CHECK_UPDATE: "false" } : pip;
}
