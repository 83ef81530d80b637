import type { Failure } from "../../failure.ts";
import { done, failed, type Outcome } from "../../outcome.ts";
import type { Database, Service } from "../../plan.ts";
import type { RepoRunSpec } from "../../repo-run.ts";
import { type AgentContext, BaseAgent } from "../agent.ts";
import { findBelow, isPlainFolder, joined, lookAt, type Seen, withoutBeginnings } from "./app-roots.ts";
import { candidatesOf } from "./candidates/candidates.ts";
import { findBeside } from "./apps/beside.ts";
import { type Composed, readCompose } from "./compose/compose.ts";
import { type Declared, withHostWish } from "./declared/declared.ts";
import type { Detection, Language, Platform, Wishes } from "./language.ts";
import { languages } from "./languages.ts";
import { desktopOf } from "./not-services/desktop.ts";
import { type NotService, whatItIs } from "./not-services/not-services.ts";
import { plainText } from "./plain-text.ts";
import type { SourceTree } from "./source-tree.ts";
import { folderOfPages } from "./static/static-site.ts";

type Wish = NonNullable<RepoRunSpec["services"]>[number];

export interface DetectionRequest {
  readonly tree: SourceTree;
  readonly spec: RepoRunSpec;
  readonly platform: Platform;
  /** What the repository says itself; `spec` has it already. */
  readonly declared?: Declared;
}

export interface DetectionAnswer {
  readonly services: readonly Service[];
  /** Those that a compose file brings. */
  readonly databases: readonly Database[];
  readonly warnings: readonly string[];
}

/** Finds what a repository is and what of it runs: every language looks at a folder and the surest wins; nothing in the root is no dead end. */
export class DetectionAgent extends BaseAgent<DetectionRequest, DetectionAnswer> {
  readonly name = "DetectionAgent";
  readonly #languages: readonly Language[];

  constructor(known: readonly Language[] = languages) {
    super();
    this.#languages = known;
  }

