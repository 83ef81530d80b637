import type { Reason, Service } from "../../../plan.ts";
import { chooseManager, linesOf } from "../../dependency/node-manager.ts";
import { nodeLibraries } from "../../requirements/node-libraries.ts";
import { chooseNode, type NodeChoice, nodeWords } from "../../requirements/node-version.ts";
import type { Detection, Language } from "../language.ts";
import { plainText } from "../plain-text.ts";
import { serviceNameOf } from "../service-name.ts";
import { caddyService } from "../static/caddy.ts";
import { at } from "./frontend-config.ts";
import { signsOf } from "./kind.ts";
import { libraryOf } from "./library.ts";
import { loosePackage } from "./loose.ts";
import { managerUse, withinManager } from "./manager-use.ts";
import { type NodePackage, readPackage } from "./package-json.ts";
import { nodeRecipe, type NodeFacts } from "./recipe.ts";
import { serverOf } from "./servers.ts";
import { siteOf } from "./sites.ts";
import { findStarts, type NodeStart } from "./start.ts";
import { membersOf, partsOf, servedParts, withRootTools, workspaceRootOf } from "./workspace.ts";
import { nativeChecks } from "../../dependency/node-native.ts";
import { newService } from "../new-service.ts";

/** Node and Bun: servers, front ends that are built once, and programs that end; npm, pnpm, Yarn and Bun. */
export const node: Language = {
  name: "node",
  async detect(tree, path, wishes): Promise<Detection | undefined> {
    const own = (await readPackage(tree, path)) ?? (await loosePackage(tree, path));
    if (own === undefined) return undefined;
    const root = await workspaceRootOf(tree, own);
    const pkg = withRootTools(own, root);
    const manager = await chooseManager(tree, root);
    const server = await serverOf(tree, pkg);
    const told = wishes.service?.start ?? wishes.service?.command?.join(" ");
    const site = told === undefined || told === "" ? await siteOf(tree, pkg, server) : undefined;
    const found = site ? [] : await findStarts(tree, pkg, server, manager.name === "bun");
    const starts = told === undefined || told === "" ? found : [toldStart(told), ...found];
    const [first] = starts;
    if (site === undefined && first === undefined) return await libraryOf(tree, pkg);
    const use = site ? undefined : await managerUse(tree, pkg, manager);
    const start = first && use?.readsItsVariables === true ? withinManager(first, manager) : first;
    const runsBun = site === undefined && /(?:^|\s)bunx?\s/.test(first?.line ?? "");
    const signs = site || server ? { kind: "Web" as const } : await signsOf(tree, pkg, start?.file, runsBun);
    // A file of a usual name is a guess: a library has an index.js too, and a server framework listens somewhere inside. What others
    // take from it gives a library away.
    const itself = start?.file !== undefined && signs.where === at(path, start.file) && signs.kind !== "Job";
    const guessed = start?.explicit === false && server === undefined && !itself && signs.exports !== false;
    if (guessed) {
      const library = await libraryOf(tree, pkg);
      if (library !== undefined) return library;
    }
    const members = await membersOf(tree, root);
    const parts = partsOf(pkg, members);
    const folders = [...new Set([pkg.path, root.path, "."])];
    const manifests = [pkg, root].map(({ file, json }) => ({
      path: file,
      engines: json.engines["node"],
      volta: json.volta["node"],
    }));
    const choice = chooseNode(
      await nodeWords(tree, folders, manifests.slice(0, root.path === pkg.path ? 1 : 2), wishes),
      wishes.platform,
    );
    const libraries = nodeLibraries(new Map([...parts.flatMap(({ all }) => [...all]), ...pkg.all]));
    const facts = {
      tree,
      pkg,
      root,
      members,
      parts: site === undefined ? await servedParts(tree, pkg, members, parts) : parts,
      manager,
      server,
      site,
      start,
      runsBun,
      version: choice.image ?? choice.version,
      exactNode: choice.image === undefined ? undefined : choice.version,
      callsManager: use?.callsIt ?? false,
      libraries,
    };
    return await describe({
      ...facts,
      choice,
      starts,
      kind: signs.kind ?? "Web",
      certain: !guessed,
      seenIn: signs.where,
    });
  },
};

