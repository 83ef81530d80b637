import type { Recipe, Service } from "../../../plan.ts";
import { folderOf, joinPath } from "../../config/service-files.ts";
import { borrowNode } from "../assets.ts";
import type { Detection, Language, Wishes } from "../language.ts";
import { newRecipe, newService } from "../new-service.ts";
import { plainText } from "../plain-text.ts";
import { serviceNameOf } from "../service-name.ts";
import type { SourceTree } from "../source-tree.ts";
import { caddyService, caddyStage } from "../static/caddy.ts";
import { chooseDotnet, runtimeImage, sdkImage } from "./dotnet-version.ts";
import { type Project, projectFilesIn, readProject, solutionFilesIn } from "./project.ts";

/** .NET: ASP.NET, workers and programs in C#, F# and Visual Basic, alone or several in a solution. */
export const dotnet: Language = {
  name: "dotnet",
  async detect(tree, path, wishes): Promise<Detection | undefined> {
    const own = await projectFilesIn(tree, path);
    const files = own.length > 0 ? own : await solutionFilesIn(tree, path);
    if (files.length === 0) return undefined;
    const read = await Promise.all(files.map(async (file) => await readProject(tree, file)));
    const projects = read.filter((project) => project !== undefined);
    const chosen = await choose(tree, projects);
    if (chosen.length === 0) return library(projects);
    const found = await Promise.all(
      chosen.map(
        async ({ project, kind }) => await describe(tree, path, wishes, { project, kind, alone: files.length === 1 }),
      ),
    );
    const services = found.map(({ service }) => service);
    const sure = services.some((service) => service.sure === "Certain") ? "Certain" : "Likely";
    return { sure, services, warnings: found.flatMap(({ warnings }) => warnings) };
  },
};

interface Chosen {
  readonly project: Project;
  readonly kind: Service["kind"];
}

/** What serves or works; else the one program that there is. What another service is made of is none of its own. */
async function choose(tree: SourceTree, projects: readonly Project[]): Promise<readonly Chosen[]> {
  const parts = new Set(projects.filter(({ does }) => does !== "Test").flatMap(({ references }) => references));
  const services = projects.filter(({ does, file }) => ["Web", "Worker", "Pages"].includes(does) && !parts.has(file));
  if (services.length > 0) {
    return services.slice(0, 8).map((project) => ({ project, kind: project.does === "Worker" ? "Worker" : "Web" }));
  }
  const program = projects.find(({ does }) => does === "Program");
  return program === undefined ? [] : [{ project: program, kind: await kindOf(tree, program) }];
}

/** What a program of the plain SDK does, as its code shows. */
async function kindOf(tree: SourceTree, { folder, packages }: Project): Promise<Service["kind"]> {
  const files = (await tree.files(folder)).filter((file) => /\.(?:cs|fs|vb)$/.test(file)).slice(0, 200);
  const texts = await Promise.all(files.map(async (file) => (await tree.read(file)) ?? ""));
  const code = texts.join("\n").replaceAll(/^[ \t]*\/\/[^\n]*$/gm, "");
  if (/\b(?:HttpListener|TcpListener)\b|\bWebApplication\.Create|\bstartWebServer\b|\bUseKestrel\b/.test(code))
    return "Web";
  if ([...packages].some((name) => /^(?:Suave|Giraffe|Saturn|EmbedIO|Falco)$/.test(name))) return "Web";
  return /\bwhile\s*\(\s*true\s*\)|\bAddHostedService\b|\bHost\.CreateApplicationBuilder\b|\bwhile true do\b/.test(code)
    ? "Worker"
    : "Job";
}

interface Found extends Chosen {
  /** The folder has no other project. */
  readonly alone: boolean;
}

