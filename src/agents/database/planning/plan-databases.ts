import { done, type Outcome } from "../../../outcome.ts";
import type { Database, Need, Service } from "../../../plan.ts";
import type { RepoRunSpec } from "../../../repo-run.ts";
import { type ExampleLine, parseEnvFile, readExample } from "../../config/example-file.ts";
import { joinPath } from "../../config/service-files.ts";
import { plainText } from "../../detection/plain-text.ts";
import type { Platform } from "../../detection/language.ts";
import type { SourceTree } from "../../detection/source-tree.ts";
import { engines } from "../engines.ts";
import { scanCode } from "./code-scan.ts";
import { canGenerate } from "./compose-database.ts";
import { isLocal } from "./connection-names.ts";
import { decide } from "./decide.ts";
import type { Looked, ServiceEvidence, Wanted } from "./evidence.ts";
import { finish } from "./finish.ts";
import { databaseIn, initFiles } from "./init-files.ts";
import { importedPackages, readDependencies } from "./manifests.ts";
import { isMeant } from "./meant.ts";
import { type Draft, overlayDatabases } from "./overlay.ts";
import { releaseStepsOf } from "./release-steps.ts";
import { chooseVersion } from "./versions.ts";
import { openNeeds, wire } from "./wiring.ts";

/** What the survey knows when databases are looked for. */
export interface DatabasesRequest {
  readonly services: readonly Service[];
  /** Those that a compose file brings, with their aliases; version empty where it names none. */
  readonly databases: readonly Database[];
  readonly needs: readonly Need[];
  readonly spec: RepoRunSpec;
  readonly platform: Platform;
}

/** The same services, wired, with the databases that they need and what has to be done before a release. */
export interface DatabasesAnswer {
  readonly services: readonly Service[];
  readonly databases: readonly Database[];
  readonly needs: readonly Need[];
  readonly warnings: readonly string[];
}

/** Which databases the services need, which of them are provided, and by which variables each service is told of them. Pure over the tree. */
export async function planDatabases(tree: SourceTree, request: DatabasesRequest): Promise<Outcome<DatabasesAnswer>> {
  const looked = await Promise.all(request.services.map(async (service) => await look(tree, service, request)));
  const drafts = overlayDatabases(merge(request.databases, looked, request.services), request.spec.databases ?? []);
  if (drafts.state !== "done") return drafts;
  const filled = await withInit(tree, drafts.value, looked);
  const databases: Database[] = [];
  const warnings: string[] = [];
  for (const draft of filled.slice(0, 8)) {
    const settled = await settle(tree, draft, request.platform);
    if (settled.state !== "done") return settled;
    databases.push(settled.value.database);
    warnings.push(...settled.value.warnings);
  }
  const services: Service[] = [];
  for (const { evidence, decision } of looked) {
    const wired = wire(evidence.service, decision, evidence, { databases, brought: request.databases });
    services.push(await finish(tree, wired, { evidence, decision }, databases));
  }
  return done({ services, databases, needs: openNeeds(request.needs, services), warnings });
}

async function look(tree: SourceTree, service: Service, request: DatabasesRequest): Promise<Looked> {
  const others = request.services.map(({ path }) => path);
  const empty = { uses: [], fixed: [], near: [], words: [], replaced: [], texts: new Map<string, string>() };
  // An image that is taken as it is has no code here, and files that are served run none.
  const hasCode = service.recipe.image === undefined && service.language !== "static";
  const code = hasCode ? await scanCode(tree, service.path, others) : empty;
  const listed = hasCode ? await readDependencies(tree, service.path) : [];
  const evidence: ServiceEvidence = {
    service,
    dependencies: service.language === "deno" ? [...listed, ...importedPackages(code.texts)] : listed,
    code,
    example: await examples(tree, service.path),
  };
  return {
    evidence,
    decision: decide(
      evidence,
      request.databases.map(({ engine }) => engine),
    ),
  };
}

/** Values of a developer's machine: the example's, and those of files that the program loads itself. */
async function examples(tree: SourceTree, folder: string): Promise<ReadonlyMap<string, ExampleLine>> {
  const found = new Map(await readExample(tree, folder));
  for (const name of [".env", "app.env", "dev.env", ".env.development"]) {
    const path = joinPath(folder, name) ?? name;
    const text = await tree.read(path);
    if (text !== undefined)
      for (const [key, line] of parseEnvFile(text, path)) if (!found.has(key)) found.set(key, line);
  }
  return found;
}

/** What a compose file brings, then what the code needs besides; one of each engine. */
function merge(
  brought: readonly Database[],
  looked: readonly Looked[],
  services: readonly Service[],
): readonly Draft[] {
  const taken = new Set(services.map(({ name }) => name));
  const meant = brought.filter((database) => isMeant(database, looked, services));
  const drafts: Draft[] = meant.map(({ version, publicPassword, ...rest }) => ({
    ...rest,
    ...(version === "" ? {} : { version }),
    ...(publicPassword === undefined || canGenerate({ ...rest, publicPassword }, services) ? {} : { publicPassword }),
  }));
  for (const { evidence, decision } of looked) {
    for (const wanted of decision.wanted) {
      const known = drafts.findIndex(({ engine }) => engine === wanted.engine);
      const draft = drafts[known];
      if (draft === undefined) drafts.push(draftOf(wanted, evidence, taken));
      else drafts[known] = { ...draft, ...fixedParts(wanted, draft) };
    }
  }
  return drafts;
}

