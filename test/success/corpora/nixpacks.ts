/** Makes a file of facts out of nixpacks' plan snapshots: node test/success/corpora/nixpacks.ts CHECKOUT > FACTS.json */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import type { TreeFacts } from "../facts.ts";

const Plan = z.object({
  phases: z
    .record(
      z.string(),
      z.object({
        cmds: z.array(z.string()).nullish(),
        nixPkgs: z.array(z.string()).nullish(),
        dependsOn: z.array(z.string()).nullish(),
      }),
    )
    .default({}),
  start: z.object({ cmd: z.string().nullish() }).nullish(),
});
type Plan = z.infer<typeof Plan>;

/** Language, its Nix packages, and where in the package's name the version stands. The first that fits. */
const languages: readonly (readonly [language: string, packages: RegExp])[] = [
  ["crystal", /^crystal$/],
  ["dotnet", /^dotnet-sdk(?:_(\d+))?/],
  ["dart", /^dart$/],
  ["elixir", /^elixir(?:_(\d+_\d+))?$/],
  ["deno", /^deno$/],
  ["clojure", /^(?:leiningen|clojure)$/],
  ["go", /^go(?:_(\d+_\d+))?$/],
  ["haskell", /^(?:stack|ghc)$/],
  ["scala", /^sbt$/],
  ["java", /^(?:\(?jdk|maven|gradle)(\d*)/],
  ["php", /^\(?php(\d\d)?/],
  ["ruby", /^ruby/],
  ["node", /^(?:nodejs(?:_|-)(\d+)|bun$)/],
  ["python", /^python(\d\d*)?/],
  ["rust", /rust-bin/],
  ["swift", /^swift/],
  ["zig", /^zig$/],
  ["cobol", /^gnu-cobol$/],
  ["scheme", /^haunt|guile/],
];

const [, , checkout] = process.argv;
if (checkout === undefined) throw new Error("which checkout of nixpacks?");
const examples = join(resolve(checkout), "examples");
const trees = readdirSync(examples).flatMap((name) => treeOf(name));
process.stdout.write(`${JSON.stringify({ source: "nixpacks", trees }, null, 1)}\n`);

function treeOf(name: string): TreeFacts[] {
  const snapshot = `generate_plan_tests__${name.replaceAll("-", "_")}.snap`;
  const file = join(resolve(checkout ?? ""), "tests/snapshots", snapshot);
  if (!existsSync(file)) return [];
  const text = readFileSync(file, "utf8");
  const plan = Plan.parse(JSON.parse(text.slice(text.indexOf("{"))));
  const found = languageOf(plan);
  const others = Object.entries(plan.phases).filter(([phase]) => !["setup", "install", "build"].includes(phase));
  const lines = (phase: string): string | null => plan.phases[phase]?.cmds?.join(" && ") ?? null;
  const built = [lines("build"), ...others.map(([phase]) => lines(phase))].filter((line) => line !== null).join(" && ");
  const build = built === "" ? null : built;
  const start = startOf(plan);
  if (start?.startsWith("bun ") === true) delete found.version;
  const facts = { ...found, install: lines("install"), build, start };
  return [{ name, dir: join(examples, name), env: {}, facts }];
}

function languageOf(plan: Plan): { language?: string; version?: string } {
  const packages = Object.values(plan.phases).flatMap(({ nixPkgs }) => nixPkgs ?? []);
  for (const [language, pattern] of languages) {
    const matches = packages.flatMap((name) => pattern.exec(name) ?? []);
    if (matches.length === 0) continue;
    const digits = packages.flatMap((name) => pattern.exec(name)?.[1] ?? []).find((text) => text !== "");
    return { language, ...(digits === undefined ? {} : { version: versionOf(language, digits) }) };
  }
  return {};
}

/** `python311` is 3.11, `go_1_18` is 1.18, `php83` is 8.3. */
function versionOf(language: string, digits: string): string {
  const text = digits.replaceAll("_", ".");
  return language === "python" || language === "php" ? text.replace(/^(\d)(\d+)$/, "$1.$2") : text;
}

function startOf(plan: Plan): string | null {
  const line = plan.start?.cmd;
  if (line === undefined || line === null) return null;
  return /\bcaddy run\b|^nginx\b|\bnginx -c\b/.test(line) && !/php/.test(line) ? "caddy" : line;
}