async function describe(
  tree: SourceTree,
  path: string,
  wishes: Wishes,
  found: Found,
): Promise<{ service: Service; warnings: readonly string[] }> {
  const { project, kind } = found;
  const choice = await chooseDotnet(tree, path, project, wishes);
  const package_ = (await tree.has(joinPath(project.folder, "package.json") ?? "")) || project.callsNpm;
  const node = package_ ? await borrowNode(tree, project.folder, wishes) : undefined;
  const pages = project.does === "Pages";
  const program = project.hasHost ? `./out/${project.assembly}` : `dotnet out/${project.assembly}.dll`;
  const web = kind === "Web" && !pages;
  const line = web ? `ASPNETCORE_URLS=http://0.0.0.0:$PORT ${program}` : program;
  const lock = joinPath(project.folder, "packages.lock.json") ?? "";
  const where = choice.where === undefined ? {} : { where: choice.where };
  const framework = pages ? "blazor" : project.does === "Web" ? "aspnet" : null;
  const language = { cs: "C#", fs: "F#", vb: "Visual Basic" }[
    /(?<name>cs|fs|vb)proj$/.exec(project.file)?.groups?.["name"] ?? "cs"
  ];
  const service = newService({
    name: serviceNameOf(project.folder === path ? path : project.folder, kind),
    kind,
    path: project.folder,
    language: "dotnet",
    framework,
    runtime: { name: "dotnet", version: choice.version, from: choice.from },
    manager: {
      name: "nuget",
      version: null,
      ...((await tree.has(lock))
        ? { lockFile: "packages.lock.json", mode: "Frozen" as const }
        : { lockFile: null, mode: "Unfrozen" as const }),
    },
    recipe: {
      ...(await dotnetRecipe(tree, path, found)),
      buildImage: `${sdkImage}:${choice.sdk}`,
      borrows: [...(node?.borrows ?? [])],
      tools: [...(node?.tools ?? [])],
      ...(pages ? caddyStage("/app/out/wwwroot", true) : { runImage: `${runtimeImage}:${choice.runtime}` }),
    },
    start: line,
    port: web ? { number: 8080, from: "Framework", readsPort: true } : { from: "Default", readsPort: false },
    probe: { startupSeconds: 120 },
    resources: { requests: { cpu: "50m", memory: "256Mi" }, limits: { memory: "512Mi" } },
    sure: project.does === "Program" && kind !== "Web" ? "Likely" : "Certain",
    why: [
      { about: "runtime", value: `dotnet ${choice.version}`, because: plainText(choice.from), ...where },
      {
        about: "start",
        value: plainText(line),
        because: `${language ?? ""} project ${project.file}`.slice(0, 256),
        where: project.file,
      },
      ...(framework === null
        ? []
        : [{ about: "framework", value: framework, because: "its SDK", where: project.file }]),
    ],
    ...(pages ? caddyService : {}),
  });
  const warnings = [
    ...(choice.warning === undefined ? [] : [choice.warning]),
    ...(node?.warnings ?? []),
    ...((await leavesMigrations(tree, project))
      ? [`${project.file} has migrations of EF Core that nothing in its code runs`]
      : []),
  ];
  return { service, warnings: warnings.map((warning) => plainText(warning)) };
}

/** EF Core's tool needs the SDK, which the final image has not; most programs call `Migrate` themselves. */
async function leavesMigrations(tree: SourceTree, { folder }: Project): Promise<boolean> {
  const files = await tree.files(folder);
  if (!files.some((file) => /\/?Migrations\/\d{14}_\w+\.cs$/.test(file))) return false;
  for (const file of files.filter((one) => one.endsWith(".cs")).slice(0, 200)) {
    if (/\.(?:Migrate|MigrateAsync|EnsureCreated|EnsureCreatedAsync)\s*\(/.test((await tree.read(file)) ?? ""))
      return false;
  }
  return true;
}

async function dotnetRecipe(tree: SourceTree, path: string, { project, alone }: Found): Promise<Recipe> {
  const context = contextOf(path, project);
  const file = context === "." ? project.file : project.file.slice(context.length + 1);
  const named = alone && project.folder === context ? "" : ` ${file}`;
  const single = named === "" && project.references.length === 0;
  return newRecipe({
    context,
    manifests: single ? await manifestsIn(tree, context, file) : [],
    install: `dotnet restore${named}`,
    build: `dotnet publish${named} --no-restore -c Release -o out`,
    caches: [{ id: "nuget", target: "/root/.nuget/packages" }],
    buildEnv: { DOTNET_CLI_TELEMETRY_OPTOUT: "1", DOTNET_NOLOGO: "1" },
    runEnv: {
      ASPNETCORE_ENVIRONMENT: "Production",
      DOTNET_ENVIRONMENT: "Production",
      ASPNETCORE_CONTENTROOT: "/app/out",
      ASPNETCORE_FORWARDEDHEADERS_ENABLED: "true",
    },
    artifacts: [{ from: "/app/out", to: "/app/out" }],
  });
}

/** The folder that has every project which is needed: that of the solution, or the nearest above all references. */
function contextOf(path: string, project: Project): string {
  let context = path;
  const inside = (file: string): boolean => context === "." || file.startsWith(`${context}/`);
  while (!project.references.every(inside)) context = folderOf(context);
  return context;
}

/** What a restore reads of a project that stands alone. */
async function manifestsIn(tree: SourceTree, folder: string, file: string): Promise<string[]> {
  const names = await tree.list(folder);
  const wanted =
    /^(?:nuget\.config|global\.json|packages\.lock\.json|Directory\.(?:Build|Packages)\.(?:props|targets))$/i;
  return [file, ...names.filter((name) => wanted.test(name))];
}

function library(projects: readonly Project[]): Detection {
  const [first] = projects;
  const foreign = projects.find(({ does }) => does === "Foreign");
  const what =
    foreign === undefined
      ? `a .NET library (${first?.file ?? "a solution without projects"})`
      : `a .NET project that does not run on Linux, or by itself (${foreign.file})`;
  return {
    sure: "Likely",
    services: [],
    notAService: plainText(what),
    lookedFor: [
      ["Sdk Microsoft.NET.Sdk.Web, .Worker, .BlazorWebAssembly", "none"],
      ["OutputType Exe", "none outside of tests"],
    ],
  };
}
