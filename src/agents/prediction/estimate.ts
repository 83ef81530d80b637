import type { Estimate } from "../../prediction.ts";
import { plainText } from "../detection/plain-text.ts";
import { isServedFiles } from "../detection/static/caddy.ts";
import { pathIn, type Scene } from "./prediction-rule.ts";

/** What a build of one kind takes: a ground, and so much for each package that is installed. */
interface Cost {
  readonly megabytes: number;
  readonly perPackage: number;
  readonly seconds: number;
  readonly secondsPerPackage: number;
}

/** By language. Megabytes of the build's largest process and seconds on two cores, without any cache; our own experience, not fitted to measurements. */
const costs: Readonly<Record<string, Cost>> = {
  node: { megabytes: 220, perPackage: 0.6, seconds: 8, secondsPerPackage: 0.04 },
  bun: { megabytes: 200, perPackage: 0.4, seconds: 6, secondsPerPackage: 0.02 },
  deno: { megabytes: 200, perPackage: 0.4, seconds: 6, secondsPerPackage: 0.03 },
  python: { megabytes: 150, perPackage: 3, seconds: 10, secondsPerPackage: 0.8 },
  go: { megabytes: 350, perPackage: 6, seconds: 20, secondsPerPackage: 0.8 },
  rust: { megabytes: 450, perPackage: 5, seconds: 25, secondsPerPackage: 1 },
  java: { megabytes: 500, perPackage: 4, seconds: 30, secondsPerPackage: 1 },
  kotlin: { megabytes: 900, perPackage: 4, seconds: 60, secondsPerPackage: 1 },
  scala: { megabytes: 1200, perPackage: 4, seconds: 90, secondsPerPackage: 1 },
  ruby: { megabytes: 250, perPackage: 2, seconds: 15, secondsPerPackage: 0.8 },
  php: { megabytes: 200, perPackage: 2, seconds: 15, secondsPerPackage: 0.3 },
  csharp: { megabytes: 700, perPackage: 6, seconds: 30, secondsPerPackage: 1 },
  cpp: { megabytes: 400, perPackage: 0, seconds: 20, secondsPerPackage: 0 },
};
const unknownCost: Cost = { megabytes: 300, perPackage: 0, seconds: 30, secondsPerPackage: 0 };

/** What of a build asks for much more, by the name of a framework or a package; the largest counts. */
const heavy: Readonly<Record<string, { readonly megabytes: number; readonly seconds: number }>> = {
  next: { megabytes: 1400, seconds: 45 },
  nuxt: { megabytes: 1500, seconds: 45 },
  gatsby: { megabytes: 1600, seconds: 60 },
  "react-scripts": { megabytes: 1200, seconds: 40 },
  "@angular/core": { megabytes: 1500, seconds: 50 },
  "@angular/cli": { megabytes: 1500, seconds: 50 },
  webpack: { megabytes: 900, seconds: 25 },
  vite: { megabytes: 600, seconds: 12 },
  astro: { megabytes: 700, seconds: 15 },
  "@sveltejs/kit": { megabytes: 700, seconds: 15 },
  "@docusaurus/core": { megabytes: 1600, seconds: 60 },
  "@nestjs/core": { megabytes: 600, seconds: 12 },
  typescript: { megabytes: 500, seconds: 8 },
  torch: { megabytes: 1800, seconds: 240 },
  tensorflow: { megabytes: 1800, seconds: 180 },
  transformers: { megabytes: 900, seconds: 60 },
};

/** Memory of the running program in MiB, by language and by what it loads. */
const running: Readonly<Record<string, number>> = {
  node: 90, bun: 60, deno: 80, python: 70, go: 20, rust: 10, java: 280, kotlin: 280, scala: 350, ruby: 120, php: 60, csharp: 110, cpp: 10, static: 20,
  next: 180, nuxt: 160, django: 110, fastapi: 80, streamlit: 180, "spring-boot": 320, rails: 200, torch: 700, tensorflow: 900, transformers: 600, pandas: 140, "scikit-learn": 180,
}; // prettier-ignore

/** What one service is thought to take; undefined for an image that is taken as it is, or that a Dockerfile of the repository makes. */
export async function estimateOf(scene: Scene): Promise<Estimate | undefined> {
  const { service } = scene;
  const before = known.get(service) ?? estimated(scene);
  known.set(service, before);
  return await before;
}

/** Several rules ask for the same service; a service that was changed is another object. */
const known = new WeakMap<Scene["service"], Promise<Estimate | undefined>>();

