import type { PortPlan, ServiceKind } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import { findNative, nativePort, type NativeSource, readNative } from "../native-code.ts";
import type { SourceTree } from "../source-tree.ts";
import { dependenciesOf, localDependencies } from "./manifest.ts";
import type { CargoBinary, CargoPackage, CargoProject } from "./project.ts";

/** One program of Cargo's, and what it seems to do. */
export interface RustProgram {
  readonly package: CargoPackage;
  readonly binary: CargoBinary;
  readonly kind: ServiceKind;
  readonly framework: string | undefined;
  readonly port: PortPlan | undefined;
  readonly because: string;
  readonly where: string;
}

/** Web frameworks by crate, the one that says most first. */
const frameworks = [
  "loco-rs",
  "leptos_axum",
  "leptos_actix",
  "rocket",
  "actix-web",
  "axum",
  "poem",
  "salvo",
  "warp",
  "ntex",
  "tide",
  "gotham",
  "rouille",
  "tiny_http",
  "viz",
  "trillium",
  "async-graphql",
  "tonic",
  "hyper",
] as const;

const listens: readonly RegExp[] = [
  /#\[(?:rocket::)?(?:launch|main)\]\s{0,20}(?:async\s+)?fn rocket\b/,
  /#\[(?:rocket::)?launch\]/,
  /\brocket::(?:build|ignite|custom)\(/,
  /\bHttpServer::new\(/,
  /\baxum::serve\(|\baxum_server::bind|\bServer::(?:bind|http|https|new|builder)\(/,
  /\bwarp::serve\(|\brouille::(?:start_server|Server)|\bgotham::start/,
  /\b(?:Tcp|Unix)Listener::(?:bind|from_std)\(|\bTcpAcceptor\b|\bTcpSocket::new/,
  /\bhttp1::Builder::new\(|\bTokioIo::new\(/,
  /\bloco_rs::cli\b|\bcli::main::</,
  /\.listen\(\s{0,20}(?:\(|"|format!|addr|&addr|bind|address)/,
];

const loops: readonly RegExp[] = [
  /\b(?:loop|while\s[^{};]{1,120})\s{0,10}\{[^]{0,600}?\b(?:sleep|recv|next\(\)|tick\(\)|brpop|blpop|poll|xread\w*|accept)\b/i,
  /\binterval(?:_at)?\([^]{0,400}?\.tick\(\)/,
  /\b(?:basic_consume|subscribe|StreamConsumer|JobScheduler|Worker::new|WorkerBuilder)\b/,
  /\bthread::park\(|\bfuture::pending\b|\bctrl_c\(\)/,
];

const notServing = /client|worker|consumer|migrat|seed|cli$|^cli|job|cron|tool|gen|bench|load|test/i;

/** Programs of a project, those that serve first; what only Cargo's own tools are is left out where there is more. */
export async function findRustPrograms(tree: SourceTree, project: CargoProject): Promise<readonly RustProgram[]> {
  const found: RustProgram[] = [];
  for (const each of project.packages) {
    if (each.binaries.length === 0) continue;
    const shared = await sharedSources(tree, each, project);
    for (const binary of each.binaries) found.push(describe(each, binary, shared));
  }
  const own = found.filter(({ package: one }) => !isAside(project, one));
  const order: Readonly<Record<ServiceKind, number>> = { Web: 0, Worker: 1, Job: 2, Cron: 2 };
  return (own.length > 0 ? own : found).toSorted(
    (one, other) => order[one.kind] - order[other.kind] || rank(project, one) - rank(project, other),
  );
}

function isAside(project: CargoProject, one: CargoPackage): boolean {
  const path = project.folder === "." ? one.folder : one.folder.slice(project.folder.length + 1);
  return /(?:^|\/)(?:examples?|samples?|tests?|e2e|benches|bench|benchmarks?|fuzz|xtask|tools?|scripts?|ci)(?:\/|$)/.test(
    path,
  );
}

/** What Cargo itself would run comes first, then what bears the name of its package, of its folder, or of a server. */
function rank({ folder, manifest }: CargoProject, { package: one, binary }: RustProgram): number {
  if (one.manifest.package?.["default-run"] === binary.name) return 0;
  if (one.folder === folder && binary.name === manifest.package?.name) return 1;
  if (/^(?:server|web|api|app|backend|service)$|[-_](?:server|web|api|app|backend|service)$/.test(binary.name))
    return 2;
  return binary.name === one.name ? 3 : 4;
}

/** Rocket's own; the recipe sets ROCKET_PORT to the same, so that Rocket.toml need not be asked. */
export const rocketPort = 8000;

interface Shared {
  /** Everything below the package's `src`. */
  readonly own: readonly NativeSource[];
  /** Of local packages that it depends on. */
  readonly local: readonly NativeSource[];
  /** Crates that it asks for, and those that its local packages ask for. */
  readonly crates: ReadonlySet<string>;
}

async function sharedSources(tree: SourceTree, one: CargoPackage, project: CargoProject): Promise<Shared> {
  const read = async (folder: string): Promise<readonly NativeSource[]> =>
    await readNative(tree, joinPath(folder, "src") ?? "src", /\.rs$/);
  const workspace = project.packages.filter(
    (each) => each !== one && dependenciesOf(one.manifest).includes(each.name) && each.binaries.length === 0,
  );
  const told = localDependencies(one.manifest).flatMap((path) => joinPath(one.folder, path) ?? []);
  const folders = [...new Set([...workspace.map(({ folder }) => folder), ...told])].slice(0, 8);
  const local = await Promise.all(folders.map(read));
  const crates = [one, ...workspace].flatMap(({ manifest }) => dependenciesOf(manifest));
  const outside = [...one.binaries].filter(({ file }) => !file.startsWith(joinPath(one.folder, "src") ?? "src"));
  const files = await Promise.all(
    outside.map(async ({ file }) => ({ path: file, text: (await tree.read(file)) ?? "" })),
  );
  return { own: [...files, ...(await read(one.folder))], local: local.flat(), crates: new Set(crates) };
}

function describe(one: CargoPackage, binary: CargoBinary, shared: Shared): RustProgram {
  const others = one.binaries.filter((each) => each !== binary);
  const isOthers = (path: string): boolean =>
    others.some(
      ({ file }) =>
        path === file ||
        (file.endsWith("/main.rs") && !file.endsWith("src/main.rs") && path.startsWith(file.slice(0, -7))),
    );
  const mine = shared.own.filter(({ path }) => !isOthers(path));
  const main = mine.filter(({ path }) => path === binary.file);
  // The library of several programs serves for one of them, and waits for another.
  const common = others.length === 0 ? mine : [...main, ...(notServing.test(binary.name) ? [] : mine)];
  const texts = [...common, ...shared.local];
  const framework = frameworks.find((name) => shared.crates.has(name));
  const serving =
    findNative(common, listens) ?? (notServing.test(binary.name) ? undefined : findNative(shared.local, listens));
  const base = { package: one, binary, where: binary.file };
  if (serving !== undefined) {
    const port = nativePort(texts, [/\bbind\(\s*\(\s*"[^"\n]{1,60}"\s*,\s*(?<number>\d{2,5})/]);
    const usual = framework === "rocket" ? rocketPort : framework === "loco-rs" ? 5150 : undefined;
    return {
      ...base,
      kind: "Web",
      framework,
      port: framework === "rocket" || port === undefined ? framed(usual) : port,
      because: `${serving.seen} in ${serving.where}`,
      where: serving.where,
    };
  }
  // Beside others, a client reads what somebody types, and ends.
  const isClient = others.length > 0 && /(?:^|[-_])(?:cli|client)$/.test(binary.name);
  const loop = isClient ? undefined : findNative(others.length === 0 ? mine : main, loops);
  return loop === undefined
    ? { ...base, kind: "Job", framework: undefined, port: undefined, because: "nothing in it listens" }
    : {
        ...base,
        kind: "Worker",
        framework: undefined,
        port: undefined,
        because: "it goes on and nothing listens",
        where: loop.where,
      };
}

function framed(number: number | undefined): PortPlan | undefined {
  return number === undefined ? undefined : { number, from: "Framework", readsPort: false };
}