  protected async work(request: DetectionRequest, context: AgentContext): Promise<Outcome<DetectionAnswer>> {
    const { tree, spec } = request;
    const root = joined(".", spec.source.path ?? ".");
    const problem = await problemWith(tree, root);
    if (problem) return failed(problem);
    const told: Seen[] = [];
    for (const wish of spec.services ?? []) {
      if (wish.path === undefined && wish.dockerfile === undefined) continue;
      const seen = await this.#told(request, root, wish);
      if ("reason" in seen) return failed(seen);
      told.push(seen);
    }
    const composed =
      told.length > 0 ? undefined : await readCompose(tree, root, this.#languages, wishesFor(request, undefined));
    if (composed?.builds === true) return this.#asComposed(composed, context);
    const atRoot = told.some(({ path }) => path === root) ? undefined : await this.#lookAtRoot(request, root);
    const here = atRoot && atRoot.detection.services.length > 0 ? [atRoot] : [];
    const below =
      here.length > 0 || told.length > 0
        ? []
        : await findBelow(this.#languages, tree, root, wishesFor(request, undefined));
    const beside =
      atRoot === undefined || here.length === 0 || told.length > 0
        ? []
        : await findBeside(this.#languages, tree, atRoot, wishesFor(request, undefined));
    const chosen = [
      ...here,
      ...beside,
      ...told,
      ...(here.length > 0 || told.length > 0 ? [] : choose(root, atRoot, below)),
    ];
    if (chosen.length === 0 && composed !== undefined && composed.services.length > 0)
      return this.#asComposed(composed, context);
    if (chosen.length === 0) return failed(await notAService(tree, root, atRoot, below));
    const other = await notStarted(request, root, chosen);
    if (other !== undefined) return failed(nothingToRun(root, other, []));
    context.log("detected", {
      languages: chosen.map(({ language }) => language),
      paths: chosen.map(({ path }) => path),
    });
    const moved =
      below.length === 0 || chosen.every(({ path }) => path === root)
        ? []
        : [plainText(`nothing to run in ${where(root)}; taken: ${chosen.map(({ path }) => path).join(", ")}`)];
    const warnings = [
      ...moved,
      ...chosen.flatMap(({ detection }) => detection.warnings ?? []),
      ...(composed === undefined ? [] : leftOf(composed)),
    ];
    return done({ services: withNames(chosen), databases: composed?.databases ?? [], warnings });
  }

  /** A compose file with builds is the surest word on how the apps belong together; one of images alone is taken where no source runs. */
  #asComposed(composed: Composed, context: AgentContext): Outcome<DetectionAnswer> {
    const { services, databases, warnings, file } = composed;
    context.log("detected", { languages: [file], paths: services.map(({ path }) => path) });
    return done({ services: withUniqueNames(services), databases, warnings });
  }

  /** The root, with what a person says of it. A start that is meant for an app below makes no app of a root that has none. */
  async #lookAtRoot(request: DetectionRequest, root: string): Promise<Seen | undefined> {
    const { tree, spec, declared } = request;
    const wish = rootWish(spec, root);
    const look = async (of: Wish | undefined): Promise<Seen | undefined> =>
      await lookAt(this.#languages, tree, root, wishesFor(request, withHostWish(of, declared)));
    const seen = await look(wish);
    if ((wish?.start ?? wish?.command) === undefined || (seen?.detection.services.length ?? 0) === 0) return seen;
    const bare = await look(undefined);
    if ((bare?.detection.services.length ?? 0) > 0) return seen;
    const below = await findBelow(this.#languages, tree, root, wishesFor(request, undefined));
    const isBelow = below.some(({ detection }) => detection.services.some(({ name }) => name === wish?.name));
    return isBelow ? bare : seen;
  }

  /** A service of the spec that names its folder or its Dockerfile. */
  async #told(request: DetectionRequest, root: string, wish: Wish): Promise<Seen | Failure> {
    const { tree } = request;
    const path = joined(root, wish.path ?? ".");
    const file = wish.dockerfile === undefined ? undefined : joined(path, wish.dockerfile);
    const missing = file === undefined ? (await tree.list(path)).length === 0 && path : !(await tree.has(file)) && file;
    if (typeof missing === "string") return noSuchPath(missing, `spec.services[${wish.name}]`);
    const wishes = wishesFor(request, file === undefined ? wish : { ...wish, dockerfile: file });
    const seen = await lookAt(this.#languages, tree, path, wishes);
    if (seen === undefined || seen.detection.services.length === 0) return await notAService(tree, path, seen, []);
    const services = seen.detection.services.map((service, index) =>
      index === 0 ? { ...service, name: wish.name } : service,
    );
    return { ...seen, detection: { ...seen.detection, services } };
  }
}

/** The wish that speaks of what lies in the root: the only one without a place of its own, or the one that bears the usual name. */
function rootWish(spec: RepoRunSpec, root: string): Wish | undefined {
  const free = (spec.services ?? []).filter(
    (wish) => wish.dockerfile === undefined && (wish.path === undefined || joined(root, wish.path) === root),
  );
  return (
    free.find(({ name }) => name === "web") ??
    free.find(({ name }) => ["job", "worker"].includes(name)) ??
    (free.length === 1 ? free[0] : undefined)
  );
}

/** What languages are told of a person's words; `service`: the entry of spec.services that is meant. */
export function wishesFor(
  { spec, platform, declared }: Omit<DetectionRequest, "tree">,
  service: Wish | undefined,
): Wishes {
  const given = [...(spec.env ?? []), ...(service?.env ?? [])];
  const env = Object.fromEntries(
    given.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const])),
  );
  const declaredRuntime = (runtime: string): ReturnType<Declared["runtimeOf"]> =>
    declared?.runtimeOf(service?.name === "" ? undefined : service?.name, runtime);
  return { service, env, platform, declaredRuntime };
}

/** Below a silent root every app that is certain is run, and what works beside it without a word; else the surest one. Below a library there are only its examples. */
function choose(root: string, atRoot: Seen | undefined, below: readonly Seen[]): readonly Seen[] {
  if (atRoot?.detection.notAService !== undefined) return [];
  const real = withoutBeginnings(below.filter(({ aside }) => !aside));
  const certain = real.filter(({ detection }) => detection.sure !== "Likely");
  if (certain.length > 0) {
    const workers = real.filter(({ detection }) => detection.services.every(({ kind }) => kind === "Worker"));
    return [...certain, ...workers.filter((one) => !certain.includes(one))].slice(0, 32);
  }
  const pages = real.filter(({ language }) => language === "static").map(({ path }) => path);
  if (pages.length > 1 && pages.length * 2 > real.length)
    return [{ language: "static", path: root, detection: folderOfPages(root, pages), aside: false }];
  return (real.length > 0 ? real : below).slice(0, 1);
}

/** Images that a compose file starts beside the sources, for those who write code: only its databases are taken. */
function leftOf({ services, file }: Composed): readonly string[] {
  const names = services.map(({ name }) => name).slice(0, 6);
  return names.length === 0 ? [] : [plainText(`${file}: the sources are run; left out: ${names.join(", ")}`)];
}

/** Names that clash are made longer by the folder above, then numbered. */
function withNames(chosen: readonly Seen[]): readonly Service[] {
  return withUniqueNames(chosen.flatMap(({ detection }) => detection.services));
}

