import type { RepoRunSpec } from "../../../repo-run.ts";
import { joined } from "../app-roots.ts";
import type { SourceTree } from "../source-tree.ts";
import { type HostedWords, noWords } from "../hosts/hosted.ts";
import { readHosted } from "../hosts/read-hosted.ts";
import { type HostWords, readHostFiles } from "./host-files.ts";
import { readRepositoryFile, repositoryFileName, type RepositoryWords } from "./repository-file.ts";

type Wish = NonNullable<RepoRunSpec["services"]>[number];

/** A runtime that a file of the repository names: below the environment, above version files. */
export interface DeclaredRuntime {
  readonly version: string;
  /** `repo-runner.yaml` */
  readonly from: string;
}

/** The spec with what the repository says itself laid beneath it. */
export interface Declared {
  readonly spec: RepoRunSpec;
  /** Who said a field of a service, or `env:NAME`: `spec`, `repo-runner.yaml`. */
  readonly saidBy: (service: string, field: string) => string;
  /** What files of other hosts say of the only service of the root; they cannot name it. */
  readonly hostWish?: Wish;
  /** What files of other hosts say of further programs, schedules, variables and databases. */
  readonly hosted: HostedWords;
  /** The version that a file names for a service (undefined: the only one) and a runtime. */
  readonly runtimeOf: (service: string | undefined, runtime: string) => DeclaredRuntime | undefined;
  readonly warnings: readonly string[];
}

/** Reads repo-runner.yaml and, where that names no service, the files of other hosts; a person's spec wins field by field. */
export async function readDeclared(tree: SourceTree, spec: RepoRunSpec): Promise<Declared> {
  const root = joined(".", spec.source.path ?? ".");
  const file = await readRepositoryFile(tree, root);
  const own = file !== undefined && file.services.length > 0;
  const hosts = own ? [] : await readHostFiles(tree, root);
  const hosted = own ? noWords : await readHosted(tree, root);
  if (file === undefined && hosts.length === 0) return onlySpec(spec, hosted);
  return { ...layered(spec, file, hosts), hosted };
}

function onlySpec(spec: RepoRunSpec, hosted: HostedWords): Declared {
  return { spec, saidBy: () => "spec", runtimeOf: () => undefined, warnings: [], hosted };
}

function layered(
  spec: RepoRunSpec,
  file: RepositoryWords | undefined,
  hosts: readonly HostWords[],
): Omit<Declared, "hosted"> {
  const said = new Map<string, string>();
  const runtimes = new Map<string, DeclaredRuntime>();
  const services = (spec.services ?? []).map((wish) => ({ ...wish }));
  for (const below of file?.services ?? []) {
    const { runtime, ...wish } = below;
    if (runtime?.version !== undefined)
      runtimes.set(`${wish.name} ${runtime.name}`, { version: runtime.version, from: repositoryFileName });
    layBeneath(services, wish, repositoryFileName, said);
  }
  const lone: Wish[] = [];
  for (const { from, wish, runtimes: pinned } of hosts) {
    for (const [name, version] of Object.entries(pinned)) {
      if (!runtimes.has(` ${name}`)) runtimes.set(` ${name}`, { version, from });
    }
    layBeneath(lone, { name: "", ...wish }, from, said);
  }
  const env = [...(spec.env ?? [])];
  const further = [
    ...(file?.env ?? []).map((variable) => ({ variable, from: repositoryFileName })),
    ...hosts.flatMap((host) => host.env.map((variable) => ({ variable, from: host.from }))),
  ];
  for (const { variable, from } of further) {
    if (env.some(({ name }) => name === variable.name)) continue;
    env.push(variable);
    said.set(`env:${variable.name}`, from);
  }
  const [hostWish] = lone;
  return {
    spec: {
      ...spec,
      ...(services.length === 0 ? {} : { services }),
      ...(env.length === 0 ? {} : { env: env.slice(0, 64) }),
      ...databasesOf(spec, file),
    },
    ...(hostWish === undefined || Object.keys(hostWish).length < 2 ? {} : { hostWish }),
    saidBy: (service, field) => said.get(`${service} ${field}`) ?? said.get(field) ?? "spec",
    runtimeOf: (service, runtime) => runtimes.get(`${service ?? "web"} ${runtime}`) ?? runtimes.get(` ${runtime}`),
    warnings: file?.warnings ?? [],
  };
}

function databasesOf(spec: RepoRunSpec, file: RepositoryWords | undefined): Pick<RepoRunSpec, "databases"> {
  const databases = [...(spec.databases ?? [])];
  for (const below of file?.databases ?? []) {
    const at = databases.findIndex(({ name }) => name === below.name);
    const above = databases[at];
    if (above === undefined) databases.push(below);
    else if (above.bindTo === undefined) databases[at] = { ...below, ...above };
  }
  return databases.length === 0 ? {} : { databases };
}

/** A wish with the words for the only service of the root laid beneath it; `starts` is false for what only shares its image. */
export function withHostWish(wish: Wish | undefined, declared: Declared | undefined, starts = true): Wish | undefined {
  if (declared?.hostWish === undefined) return wish;
  const { start: _start, command: _command, probe: _probe, port: _port, ...made } = declared.hostWish;
  const below = starts ? declared.hostWish : made;
  const services: Wish[] = wish === undefined ? [] : [{ ...wish }];
  layBeneath(services, { ...below, name: wish?.name ?? "" }, "", new Map());
  return services[0];
}

/** Adds what a wish says and the wish of that name above it does not. */
function layBeneath(services: Wish[], below: Wish, from: string, said: Map<string, string>): void {
  const at = services.findIndex(({ name }) => name === below.name);
  const above: Wish = services[at] ?? { name: below.name };
  const { start, command, ...rest } = below;
  // A start above takes the place of a command below, and the other way round.
  const runs = above.start === undefined && above.command === undefined ? { start, command } : {};
  const taken = Object.entries({ ...rest, ...runs }).filter(
    ([field, value]) => value !== undefined && above[field as keyof Wish] === undefined,
  );
  for (const [field] of taken) said.set(`${below.name} ${field}`, from);
  const merged = { ...Object.fromEntries(taken), ...above, ...bothEnv(above, below) } as Wish;
  if (at === -1) services.push(merged);
  else services[at] = merged;
}

function bothEnv(above: Wish, below: Wish): Pick<Wish, "env"> {
  const own = above.env ?? [];
  const added = (below.env ?? []).filter(({ name }) => !own.some((one) => one.name === name));
  return own.length + added.length === 0 ? {} : { env: [...own, ...added] };
}
