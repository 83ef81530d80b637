import { posix } from "node:path";
import type { Reason, Recipe, Service } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import { readCodes, serviceCodePaths } from "../../config/service-files.ts";
import type { Detection, Language } from "../language.ts";
import { procfileStart, type ProcfileStart } from "../procfile-start.ts";
import type { SourceTree } from "../source-tree.ts";
import { plainText } from "../plain-text.ts";
import { serviceNameOf } from "../service-name.ts";
import { type Embedded, findEmbedded } from "./embedded.ts";
import type { GoProject } from "./module.ts";
import { readGoProject } from "./module.ts";
import { usesC } from "./program.ts";
import { chooseRunning, findPrograms, type Found } from "./running.ts";
import type { GoChoice } from "./go-line.ts";
import { chooseGo, goVersionWords } from "./go-line.ts";
import { newRecipe, newService } from "../new-service.ts";
import { runtimeFiles } from "../runtime-files.ts";

const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Where the build puts the program, and where it finds the sources. */
const built = "/out/app";
const sourceFolder = "/app";

/** Go: modules, workspaces, several commands; net/http, Gin, Echo, Fiber, chi and their like. */
export const go: Language = {
  name: "go",
  async detect(tree, path, wishes): Promise<Detection | undefined> {
    const project = await readGoProject(tree, path);
    if (project === undefined) return undefined;
    const found = await findPrograms(tree, project);
    const [first] = found;
    if (first === undefined) return library(project);
    const choice = chooseGo(await goVersionWords(tree, path, first.project.module, wishes), wishes.platform);
    const procfile = await procfileStart(tree, path);
    const line = wishes.service?.start ?? procfile?.line;
    const running = line === undefined ? chooseRunning(found, wishes) : [first];
    const [only = first, ...more] = running;
    const rest = found
      .filter((one) => !running.includes(one) && one.program.kind !== "Job")
      .map(({ folder }) => folder);
    const warnings = [
      ...(choice.warning === undefined ? [] : [choice.warning]),
      ...(rest.length === 0
        ? []
        : [
            `${running.map(({ folder }) => folder).join(", ")} run; there are also ${rest.slice(0, 5).join(", ")}`.slice(
              0,
              256,
            ),
          ]),
    ];
    if (more.length === 0) {
      const embedded = await findEmbedded(tree, only.project, wishes);
      const told = { choice, procfile, said: calledIn(line, only), embedded };
      const service = await describe(tree, path, only, told);
      return { sure: service.sure, services: [service], warnings };
    }
    const services: Service[] = [];
    for (const one of running) services.push(await describeOneOf(tree, path, one, choice));
    return { sure: services.some(({ sure }) => sure === "Certain") ? "Certain" : "Likely", services, warnings };
  },
};

/** One of several programs: a workspace's member stands in its own folder, a command of a module in the module's. */
async function describeOneOf(tree: SourceTree, path: string, found: Found, choice: GoChoice): Promise<Service> {
  const { program, project, folder } = found;
  const place = project.folder;
  const own: Found = place === path ? found : { ...found, folder: program.folder };
  const service = await describe(tree, place, own, { choice, procfile: undefined, said: undefined, embedded: undefined });
  return { ...service, name: serviceNameOf(program.folder === "." ? joinPath(path, folder) ?? folder : program.folder, program.kind) };
} // prettier-ignore

interface Told {
  readonly choice: GoChoice;
  readonly procfile: ProcfileStart | undefined;
  /** The program as a line of the repository or of a person calls it: `./out`, `bin/shop`. */
  readonly said: string | undefined;
  readonly embedded: Embedded | undefined;
}

/** How a line calls the program that is built: where it has been put by whoever wrote the line, or by the name that Go gives it. */
function calledIn(line: string | undefined, { program, project }: Found): string | undefined {
  const [word = ""] = (line ?? "").trim().split(/\s+/);
  if (!/^(?:\.\/)?(?:[\w-]+\/){0,2}[\w.-]{1,60}$/.test(word) || word.split("/").includes("..")) return undefined;
  const own = [program.folder, project.module?.path ?? ""].map((path) => path.split("/").at(-1) ?? "");
  return /^(?:\.\/|bin\/)/.test(word) || own.includes(word) ? word : undefined;
}