function toldStart(line: string): NodeStart {
  return { line, from: "spec", where: "spec.services", explicit: true };
}

interface Described extends NodeFacts {
  readonly choice: NodeChoice;
  readonly starts: readonly NodeStart[];
  readonly kind: Service["kind"];
  readonly certain: boolean;
  readonly seenIn: string | undefined;
}

async function describe(found: Described): Promise<Detection> {
  const { pkg, manager, server, site, start, choice, kind } = found;
  const sure =
    found.certain && (site !== undefined || start?.explicit === true || server !== undefined) ? "Certain" : "Likely";
  const checks = nativeChecks(pkg.dependencies);
  const service = newService({
    name: serviceNameOf(pkg.path, kind),
    kind,
    path: pkg.path,
    language: "node",
    framework: site?.name ?? server?.name ?? null,
    runtime:
      found.runsBun && manager.name === "bun"
        ? { name: "bun", version: manager.version ?? "1", from: manager.because }
        : { name: "node", version: choice.version, from: choice.from },
    manager: {
      name: manager.name,
      version: manager.version,
      lockFile: manager.lockFile,
      mode: manager.lockFile === null ? "Unfrozen" : "Frozen",
    },
    recipe: await nodeRecipe(found),
    start: start?.line ?? null,
    otherStarts: found.starts
      .slice(1)
      .filter(({ line }) => line !== start?.line)
      .map(({ line, from }) => ({ line, from }))
      .slice(0, 8),
    port:
      server === undefined
        ? { from: "Default", readsPort: false }
        : { number: server.port, from: "Framework", readsPort: false },
    probe: { startupSeconds: 120 },
    resources: { requests: { cpu: "50m", memory: "256Mi" }, limits: { memory: "512Mi" } },
    sure,
    ...(site === undefined && checks.length > 0 ? { checks } : {}),
    ...(site ? caddyService : {}),
  });
  const warnings = [...manager.warnings, ...(choice.warning === undefined ? [] : [choice.warning])];
  return { sure, services: [{ ...service, why: reasons(found, service) }], warnings };
}

function reasons(found: Described, service: Service): Reason[] {
  const { pkg, manager, server, site, start, choice, libraries, kind } = found;
  const why: Reason[] = [
    reason("runtime", `node ${choice.version}`, choice.from, choice.where),
    reason("manager", manager.name, manager.because, manager.where),
    pkg.loose === true
      ? reason("install", service.recipe.install ?? "–", "it is imported, and no manifest names it", pkg.file)
      : reason(
          "install",
          linesOf(manager).install,
          manager.lockFile === null ? "no lock file that binds it" : `exactly as ${manager.lockFile} says`,
          manager.where,
        ),
    reason("build", service.recipe.build ?? "–", buildBecause(pkg, service.recipe.build), pkg.file),
  ];
  if (site) why.push(reason("start", `files of ${site.output}`, site.because, pkg.file));
  else if (start) why.push(reason("start", start.line, start.from, start.where));
  if (service.framework !== null) {
    why.push(
      reason(
        "framework",
        service.framework,
        site ? site.because : `${server?.dependency ?? ""} is a dependency`,
        pkg.file,
      ),
    );
  }
  if (kind !== "Web") {
    const because =
      kind === "Worker"
        ? "its code waits for work and listens nowhere"
        : "its code listens nowhere and waits for nothing";
    why.push(reason("kind", kind, because, found.seenIn));
  }
  for (const name of libraries.because.slice(0, 16))
    why.push(reason("packages", name, `${name} is a dependency`, pkg.file));
  return why;
}

function buildBecause(pkg: NodePackage, build: string | null): string {
  if (build === null) return "no build script";
  if (pkg.json.scripts["build"] !== undefined) return "package.json scripts.build";
  const part = /\bbuild[:-]\w[\w-]*/.exec(build)?.[0] ?? "";
  if (pkg.json.scripts[part] !== undefined) return `package.json scripts.${part}, and no script build`;
  return "nothing else makes what is started";
}

function reason(about: string, value: string, because: string, where?: string): Reason {
  const said = { about, value: plainText(value), because: plainText(because) };
  return where === undefined ? said : { ...said, where: where.slice(0, 256) };
}
