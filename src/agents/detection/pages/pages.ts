import type { Service } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import type { Language, Wishes } from "../language.ts";
import { newRecipe, newService } from "../new-service.ts";
import { plainText } from "../plain-text.ts";
import { serviceNameOf } from "../service-name.ts";
import type { SourceTree } from "../source-tree.ts";
import { caddyService, caddyStage } from "../static/caddy.ts";
import { hugo, jekyll } from "./debian-sites.ts";
import { mkdocs } from "./mkdocs.ts";
import { sphinx } from "./sphinx.ts";

/** A generator of pages that needs no program of the repository: how its pages are made, and where they lie then. */
export interface Generator {
  readonly name: string;
  readonly recipe: Pick<Service["recipe"], "buildImage" | "install" | "build"> &
    Partial<Pick<Service["recipe"], "buildPackages" | "caches" | "buildEnv">>;
  readonly runtime: { readonly name: string; readonly version: string; readonly from: string };
  /** Folder of the pages, relative to the service's. */
  readonly output: string;
  /** The file that shows it. */
  readonly where: string;
}

/** Looks at one folder; undefined where the generator's own file is not there. */
export type FindGenerator = (tree: SourceTree, folder: string, wishes: Wishes) => Promise<Generator | undefined>;

const generators: readonly FindGenerator[] = [mkdocs, hugo, jekyll, sphinx];

/** Manifests of programs and libraries: pages beside them are about what they make, and are not what the repository is for. */
const manifests = [
  "setup.py",
  "setup.cfg",
  "package.json",
  "go.mod",
  "Cargo.toml",
  "pom.xml",
  "build.gradle",
  "build.gradle.kts",
  "composer.json",
  "Gemfile",
  "mix.exs",
  "CMakeLists.txt",
  "manage.py",
];

/** Pages that MkDocs, Hugo, Jekyll or Sphinx make of texts, where the folder holds nothing else to run. */
export const pages: Language = {
  name: "pages",
  async detect(tree, path, wishes) {
    const names = new Set(await tree.list(path));
    const isHugo =
      names.has("go.mod") && (names.has("hugo.toml") || names.has("hugo.yaml") || names.has("config.toml"));
    if (manifests.some((name) => names.has(name) && !(isHugo && ["go.mod", "package.json"].includes(name))))
      return undefined;
    if (/^[ \t]*\[build-system\]/m.test((await tree.read(joinPath(path, "pyproject.toml") ?? "")) ?? ""))
      return undefined;
    for (const find of generators) {
      const found = await find(tree, path, wishes);
      if (found !== undefined) return { sure: "Likely", services: [served(path, found)] };
    }
    return undefined;
  },
};

function served(path: string, { name, recipe, runtime, output, where }: Generator): Service {
  const file = plainText(where);
  return newService({
    name: serviceNameOf(path, "Web"),
    kind: "Web",
    path,
    language: "static",
    framework: name,
    runtime,
    manager: null,
    recipe: newRecipe({ context: path, ...recipe, ...caddyStage(`/app/${output}`, false) }),
    sure: "Likely",
    ...caddyService,
    why: [
      { about: "framework", value: name, because: `${file} is there`, where: file },
      { about: "start", value: `files of ${output}`, because: `${name} writes them there` },
      { about: "runtime", value: `${runtime.name} ${runtime.version}`, because: plainText(runtime.from) },
    ],
  });
}