function withUniqueNames(services: readonly Service[]): readonly Service[] {
  const taken = new Set<string>();
  return services.map((service) => {
    const folders = service.path
      .split("/")
      .slice(-2)
      .join("-")
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-");
    const longer = /^[a-z][-a-z0-9]{0,39}$/.test(folders) ? [folders.replace(/-+$/, "")] : [];
    const numbered = Array.from({ length: 64 }, (_, index) => `${service.name.slice(0, 36)}-${index + 2}`);
    const name = [service.name, ...longer, ...numbered].find((each) => !taken.has(each)) ?? service.name;
    taken.add(name);
    return { ...service, name };
  });
}

async function problemWith(tree: SourceTree, root: string): Promise<Failure | undefined> {
  if (!isPlainFolder(root)) return noSuchPath(root, "spec.source.path");
  const names = await tree.list(root);
  if (root !== "." && names.length === 0) return noSuchPath(root, "spec.source.path");
  if (names.some((name) => !/^\.git(?:ignore|attributes|keep|modules)?\/?$|^\.keep$/.test(name))) return undefined;
  return {
    reason: "EmptyRepository",
    message: "the repository holds no files at this commit",
    hint: "push something to run, or name another branch in spec.source.git.ref",
    layer: "Source",
    blame: "Repo",
  };
}

function noSuchPath(path: string, from: string): Failure {
  return {
    reason: "NoSuchPath",
    message: plainText(`${from} names ${path}, which is not in the repository`, 500),
    hint: "paths are relative to the root of the repository, those of services to spec.source.path",
    layer: "Source",
    blame: "Spec",
    where: path.slice(0, 256),
  };
}

/** What all of them are, where each draws windows or is loaded by another program, and no person says how it is started otherwise. */
async function notStarted(
  { tree, spec }: DetectionRequest,
  root: string,
  chosen: readonly Seen[],
): Promise<NotService | undefined> {
  if (spec.services?.some(({ start, command }) => start !== undefined || command !== undefined)) return undefined;
  const services = chosen.flatMap(({ detection }) => detection.services);
  const isLoaded = services.every(({ kind, path }) => kind === "Job" && path === root);
  const loaded = isLoaded ? await whatItIs(tree, root, true) : undefined;
  if (loaded !== undefined) return loaded;
  const found = await Promise.all(services.map(async (service) => await desktopOf(tree, service)));
  return found.every((one) => one !== undefined) ? found[0] : undefined;
}

async function notAService(
  tree: SourceTree,
  root: string,
  atRoot: Seen | undefined,
  below: readonly Seen[],
): Promise<Failure> {
  const detection: Detection | undefined = atRoot?.detection;
  const known = await whatItIs(tree, root, detection !== undefined || below.length > 0);
  const what = known?.what ?? detection?.notAService ?? "nothing that any known language starts";
  const apps = below.map(({ path }) => path).slice(0, 6);
  const looked = detection?.lookedFor ?? [
    ["a manifest", await manifestsIn(tree, root)],
    ["a program", "no main.py, app.py, server.js, index.html"],
    ["Dockerfile Procfile", "none"],
  ];
  const said = (await candidatesOf(tree, root)).slice(0, 3).map(({ line, from }) => [from, line] as const);
  const hint =
    apps.length > 0
      ? `apps below: ${apps.join(", ")}; run one by --path or spec.source.path`
      : (known?.hint ?? "say what should run: spec.services with a start, a path or a dockerfile");
  return nothingToRun(root, { what, hint }, [...looked, ...said]);
}

const manifests = ["package.json", "pyproject.toml", "requirements.txt", "go.mod"];

async function manifestsIn(tree: SourceTree, root: string): Promise<string> {
  const names = await tree.list(root);
  const there = manifests.filter((name) => names.includes(name));
  return there.length === 0 ? `no ${manifests.join(", ")}` : `${there.join(", ")}, which names nothing to start`;
}

/** `looked`: what was looked for, and what was seen of it. */
function nothingToRun(
  root: string,
  { what, hint }: NotService,
  looked: readonly (readonly [string, string])[],
): Failure {
  const lines = looked.map(([about, seen]) => plainText(`${about}: ${seen}`, 400)).slice(0, 12);
  return {
    reason: "NotAService",
    message: plainText(`${what}: there is nothing to run${root === "." ? "" : ` in ${root}`}`, 1000),
    hint: plainText(hint, 500),
    layer: "Source",
    blame: "Repo",
    ...(lines.length === 0 ? {} : { lines }),
  };
}

function where(root: string): string {
  return root === "." ? "the root" : root;
}
