import { joinPath } from "../../config/service-files.ts";
import type { Wishes } from "../language.ts";
import { choosePython } from "../python/python-line.ts";
import { pythonVersionWords } from "../python/version.ts";
import type { SourceTree } from "../source-tree.ts";
import type { Generator } from "./pages.ts";

const environment = "/opt/venv";

const files = [
  "requirements.txt",
  "requirements-docs.txt",
  "requirements/docs.txt",
  "docs/requirements.txt",
  "doc/requirements.txt",
  "source/requirements.txt",
  "docs/source/requirements.txt",
];

/** Pages that a program written in Python makes: what it is made of comes from the first file of requirements, and what that lacks by name from `wanted`. */
export async function pythonPages(
  tree: SourceTree,
  folder: string,
  wishes: Wishes,
  wanted: readonly string[],
  build: string,
): Promise<Pick<Generator, "recipe" | "runtime">> {
  const choice = choosePython(await pythonVersionWords(tree, folder, undefined, wishes), wishes.platform);
  const { file, lacking } = await listed(tree, folder, wanted);
  const words = [...(file === undefined ? [] : [`-r ${file}`]), ...lacking.map((name) => `'${name}'`)];
  return {
    runtime: { name: "python", version: choice.version, from: choice.from },
    recipe: {
      buildImage: `docker.io/library/python:${choice.version}-slim`,
      install: `python -m venv ${environment} && pip install ${words.join(" ")}`,
      build,
      caches: [{ id: "pip", target: "/root/.cache/pip" }],
      buildEnv: { PATH: `${environment}/bin:/usr/local/bin:/usr/bin:/bin`, VIRTUAL_ENV: environment },
    },
  };
}

async function listed(
  tree: SourceTree,
  folder: string,
  wanted: readonly string[],
): Promise<{ readonly file: string | undefined; readonly lacking: readonly string[] }> {
  for (const file of files) {
    const text = await tree.read(joinPath(folder, file) ?? file);
    if (text === undefined) continue;
    const names = new Set(
      [...text.matchAll(/^[ \t]*(?<name>[A-Za-z0-9][\w.-]{0,80})/gm)].map((match) =>
        (match.groups?.["name"] ?? "").toLowerCase().replaceAll("_", "-"),
      ),
    );
    return { file, lacking: wanted.filter((name) => !names.has(name.replace(/\[.*$/, ""))) };
  }
  return { file: undefined, lacking: wanted };
}