async function describe(
  tree: SourceTree,
  path: string,
  found: Found,
  { choice, procfile, said, embedded }: Told,
): Promise<Service> {
  const { program, project } = found;
  const sources = await readCodes(tree, await serviceCodePaths(tree, path, ["go"]));
  const cgo = usesC(project.module?.requires ?? [], sources);
  const { version } = choice;
  const called = said !== undefined && !(await tree.has(joinPath(path, said) ?? said)) ? said : undefined;
  const binary = called?.replace(/^\.\//, "") ?? (await freeName(tree, path));
  const fromProcfile = called !== undefined && procfile?.line.startsWith(called) === true ? procfile : undefined;
  const line = fromProcfile?.line ?? `./${binary}${program.command === undefined ? "" : ` ${program.command}`}`;
  const recipe = await goRecipe(tree, path, found, { version, release: choice.release, cgo, binary, embedded });
  const why: Reason[] = [
    {
      about: "runtime",
      value: `go ${version}`,
      because: choice.from,
      ...(choice.where !== undefined ? { where: choice.where } : {}),
    },
    fromProcfile === undefined
      ? { about: "start", value: found.folder, because: plainText(program.because), where: plainText(program.where) }
      : { about: "start", value: plainText(line), because: fromProcfile.from, where: fromProcfile.where },
    ...(program.framework === null
      ? []
      : [{ about: "framework", value: program.framework, because: "imported by the program" }]),
    ...(cgo ? [{ about: "build", value: "CGO_ENABLED=1", because: "a dependency is written in C" }] : []),
    ...(embedded === undefined
      ? []
      : [
          {
            about: "pages",
            value: embedded.folder,
            because: "built first: the program embeds them",
            where: embedded.where,
          },
          ...embedded.assets.why,
        ]),
  ];
  return newService({
    name: serviceNameOf(path, program.kind),
    kind: program.kind,
    path,
    language: "go",
    framework: program.framework,
    runtime: { name: "go", version, from: choice.from },
    manager: {
      name: "go",
      version: null,
      lockFile: project.hasSum && (project.module?.requires.length ?? 0) > 0 ? "go.sum" : null,
      mode: project.hasSum ? "Frozen" : "Unfrozen",
    },
    recipe,
    start: line,
    releaseSteps: [...(fromProcfile?.releaseSteps ?? [])],
    port: program.port === undefined ? { from: "Default", readsPort: false } : { ...program.port, from: "Framework" },
    probe: { startupSeconds: 60 },
    resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "256Mi" } },
    sure: program.kind === "Web" ? "Certain" : "Likely",
    why,
  });
}

async function goRecipe(
  tree: SourceTree,
  path: string,
  found: Found,
  how: {
    version: string;
    release: string | undefined;
    cgo: boolean;
    binary: string;
    embedded: Embedded | undefined;
  },
): Promise<Recipe> {
  const { project } = found;
  const inContext = project.context === path ? "." : path;
  // In a workspace Go takes no other mode than its own.
  const flags = project.hasSum || project.vendored || project.inWorkspace ? "" : " -mod=mod";
  const what = project.module === undefined ? "main.go" : found.folder === "." ? "." : `./${found.folder}`;
  const base = inContext === "." ? sourceFolder : `${sourceFolder}/${inContext}`;
  const downloads =
    project.module !== undefined &&
    project.module.requires.length > 0 &&
    !project.vendored &&
    !project.inWorkspace &&
    project.hasSum;
  const own = project.members.length === 0 && project.context === path && !(project.module?.localReplaces.length ?? 0);
  const pages = how.embedded?.assets;
  const there = how.embedded === undefined ? "" : posix.relative(path, how.embedded.folder);
  const inPages = (line: string): string => (there === "" ? line : `(cd ${there} && ${line})`);
  const compile = `go build${flags} -trimpath -tags timetzdata -ldflags="-s -w" -o ${built} ${what}`;
  const installs = [
    ...(downloads ? ["go mod download"] : []),
    ...(pages === undefined ? [] : [inPages(pages.install)]),
  ];
  return newRecipe({
    context: project.context,
    workdir: inContext,
    borrows: [...(pages?.borrows ?? [])],
    tools: [...(pages?.tools ?? [])].slice(0, 8),
    buildImage: `docker.io/library/golang:${how.version}`,
    runImage: "docker.io/library/debian:trixie-slim",
    buildPackages: how.cgo ? ["gcc", "libc6-dev"] : [],
    manifests: downloads && own && pages === undefined ? ["go.mod", "go.sum"] : [],
    install: installs.length === 0 ? null : installs.join(" && "),
    build: how.embedded === undefined ? compile : `${inPages(how.embedded.build)} && ${compile}`,
    caches: [
      { id: "go-mod", target: "/go/pkg/mod" },
      { id: "go-build", target: "/root/.cache/go-build" },
      ...(pages?.caches ?? []),
    ],
    buildEnv: {
      ...pages?.buildEnv,
      CGO_ENABLED: how.cgo ? "1" : "0",
      GOTOOLCHAIN: how.release === undefined ? "auto" : `go${how.release}+auto`,
    },
    // A line may call the program by its bare name.
    runEnv: how.binary === "app" ? {} : { PATH: `${base}:${base}/bin:${systemPath}` },
    artifacts: [
      { from: built, to: `${base}/${how.binary}` },
      // Calls by https need the certificates, and a slim Debian has none.
      { from: "/etc/ssl/certs/ca-certificates.crt", to: "/etc/ssl/certs/ca-certificates.crt" },
      ...(await runtimeFiles(tree, path, /\.go$/)).map((name) => ({ from: `${base}/${name}`, to: `${base}/${name}` })),
    ],
  });
}

/** A name beside the runtime files that nothing in the folder has. */
async function freeName(tree: SourceTree, path: string): Promise<string> {
  const taken = new Set((await tree.list(path)).map((name) => name.replace(/\/$/, "")));
  return ["app", "server", "program"].find((name) => !taken.has(name)) ?? "repo-runner-program";
}

function library(project: GoProject): Detection | undefined {
  if (project.module === undefined && project.members.length === 0) return undefined;
  return {
    sure: "Likely",
    services: [],
    notAService: "a Go library (no package main)",
    lookedFor: [
      ["package main with func main()", "none outside of tests, examples and tools"],
      ["cmd/", "no program"],
    ],
  };
}
