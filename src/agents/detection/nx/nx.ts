import type { Service } from "../../../plan.ts";
import { chooseManager, linesOf, toolsFolder } from "../../dependency/node-manager.ts";
import { nodeLibraries } from "../../requirements/node-libraries.ts";
import { chooseNode, nodeWords } from "../../requirements/node-version.ts";
import type { Detection, Language, Wishes } from "../language.ts";
import { newRecipe, newService } from "../new-service.ts";
import { signsOf } from "../node/kind.ts";
import { node } from "../node/node.ts";
import { type NodePackage, readPackage } from "../node/package-json.ts";
import { membersOf } from "../node/workspace.ts";
import { plainText } from "../plain-text.ts";
import { serviceNameOf } from "../service-name.ts";
import type { SourceTree } from "../source-tree.ts";
import { caddyService, caddyStage } from "../static/caddy.ts";
import { nxProduct, type NxProduct } from "./product.ts";
import { type NxProject, nxProjects, nxRootOf } from "./project.ts";

const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const maxServices = 16;

/** Applications of an Nx workspace: installed in its root, each built by its target with what it is made of. */
export const nx: Language = {
  name: "nx",
  async detect(tree, path, wishes): Promise<Detection | undefined> {
    const root = await nxRootOf(tree, path);
    const pkg = root === undefined ? undefined : await readPackage(tree, root);
    if (root === undefined || pkg === undefined) return undefined;
    const found: Found[] = [];
    for (const project of (await nxProjects(tree, root, path)).filter((one) => isChosen(one, wishes))) {
      const product = await nxProduct(tree, root, project);
      if (product !== undefined) found.push({ project, product });
    }
    if (found.length === 0) return undefined;
    const workspace = await workspaceOf(tree, path, pkg, wishes);
    const services: Service[] = [];
    for (const one of found.slice(0, maxServices)) services.push(await describe(tree, workspace, one, found));
    // Packages with scripts of their own are apps of the same workspace, which Nx only calls.
    const others = path === root ? await packagesBeside(tree, pkg, found, wishes) : [];
    return { sure: "Certain", services: [...services, ...others].slice(0, maxServices), warnings: workspace.warnings };
  },
};

interface Found {
  readonly project: NxProject;
  readonly product: NxProduct;
}

/** `NX_APP_NAME`, and the names that others have for it, choose one. */
function isChosen({ name, isApplication }: NxProject, { env }: Wishes): boolean {
  const told = ["NX_APP_NAME", "RAILPACK_NX_APP_NAME", "NIXPACKS_NX_APP_NAME"].map((each) => env[each]).find((each) => each !== undefined); // prettier-ignore
  return isApplication && (told === undefined || told === name);
}

type Workspace = Awaited<ReturnType<typeof workspaceOf>>;

async function workspaceOf(tree: SourceTree, path: string, pkg: NodePackage, wishes: Wishes) {
  const manager = await chooseManager(tree, pkg);
  const manifest = { path: pkg.file, engines: pkg.json.engines["node"], volta: pkg.json.volta["node"] };
  const words = await nodeWords(tree, [...new Set([path, pkg.path, "."])], [manifest], wishes);
  const choice = chooseNode(words, wishes.platform);
  const warnings = [...manager.warnings, ...(choice.warning === undefined ? [] : [choice.warning])];
  return { pkg, manager, choice, warnings, libraries: nodeLibraries(pkg.all), lines: linesOf(manager) };
}