function draftOf(wanted: Wanted, evidence: ServiceEvidence, taken: Set<string>): Draft {
  const plain = wanted.engine === "ObjectStorage" ? "storage" : wanted.engine.toLowerCase();
  const name = taken.has(plain) ? `${plain}-data` : plain;
  taken.add(name);
  const draft: Draft = {
    name,
    engine: wanted.engine,
    storage: "1Gi",
    deletionPolicy: "Retain",
    aliases: [],
    args: [],
    init: [],
    why: plainText(wanted.why),
    ...(wanted.where === "" ? {} : { where: wanted.where.slice(0, 256) }),
    ...(isOpen(wanted, evidence) ? { publicPassword: "" } : {}),
    ...nameOf(wanted, evidence),
    ...vector(wanted, evidence),
  };
  return { ...draft, ...fixedParts(wanted, draft) };
}

/** What the code says itself and reads no variable for. */
function fixedParts(wanted: Wanted, draft: Draft): Partial<Draft> {
  const { fixed } = wanted;
  if (fixed === undefined) return {};
  const usual = (text: string | undefined, pattern: RegExp) =>
    text !== undefined && pattern.test(text) ? text : undefined;
  const username =
    usual(fixed.username, /^[A-Za-z][\w-]{0,31}$/) ?? (wanted.engine === "RabbitMQ" ? "guest" : undefined);
  const database = usual(fixed.database, /^[A-Za-z_][\w-]{0,62}$/);
  const password = fixed.password ?? (wanted.engine === "RabbitMQ" ? "guest" : username === undefined ? "" : undefined);
  return {
    // The program's own machine is no name of the database's: a sidecar forwards from there.
    aliases: isLocal(`@${fixed.host}:`) ? draft.aliases : [...new Set([...draft.aliases, fixed.host])].slice(0, 4),
    ...(username === undefined || draft.username !== undefined ? {} : { username }),
    ...(database === undefined || draft.database !== undefined ? {} : { database }),
    ...(password === undefined || draft.publicPassword !== undefined ? {} : { publicPassword: password.slice(0, 128) }),
  };
}

/** Programs that have no place for a password are let in without one; only pods of the cluster come that far. */
function isOpen({ engine, asked, fixed }: Wanted, { code }: ServiceEvidence): boolean {
  if (engine !== "Redis" && engine !== "Valkey" && engine !== "MongoDB") return false;
  if (asked.some(({ part }) => part === "url" || part === "password")) return false;
  if (fixed?.password !== undefined && fixed.password !== "") return false;
  return (
    code.uses.some(({ part, family }) => part === "host" && (family === engine || family === "Redis")) ||
    asked.length > 0
  );
}

/** The name of the database that code or example take where nobody says another. */
function nameOf({ asked, engine }: Wanted, { example }: ServiceEvidence): Partial<Draft> {
  if (engine === "Redis" || engine === "Valkey" || engine === "RabbitMQ") return {};
  for (const { part, name, fallback } of asked) {
    const text = fallback ?? example.get(name)?.value;
    if (text === undefined || (part !== "database" && part !== "url" && part !== "jdbc")) continue;
    const own =
      part === "database" ? text : /:\/\/[^/\s]{1,200}\/(?<name>[\w-]{1,60})(?:[?'"]|$)/.exec(text)?.groups?.["name"];
    const usable = engine === "ObjectStorage" ? /^[a-z0-9][a-z0-9-]{2,62}$/ : /^[A-Za-z_][\w-]{0,50}$/;
    if (
      own !== undefined &&
      usable.test(own) &&
      !/^(?:postgres|mysql|admin|template\d|dbname|database|your\w*|name)$/i.test(own)
    )
      return { database: own };
  }
  return {};
}

/** Embeddings need an extension that the plain image has not. */
function vector({ engine }: Wanted, { dependencies }: ServiceEvidence): Partial<Draft> {
  if (
    engine !== "Postgres" ||
    !dependencies.some(({ name }) => /^(?:pgvector|github\.com\/pgvector\/pgvector-go)$/.test(name))
  )
    return {};
  return { version: "17", image: "docker.io/pgvector/pgvector:pg17" };
}

async function withInit(
  tree: SourceTree,
  drafts: readonly Draft[],
  looked: readonly Looked[],
): Promise<readonly Draft[]> {
  const at = drafts.findIndex(
    ({ engine, bindTo }) => ["Postgres", "MySQL", "MariaDB"].includes(engine) && bindTo === undefined,
  );
  const draft = drafts[at];
  if (draft === undefined || draft.init.length > 0) return drafts;
  for (const { evidence } of looked) if ((await releaseStepsOf(tree, evidence)).steps.length > 0) return drafts;
  const init = await initFiles(
    tree,
    looked.map(({ evidence }) => evidence.code.texts),
  );
  if (init.length === 0) return drafts;
  const database = draft.database ?? databaseIn(init);
  const filled: Draft = { ...draft, init, ...(database === undefined ? {} : { database }) };
  return drafts.map((each, index) => (index === at ? filled : each));
}

async function settle(
  tree: SourceTree,
  draft: Draft,
  platform: Platform,
): Promise<Outcome<{ readonly database: Database; readonly warnings: readonly string[] }>> {
  const { version: asked, ...rest } = draft;
  if (draft.bindTo !== undefined) {
    const { image: _image, ...bound } = rest;
    return done({ database: { ...bound, version: asked ?? "bound" }, warnings: [] });
  }
  const chosen = await chooseVersion(tree, draft, asked, platform);
  if (chosen.state !== "done") return chosen;
  const { version, because, warning } = chosen.value;
  const why = plainText(`${draft.why}; version ${because}`);
  const image = draft.image ?? `${engines[draft.engine].repository}:${version}`;
  return done({ database: { ...rest, version, image, why }, warnings: warning === undefined ? [] : [warning] });
}