async function estimated(scene: Scene): Promise<Estimate | undefined> {
  const { service } = scene;
  const { recipe, language, framework } = service;
  if (recipe.dockerfile !== undefined || recipe.image !== undefined) return undefined;
  const { packages, from, names } = await packagesOf(scene);
  const cost = Object.hasOwn(costs, language) ? (costs[language] ?? unknownCost) : unknownCost;
  const builds = recipe.build !== null || recipe.install !== null;
  const count = packages ?? 0;
  const words = [framework ?? "", ...names];
  const extra = words
    .flatMap((word) => (Object.hasOwn(heavy, word) ? [{ word, ...heavy[word] }] : []))
    .toSorted((one, other) => (other.megabytes ?? 0) - (one.megabytes ?? 0));
  const [most] = recipe.build !== null || language === "python" ? extra : [];
  const megabytes = Math.max(cost.megabytes, most?.megabytes ?? 0) + cost.perPackage * count;
  // What is only served runs no code of the repository.
  const runs = (isServedFiles(service) ? ["static"] : [language, ...words]).map((word) =>
    Object.hasOwn(running, word) ? (running[word] ?? 0) : 0,
  );
  const basis = [language, from, most?.word].filter((each) => each !== undefined && each !== "");
  return {
    service: service.name,
    buildMegabytes: builds ? rounded(megabytes) : 64,
    buildSeconds: builds ? Math.round(cost.seconds + cost.secondsPerPackage * count + (most?.seconds ?? 0)) : 2,
    runMegabytes: rounded(Math.max(...runs, 16)),
    ...(packages === undefined ? {} : { packages }),
    from: plainText(basis.join(", ")),
  };
}

function rounded(megabytes: number): number {
  return Math.max(16, Math.round(megabytes / 10) * 10);
}

interface Packages {
  readonly packages: number | undefined;
  readonly from: string | undefined;
  /** Names that the manifest says itself. */
  readonly names: readonly string[];
}

/** One package in a package-lock.json of npm 6 and older. */
const npm6Entry = /^[ \t]{1,8}"[^"\n]{1,200}": \{\n[ \t]{1,10}"version"/gm;

/** How each lock writes down one package. */
const entries: Readonly<Record<string, RegExp>> = {
  "package-lock.json": /^[ \t]{1,8}"node_modules\//gm,
  "npm-shrinkwrap.json": /^[ \t]{1,8}"node_modules\//gm,
  "pnpm-lock.yaml": /^ {2}['"]?[/@\w][^\s:]*@[^\n]{1,200}:$/gm,
  "yarn.lock": /^(?!__metadata)["@\w][^\n]{1,1000}:$/gm,
  "bun.lock": /^ {4}"[^"\n]{1,200}": \[/gm,
  "poetry.lock": /^\[\[package\]\]/gm,
  "uv.lock": /^\[\[package\]\]/gm,
  "pdm.lock": /^\[\[package\]\]/gm,
  "Pipfile.lock": /^ {8}"[\w.-]{1,80}": \{/gm,
  "Cargo.lock": /^\[\[package\]\]/gm,
  "go.sum": /^\S{1,200} v[^\s/]{1,80} h1:/gm,
  "Gemfile.lock": /^ {4}[\w.-]{1,80} \(/gm,
  "composer.lock": /^ {12}"name": "/gm,
};

/** Manifests that are asked where there is no lock: each thing named brings some others along. */
const manifests: readonly (readonly [file: string, named: RegExp, brings: number])[] = [
  ["package.json", /^\s{2,8}"(?<name>@?[\w./-]{1,100})":\s*"[\^~*\d>=]/gm, 12],
  ["requirements.txt", /^(?<name>[A-Za-z][\w.-]{0,80})/gm, 3],
  ["pyproject.toml", /^\s+"(?<name>[A-Za-z][\w.-]{0,80})(?:[[<>=~! ][^"\n]{0,80})?",?$/gm, 3],
  ["Cargo.toml", /^(?<name>[a-z][\w-]{1,60})\s*=\s*[{"]/gm, 8],
  ["Gemfile", /^\s*gem ["'](?<name>[\w-]{1,60})/gm, 4],
  ["pom.xml", /<artifactId>(?<name>[\w.-]{1,80})<\/artifactId>/g, 4],
];

async function packagesOf({ tree, service }: Scene): Promise<Packages> {
  const names: string[] = [];
  let named: { readonly count: number; readonly file: string } | undefined;
  for (const [file, expression, brings] of manifests) {
    const text = await tree.read(pathIn(service, file));
    if (text === undefined) continue;
    const found = [...text.matchAll(expression)].slice(0, 500).map(({ groups }) => groups?.["name"] ?? "");
    names.push(...found);
    named ??= { count: found.length * (1 + brings), file };
  }
  const lock = service.manager?.lockFile ?? undefined;
  const file = lock?.replace(/^.*\//, "") ?? (service.language === "go" ? "go.sum" : undefined);
  const expression = file !== undefined && Object.hasOwn(entries, file) ? entries[file] : undefined;
  const text =
    file === undefined || expression === undefined
      ? undefined
      : ((await tree.read(pathIn(service, file))) ?? (await tree.read(pathIn({ path: service.recipe.context }, file))));
  if (text !== undefined && expression !== undefined) {
    const found = [...text.matchAll(expression)].length;
    const packages = found > 0 ? found : [...text.matchAll(npm6Entry)].length;
    return { packages, from: `${String(packages)} packages of ${file ?? ""}`, names };
  }
  if (named === undefined) return { packages: undefined, from: undefined, names };
  return { packages: named.count, from: `about ${String(named.count)} packages by ${named.file}`, names };
}