async function describe(
  tree: SourceTree,
  workspace: Workspace,
  { project, product }: Found,
  all: readonly Found[],
): Promise<Service> {
  const { pkg, manager, choice } = workspace;
  const kind = await kindOf(tree, pkg, project, product);
  const page = product.shape === "Page";
  return newService({
    name: serviceNameOf(project.folder, kind),
    kind,
    path: project.folder,
    language: "node",
    framework: product.framework,
    runtime: { name: "node", version: choice.version, from: choice.from },
    manager: {
      name: manager.name,
      version: manager.version,
      lockFile: manager.lockFile,
      mode: manager.lockFile === null ? "Unfrozen" : "Frozen",
    },
    recipe: nxRecipe(workspace, { project, product }, all),
    start: page ? null : product.line,
    port: product.framework === "next" ? { number: 3000, from: "Framework", readsPort: true } : { from: "Default" },
    probe: { startupSeconds: 120 },
    resources: { requests: { cpu: "50m", memory: "256Mi" }, limits: { memory: "512Mi" } },
    sure: "Certain",
    why: [
      { about: "runtime", value: `node ${choice.version}`, because: choice.from },
      { about: "manager", value: manager.name, because: manager.because, where: manager.where },
      { about: "build", value: plainText(project.name), because: "a project of nx.json's workspace", where: project.file },
      { about: "start", value: plainText(page ? `files of ${product.output}` : product.line), because: plainText(product.because), where: project.file },
    ],
    ...(page ? caddyService : {}),
  }); // prettier-ignore
}

async function kindOf(tree: SourceTree, pkg: NodePackage, project: NxProject, product: NxProduct): Promise<Service["kind"]> {
  if (product.shape === "Page" || product.framework !== null) return "Web";
  const source = product.source ?? "src/main.ts";
  return (await signsOf(tree, { ...pkg, path: project.folder }, source)).kind ?? "Web";
} // prettier-ignore

function nxRecipe({ pkg, libraries, lines, choice }: Workspace, { project, product }: Found, all: readonly Found[]) {
  const image = `docker.io/library/node:${choice.version}-slim`;
  const production = project.targets.get("build")?.configurations?.["production"] !== undefined;
  const build = production ? `npx nx run ${project.name}:build:production` : `npx nx build ${project.name}`;
  const isBuilt = product.shape === "Page" || project.targets.size === 0 || project.targets.has("build");
  const final =
    product.shape === "Page"
      ? caddyStage(`/app/${product.output}`, true)
      : {
          runImage: image,
          files: [],
          runEnv: { NODE_ENV: "production", PATH: `/app/node_modules/.bin:${systemPath}` },
          artifacts: [{ from: "/app", to: "/app" }],
        };
  return newRecipe({
    context: pkg.path,
    buildImage: image,
    buildPackages: [...libraries.build],
    runPackages: product.shape === "Page" ? [] : [...libraries.run],
    tools: [...lines.tools],
    install: lines.install,
    build: isBuilt ? build : null,
    prune: product.shape === "Page" ? null : withoutOthers(pkg.path, project, all),
    caches: [lines.cache],
    buildEnv: {
      PATH: [`${toolsFolder}/bin`, systemPath].join(":"),
      CI: "true",
      // A build is one call: nothing is to stay behind it, and nothing is asked of Nx's own servers.
      NX_DAEMON: "false",
      NX_NO_CLOUD: "true",
      NX_TUI: "false",
      ...lines.env,
    },
    ...final,
  });
}

/** Nx's own cache, and the sources of the workspace's other applications. */
function withoutOthers(root: string, project: NxProject, all: readonly Found[]): string {
  const below = (folder: string): string => (root === "." ? folder : folder.slice(root.length + 1));
  const others = all
    .map((one) => one.project.folder)
    .filter(
      (folder) =>
        folder !== project.folder &&
        folder !== root &&
        !folder.includes(" ") &&
        !project.folder.startsWith(`${folder}/`),
    ) // prettier-ignore
    .map(below);
  return `rm -rf .nx ${others.join(" ")}`.trim().slice(0, 2000);
}

async function packagesBeside(
  tree: SourceTree,
  root: NodePackage,
  found: readonly Found[],
  wishes: Wishes,
): Promise<readonly Service[]> {
  const known = new Set(found.map(({ project }) => project.folder));
  const services: Service[] = [];
  for (const member of await membersOf(tree, root)) {
    if (known.has(member.path) || services.length >= maxServices) continue;
    const detection = await node.detect(tree, member.path, { ...wishes, service: undefined });
    if (detection?.sure === "Certain") services.push(...detection.services);
  }
  return services;
}
