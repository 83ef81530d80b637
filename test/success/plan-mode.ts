/**
 * Plans alone, without a cluster: node test/success/plan-mode.ts FOLDER|FACTS.json…  [--all]
 *
 * FOLDER: each folder in it is a tree that has to be planned. FACTS.json: what is expected of each tree (facts.ts).
 * A difference that docs/divergences tells of counts as told. Exit codes: 0 all fit; 1 one does not; 2 a wrong argument or file.
 */
import { openTree } from "../../src/agents/detection/folder-tree.ts";
import type { Platform } from "../../src/agents/detection/language.ts";
import { readPackage } from "../../src/agents/detection/node/package-json.ts";
import type { SourceTree } from "../../src/agents/detection/source-tree.ts";
import { isServedFiles } from "../../src/agents/detection/static/caddy.ts";
import { draftPlan } from "../../src/agents/survey.ts";
import type { Failure } from "../../src/failure.ts";
import type { Service } from "../../src/plan.ts";
import { explained, readDivergences } from "./divergences.ts";
import { type Field, fields, readFacts, type TreeFacts } from "./facts.ts";
import { canonical, sameVersion } from "./same-line.ts";

/** How one field of one tree came out. */
export interface FieldRow {
  readonly field: Field;
  readonly wanted: string | null;
  readonly found: string | null;
  readonly verdict: "Same" | "Told" | "Differs";
  readonly why?: string;
}

export interface TreeRow {
  readonly source: string;
  readonly name: string;
  readonly summary: string;
  readonly fields: readonly FieldRow[];
  /** Of reading the tree and planning it. */
  readonly ms: number;
  readonly ok: boolean;
}

type Found = Partial<Record<Field, string | null>>;

/** Plans every tree of a folder or of a file of facts in this process, and compares field by field. */
export async function comparePlans(place: string): Promise<readonly TreeRow[]> {
  const { source, trees } = readFacts(place);
  const told = readDivergences();
  const peer = source.split(" ")[0] ?? source;
  const rows: TreeRow[] = [];
  for (const tree of trees) {
    const { found, summary, ms } = await planned(tree);
    const scripts = await scriptsOf(openTree(tree.dir));
    const compared = fields.flatMap((field): FieldRow[] => {
      const wanted = tree.facts[field];
      if (wanted === undefined) return [];
      const row = { field, wanted, found: found[field] ?? null };
      if (same(field, wanted, row.found, scripts)) return [{ ...row, verdict: "Same" }];
      const why = explained(told, `${peer}/${tree.name}`, row)?.why;
      return [why === undefined ? { ...row, verdict: "Differs" } : { ...row, verdict: "Told", why }];
    });
    const expectsNothing = Object.keys(tree.facts).length === 0;
    const ok = expectsNothing ? found.language !== undefined : compared.every(({ verdict }) => verdict !== "Differs");
    rows.push({ source: peer, name: tree.name, summary, fields: compared, ms, ok });
  }
  return rows;
}

async function planned(tree: TreeFacts): Promise<{ found: Found; summary: string; ms: number }> {
  const platform: Platform = { baseImages: "Any", listed: {}, now: new Date(), commitDate: undefined };
  const env = Object.entries(tree.env).map(([name, value]) => ({ name, value, phase: "Run" as const }));
  const spec = { source: { git: { url: "https://localhost/tree.git" } }, ...(env.length === 0 ? {} : { env }) };
  const startedMs = performance.now();
  const outcome = await draftPlan(openTree(tree.dir), { spec, platform, name: "tree" });
  const ms = performance.now() - startedMs;
  if (outcome.state === "done") {
    const [service] = outcome.value.services;
    return { found: service === undefined ? {} : factsOf(service), summary: outcome.value.summary, ms };
  }
  const failure: Partial<Failure> = outcome.state === "failed" ? outcome.failure : {};
  return { found: {}, summary: `${failure.reason ?? outcome.state}: ${failure.message ?? ""}`.slice(0, 120), ms };
}

