import type { Reason, Service, Variable } from "../../../plan.ts";
import type { Detection, Language, Wishes } from "../language.ts";
import { newService } from "../new-service.ts";
import { plainText } from "../plain-text.ts";
import { procfileStart, type ProcfileStart } from "../procfile-start.ts";
import { serviceNameOf } from "../service-name.ts";
import type { SourceTree } from "../source-tree.ts";
import { chooseModules, type JvmBuild } from "./build.ts";
import { readGradle } from "./gradle.ts";
import { chooseJava, javaWords, weakJavaWords, type JavaChoice } from "./jdk.ts";
import { readMaven } from "./maven.ts";
import type { JvmModule } from "./module.ts";
import { jvmRecipe, jvmStart } from "./recipe.ts";
import { readSettings } from "./spring-settings.ts";
import { traitsOf, type Traits } from "./traits.ts";

const maxServices = 16;

/** Java and Kotlin by Maven or Gradle: Spring Boot, Quarkus, Micronaut, web archives, a plain `main`; each module that runs is a service. */
export const java: Language = {
  name: "java",
  async detect(tree, path, wishes): Promise<Detection | undefined> {
    // Where both lie side by side, Maven is what most such repositories still keep in order.
    const maven = await readMaven(tree, path);
    const gradle = maven === undefined || maven.modules.length === 0 ? await readGradle(tree, path) : undefined;
    const build = maven === undefined || (gradle?.modules.length ?? 0) > 0 ? gradle : maven;
    if (build === undefined) return undefined;
    return await describe(tree, path, build, wishes);
  },
};

interface Described {
  readonly module: JvmModule;
  readonly traits: Traits;
}

async function describe(tree: SourceTree, path: string, build: JvmBuild, wishes: Wishes): Promise<Detection> {
  const known: Described[] = [];
  for (const module of build.modules) known.push({ module, traits: await traitsFor(tree, module) });
  const serving = new Set(known.filter(({ traits }) => traits.kind !== "Job").map(({ module }) => module));
  const chosen = chooseModules(build, path, (module) => serving.has(module));
  const run = known.filter(({ module }) => chosen.includes(module)).slice(0, maxServices);
  if (run.length === 0) return library(build);
  const warnings: string[] = [];
  const services: Service[] = [];
  for (const one of run) {
    const folders = [one.module.folder, path, build.root];
    const firm = [...(await javaWords(tree, folders, wishes)), ...(build.words.get(one.module.folder) ?? [])];
    const words = firm.length > 0 ? firm : await weakJavaWords(tree);
    const choice = chooseJava(words, wishes.platform, build.newest);
    if (choice.warning !== undefined && !warnings.includes(choice.warning)) warnings.push(choice.warning);
    // The one program of a build stands for the folder that was looked at, wherever in it the module lies.
    const place = run.length === 1 ? path : one.module.folder;
    const procfile = run.length === 1 ? await procfileStart(tree, path) : undefined;
    warnings.push(...(procfile?.warnings ?? []));
    services.push(await serviceOf({ tree, path: place, build, choice, procfile, told: wishes.service?.start }, one));
  }
  if (known.length > run.length) {
    const rest = known.filter(({ module }) => !chosen.includes(module)).map(({ module }) => module.name);
    if (rest.length > 0)
      warnings.push(`not run, though they have a main class: ${rest.slice(0, 6).join(", ")}`.slice(0, 256));
  }
  const sure = services.some((service) => service.sure === "Certain") ? "Certain" : "Likely";
  return { sure, services, warnings };
}

async function traitsFor(tree: SourceTree, module: JvmModule): Promise<Traits> {
  if (module.product.shape === "War") {
    return {
      kind: "Web",
      framework: "tomcat",
      because: "a web archive for a servlet container",
      port: { number: 8080, readsPort: false, from: "Framework" },
      definitions: [],
      arguments: [],
    };
  }
  const { libraries, sources, mainClass } = module;
  const names = (await tree.list(module.folder)).filter((name) => !name.endsWith("/"));
  const traits = traitsOf({
    libraries,
    sources,
    settings: await readSettings(tree, module.folder),
    files: names,
    mainClass,
  });
  if (traits.framework !== null) return traits;
  // What a plug-in's name says where the libraries come from a parent that is not here.
  return module.product.shape === "Quarkus" ? { ...traits, framework: "quarkus" } : traits;
}

