/**
 * Makes a file of facts out of railpack's golden plans: node test/success/corpora/railpack.ts CHECKOUT > FACTS.json
 * Its plans do not hold versions: they are read off the trees as railpack's own documents say (mise's files, then the manifest, then its default).
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import type { TreeFacts } from "../facts.ts";

const Plan = z.object({
  deploy: z.object({
    startCommand: z.string().optional(),
    inputs: z.array(z.object({ step: z.string().optional(), include: z.array(z.string()).optional() })).default([]),
  }),
  steps: z.array(
    z.object({
      name: z.string(),
      assets: z.record(z.string(), z.string()).optional(),
      commands: z.array(z.object({ cmd: z.string().optional(), customName: z.string().optional() })).default([]),
    }),
  ),
});
type Plan = z.infer<typeof Plan>;

/** Languages by the packages that a plan installs, the surest first. */
const languages: readonly (readonly [tool: string, language: string])[] = [
  ["deno", "deno"],
  ["gleam", "gleam"],
  ["elixir", "elixir"],
  ["dotnet", "dotnet"],
  ["java", "java"],
  ["ruby", "ruby"],
  ["rust", "rust"],
  ["go", "go"],
  ["cmake", "cpp"],
  ["meson", "cpp"],
  ["bun", "node"],
  ["node", "node"],
  ["python", "python"],
];

interface Version {
  /** File and the pattern of what it says, surest first. */
  readonly files: readonly (readonly [name: string, pattern: RegExp])[];
  readonly default?: string;
}

const versions: Readonly<Record<string, Version>> = {
  node: {
    files: [
      ["mise.toml", /^node\s*=\s*"([^"]+)"/m],
      [".tool-versions", /^node(?:js)?\s+(\S+)/m],
      [".node-version", /^v?([\d.]+)/m],
      [".nvmrc", /^v?([\d.]+)/m],
      ["package.json", /"engines"\s*:\s*\{[^}]*"node"\s*:\s*"[^"\d]*(\d+)/],
      ["package.json5", /"engines"\s*:\s*\{[^}]*"node"\s*:\s*"[^"\d]*(\d+)/],
    ],
    default: "24",
  },
  python: {
    files: [
      ["mise.toml", /^python\s*=\s*"([^"]+)"/m],
      [".tool-versions", /^python\s+(\S+)/m],
      [".python-version", /^([\d.]+t?)/m],
      ["runtime.txt", /^python-([\d.]+)/m],
      ["Pipfile", /python_(?:full_)?version\s*=\s*"([\d.]+)"/],
    ],
    default: "3.13",
  },
  go: {
    files: [
      ["mise.toml", /^go\s*=\s*"([^"]+)"/m],
      [".go-version", /^([\d.]+)/m],
      ["go.mod", /^go\s+([\d.]+)/m],
    ],
  },
  java: { files: [["railpack.json", /"java":\s*"[a-z]*-?(\d+)/]], default: "21" },
};

const [, , checkout] = process.argv;
if (checkout === undefined) throw new Error("which checkout of railpack?");
const examples = join(resolve(checkout), "examples");
const trees = readdirSync(examples).flatMap((name) => treeOf(name));
process.stdout.write(`${JSON.stringify({ source: "railpack", trees }, null, 1)}\n`);

function treeOf(name: string): TreeFacts[] {
  const file = join(resolve(checkout ?? ""), `core/__snapshots__/TestGenerateBuildPlanForExamples_${name}_1.snap.json`);
  if (!existsSync(file)) return [];
  const plan = Plan.parse(JSON.parse(readFileSync(file, "utf8")));
  const language = languageOf(plan, name);
  const start = startOf(plan);
  // Bun's version is what its registry has newest on a day; Node is beside it for packages that call it.
  const version = start?.startsWith("bun ") === true ? undefined : versionOf(join(examples, name), language);
  return [
    {
      name,
      dir: join(examples, name),
      env: {},
      facts: {
        language,
        ...(version === undefined ? {} : { version }),
        install: linesOf(plan, /^install/),
        build: linesOf(plan, /^build/),
        start,
      },
    },
  ];
}

function linesOf(plan: Plan, name: RegExp): string | null {
  const lines = plan.steps
    .filter((step) => name.test(step.name))
    .flatMap((step) => step.commands.flatMap(({ cmd }) => (cmd === undefined ? [] : [unquoted(cmd)])));
  return lines.length === 0 ? null : lines.join(" && ");
}

/** `sh -c 'npm ci'` is `npm ci`. */
function unquoted(line: string): string {
  return /^sh -c '(.*)'$/s.exec(line)?.[1] ?? line;
}

function languageOf(plan: Plan, name: string): string {
  if (plan.steps.some((step) => step.name === "extensions")) return "php";
  const tools = plan.steps.flatMap((step) =>
    step.commands.flatMap(({ customName }) =>
      (/^install mise packages: (.*)$/.exec(customName ?? "")?.[1] ?? "").split(/,\s*/),
    ),
  );
  const known = languages.find(([tool]) => tools.includes(tool))?.[1];
  if (known !== undefined) return known;
  return /caddy/.test(plan.deploy.startCommand ?? "") || name.startsWith("staticfile") ? "static" : "shell";
}

/** Files that Caddy serves are `caddy FOLDER`, where the plan names the folder that was built. */
function startOf(plan: Plan): string | null {
  const line = plan.deploy.startCommand;
  if (line === undefined) return null;
  if (!line.startsWith("caddy run")) return line;
  const built = plan.deploy.inputs.find(({ step, include }) => step === "build" && include?.length === 1)?.include?.[0];
  return built === undefined ? "caddy" : `caddy ${built}`;
}

function versionOf(dir: string, language: string): string | undefined {
  const known = versions[language];
  for (const [name, pattern] of known?.files ?? []) {
    const file = join(dir, name);
    const said = existsSync(file) ? pattern.exec(readFileSync(file, "utf8"))?.[1] : undefined;
    if (said !== undefined && /^\d/.test(said)) return said.replace(/\.[x*].*$/, "");
  }
  return known?.default;
}