function factsOf(service: Service): Found {
  const { recipe, runtime, language } = service;
  const files = isServedFiles(service);
  const first = service.start ?? service.command?.join(" ") ?? null;
  const built = /:(?<line>[\d.]+)/.exec(recipe.buildImage ?? "")?.groups?.["line"];
  return {
    language,
    // Served files: what counts is the runtime that built them.
    version: (files ? built : runtime?.version) ?? null,
    install: recipe.install,
    build: recipe.build,
    start: files ? "caddy" : first,
  };
}

function same(
  field: Field,
  wanted: string | null,
  found: string | null,
  scripts: Readonly<Record<string, string>>,
): boolean {
  if (field === "language") return wanted === found;
  if (field === "version") return wanted === found || (wanted !== null && found !== null && sameVersion(wanted, found));
  return canonical(field, wanted, scripts) === canonical(field, found, scripts);
}

/** Scripts of the tree's own package.json, for lines that name them. */
async function scriptsOf(tree: SourceTree): Promise<Readonly<Record<string, string>>> {
  return (await readPackage(tree, "."))?.json.scripts ?? {};
}

/** The mode as a program: prints what differs and how long it took. The answer is the exit code. */
export async function runPlanMode(args: readonly string[]): Promise<number> {
  const places = args.filter((arg) => !arg.startsWith("--"));
  if (places.length === 0) {
    console.error("which folder of trees, or which file of facts?");
    return 2;
  }
  let failed = 0;
  for (const place of places) {
    let rows: readonly TreeRow[];
    try {
      rows = await comparePlans(place);
    } catch (error) {
      console.error(error instanceof Error ? error.message : String(error));
      return 2;
    }
    failed += rows.filter(({ ok }) => !ok).length;
    print(rows, args.includes("--all"));
  }
  return failed === 0 ? 0 : 1;
}

function print(rows: readonly TreeRow[], all: boolean): void {
  for (const row of rows) {
    if (row.ok && !all) continue;
    console.log(`${row.ok ? "✓" : "✗"} ${row.name}   ${row.summary}   ${row.ms.toFixed(0)} ms`);
    for (const { field, wanted, found, verdict, why } of row.fields) {
      if (verdict === "Same" && !all) continue;
      const difference = verdict === "Same" ? (found ?? "–") : `wanted ${wanted ?? "–"}   found ${found ?? "–"}`;
      console.log(
        `    ${field.padEnd(9)} ${verdict === "Differs" ? "✗" : " "} ${difference}${why === undefined ? "" : `   (${why})`}`,
      );
    }
  }
  const compared = rows.flatMap((row) => row.fields);
  const count = (verdict: FieldRow["verdict"]): number => compared.filter((one) => one.verdict === verdict).length;
  const told = rows.filter((row) => row.ok && row.fields.some(({ verdict }) => verdict === "Told")).length;
  const fit = rows.filter(({ ok }) => ok).length;
  const times = rows.map(({ ms }) => ms).toSorted((one, other) => one - other);
  const median = times[Math.floor(times.length / 2)] ?? 0;
  const total = times.reduce((sum, ms) => sum + ms, 0);
  console.log(
    `${rows[0]?.source ?? ""}: ${fit} of ${rows.length} trees fit (${((100 * fit) / Math.max(1, rows.length)).toFixed(1)} %), ${told} of them with a divergence that is told; ` +
      `fields: ${count("Same")} the same, ${count("Told")} told, ${count("Differs")} differ`,
  );
  console.log(
    `planning: median ${median.toFixed(1)} ms per tree, slowest ${(times.at(-1) ?? 0).toFixed(0)} ms, total ${(total / 1000).toFixed(2)} s`,
  );
}

if (import.meta.main) process.exitCode = await runPlanMode(process.argv.slice(2));