interface ServiceRequest {
  readonly tree: SourceTree;
  readonly path: string;
  readonly build: JvmBuild;
  readonly choice: JavaChoice;
  readonly procfile: ProcfileStart | undefined;
  /** The start of the spec. */
  readonly told: string | undefined;
}

async function serviceOf(request: ServiceRequest, { module, traits }: Described): Promise<Service> {
  const { tree, path, build, choice, procfile } = request;
  const kind = procfile?.kind ?? traits.kind;
  const told = request.told ?? procfile?.line;
  const certain = module.certain || traits.kind === "Web";
  const { program } = build;
  const version = String(choice.line);
  const { port } = traits;
  const why: Reason[] = [
    {
      about: "runtime",
      value: `java ${version}`,
      because: choice.from,
      ...(choice.where === undefined ? {} : { where: choice.where.slice(0, 256) }),
    },
    {
      about: "manager",
      value: plainText(`${build.tool}${program.version === null ? "" : ` ${program.version}`}`),
      because: program.because,
      ...(program.where === undefined ? {} : { where: program.where.slice(0, 256) }),
    },
    procfile === undefined
      ? startReason(module)
      : { about: "start", value: plainText(procfile.line), because: procfile.from, where: procfile.where },
    {
      about: "kind",
      value: kind,
      because: procfile === undefined ? plainText(traits.because) : procfile.from,
      ...(traits.where === undefined || procfile !== undefined ? {} : { where: traits.where }),
    },
    ...(traits.framework === null
      ? []
      : [{ about: "framework", value: traits.framework, because: plainText(traits.because) }]),
  ];
  return newService({
    name: serviceNameOf(path, kind),
    kind,
    path,
    language: isKotlin(module) ? "kotlin" : "java",
    framework: traits.framework,
    runtime: { name: "java", version, from: choice.from.slice(0, 256) },
    manager: { name: build.tool, version: program.version?.slice(0, 32) ?? null, lockFile: null, mode: "Unfrozen" },
    recipe: await jvmRecipe({ tree, build, module, java: choice.line, told }),
    env: told === undefined ? [] : portVariables(traits),
    start: procfile?.line ?? jvmStart(module, traits, build.root),
    releaseSteps: [...(procfile?.releaseSteps ?? [])],
    port: port ?? { from: "Default" },
    // Class loading takes its time on a small node.
    probe: { startupSeconds: 240 },
    resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "768Mi" } },
    sure: certain ? "Certain" : "Likely",
    why,
  });
}

/** Names by which frameworks take their port where the line that starts them is not ours. */
function portVariables({ framework }: Traits): Variable[] {
  const names: Readonly<Record<string, string>> = {
    "spring-boot": "SERVER_PORT",
    quarkus: "QUARKUS_HTTP_PORT",
    micronaut: "MICRONAUT_SERVER_PORT",
  };
  const name = names[framework ?? ""];
  return name === undefined ? [] : [{ name, source: "Port", phase: "Run", why: `${framework} takes its port from it` }];
}

function startReason({ product, mains, mainClass, manifest }: JvmModule): Reason {
  const main = mains.find(({ name }) => name === mainClass);
  const named = product.shape === "Classpath" || product.shape === "Plain";
  return {
    about: "start",
    value: plainText(named && mainClass !== undefined ? mainClass : product.because),
    because: plainText(named ? product.because : `${product.because} packs it`),
    where: (main === undefined || !named ? manifest : `${main.path}:${main.line}`).slice(0, 256),
  };
}

function isKotlin({ sources }: JvmModule): boolean {
  const kotlin = sources.filter(({ path }) => path.endsWith(".kt")).length;
  return kotlin > 0 && kotlin * 2 >= sources.length;
}

function library(build: JvmBuild): Detection {
  return {
    sure: "Likely",
    services: [],
    notAService:
      build.modules.length === 0 ? build.nothing : `a Java library (${build.parts.length} modules, only examples run)`,
    lookedFor: [
      ...(build.modules.length === 0
        ? []
        : [["programs, all of them examples or tests", build.modules.map(({ name }) => name).join(", ")] as const]),
      ["a plug-in that packs a program", "no Spring Boot, Quarkus, application, shade with a main class, war"],
      ["a class with main", "none outside of tests and examples"],
    ],
  };
}
