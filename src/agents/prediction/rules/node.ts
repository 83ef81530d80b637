import { type Foreseen, foreseen, pathIn, type PredictionRule, type Scene } from "../prediction-rule.ts";
import { isRecord, type Manifest, npmrcOf, packageJsonAt, packageJsonOf, textOf } from "../node-facts.ts";
import { VersionRange } from "../../requirements/version-range.ts";
import { compareVersions } from "../../dependency/python-wheels.ts";
import { addPackages } from "../../fixer/tables/lookup.ts";

const node = ["node"] as const;
const installers = ["npm", "pnpm", "yarn", "bun"] as const;

/** Build tools that are made with webpack 4, whose digests OpenSSL 3 keeps apart: those before the version named. */
const oldBundlers: readonly (readonly [name: string, before: string])[] = [
  ["webpack", "4.47"],
  ["react-scripts", "5"],
  ["@vue/cli-service", "5"],
  ["@angular-devkit/build-angular", "12.1"],
  ["next", "11"],
  ["nuxt", "2.17"],
  ["gatsby", "3"],
  ["laravel-mix", "6"],
];

async function oldCrypto(scene: Scene): Promise<readonly Foreseen[]> {
  const { service } = scene;
  const manifest = await packageJsonOf(scene);
  const runs = compareVersions(service.runtime?.version ?? "0", "17") >= 0 && service.runtime?.name === "node";
  if (manifest === undefined || !runs || service.recipe.build === null) return [];
  if (/openssl-legacy-provider/.test(JSON.stringify([service.recipe.buildEnv, manifest.scripts]))) return [];
  const bundler = oldBundlers.find(([name, before]) => {
    const said = manifest.all.get(name);
    const most = said === undefined ? undefined : newestOf(said);
    return most !== undefined && compareVersions(most, before) < 0;
  });
  const because =
    bundler === undefined
      ? await digestIn(scene, manifest)
      : `${bundler[0]} before ${bundler[1]} uses digests that OpenSSL 3 keeps apart; they are let in for the build`;
  if (because === undefined) return [];
  const known = service.recipe.buildEnv["NODE_OPTIONS"];
  const value = [known, "--openssl-legacy-provider"].filter((each) => each !== undefined).join(" ");
  return [{ action: { kind: "SetEnv", name: "NODE_OPTIONS", value, phase: "Build" }, because, where: manifest.path }];
}

/** A script that the build line itself runs asks for a digest that OpenSSL 3 keeps apart. */
async function digestIn({ tree, service }: Scene, manifest: Manifest): Promise<string | undefined> {
  const file = /^node (?:\.\/)?(?<file>[\w./-]{1,120}\.[cm]?js)$/.exec(manifest.scripts["build"] ?? "")?.groups?.[
    "file"
  ];
  if (file === undefined) return undefined;
  const text = (await tree.read(pathIn(service, file))) ?? "";
  return /\bcreateHash\(\s*["'](?:md4|rmd160|ripemd160)["']/.test(text)
    ? `${file} asks for a digest that OpenSSL 3 keeps apart; it is let in for the build`
    : undefined;
}

/** The newest version that an npm range can mean, as far as it bounds one: `^4.2.0` → 4.999, `4.46.0` → itself. */
function newestOf(range: string): string | undefined {
  const said = /^(?<sign>[\^~=v]{0,2})\s*(?<version>\d+(?:\.\d+){0,2})(?:[-+][\w.]{1,40})?$/.exec(range.trim())?.groups;
  const version = said?.["version"];
  if (version === undefined) return undefined;
  const [major = "0", minor] = version.split(".");
  if (said?.["sign"] === "^" && major !== "0") return `${major}.999`;
  if (said?.["sign"] === "~" || minor === undefined)
    return minor === undefined ? `${major}.999` : `${major}.${minor}.999`;
  return version;
}

const hookTools = ["husky", "lefthook", "simple-git-hooks", "pre-commit", "is-ci", "git-cz", "yorkie"];

async function gitHooks(scene: Scene): Promise<readonly Foreseen[]> {
  const manifest = await packageJsonOf(scene);
  if (manifest === undefined) return [];
  for (const name of ["preinstall", "install", "postinstall", "prepare"]) {
    const script = manifest.scripts[name] ?? "";
    const tool = /^(?:npx )?(?<tool>[\w-]{2,30})(?: [\w./-]{1,60}){0,4}$/.exec(script.trim())?.groups?.["tool"] ?? "";
    if (!hookTools.includes(tool) || manifest.all.has(tool)) continue;
    const because = `its ${name} script calls ${tool}, which no manifest names; an image has no use for hooks of git`;
    return [{ action: { kind: "SkipStep", step: "GitHooks" }, because, where: manifest.path }];
  }
  return [];
}

async function developmentLeftOut(scene: Scene): Promise<readonly Foreseen[]> {
  const manifest = await packageJsonOf(scene);
  const rc = await npmrcOf(scene);
  const left = rc.get("omit") === "dev" || rc.get("production") === "true" || rc.get("only") === "production";
  if (manifest === undefined || !left || scene.service.recipe.build === null) return [];
  const build = manifest.scripts["build"] ?? "";
  const tool = toolsOf(build).find((word) => manifest.development.has(word));
  if (tool === undefined) return [];
  const because = `.npmrc leaves out what only development needs, and the build calls ${tool}; they are installed`;
  return [
    { action: { kind: "SetInstallMode", mode: "WithDevelopment" }, because, where: pathIn(scene.service, ".npmrc") },
  ];
}

/** Packages whose program has another name. */
const programs: Readonly<Record<string, string>> = {
  tsc: "typescript",
  ng: "@angular/cli",
  nest: "@nestjs/cli",
  "vue-cli-service": "@vue/cli-service",
  "svelte-kit": "@sveltejs/kit",
  remix: "@remix-run/dev",
  babel: "@babel/cli",
  "webpack-cli": "webpack-cli",
};

/** Packages whose programs a line calls. */
function toolsOf(line: string): readonly string[] {
  return line
    .split(/&&|\|\||;/)
    .map(
      (part) => /^(?:[A-Z_]{1,40}=\S{0,80} )*(?:npx )?(?<word>[\w-]{1,40})/.exec(part.trim())?.groups?.["word"] ?? "",
    )
    .map((word) => programs[word] ?? word);
}

/** A package of the repository's own that refuses this Node, where `.npmrc` makes a refusal of it. */
async function engines(scene: Scene): Promise<readonly Foreseen[]> {
  const { service } = scene;
  const manifest = await packageJsonOf(scene);
  const strict = (await npmrcOf(scene)).get("engine-strict") === "true";
  const now = service.runtime?.version;
  if (manifest === undefined || !strict || now === undefined || service.runtime?.name !== "node") return [];
  for (const [name, range] of await enginesOf(scene, manifest)) {
    const wanted = VersionRange.read(range);
    if (wanted === undefined || wanted.allows(now)) continue;
    const others = (service.runtime.others ?? []).filter((line) => wanted.allows(line));
    const version = others.toSorted(compareVersions).at(-1);
    const action =
      version === undefined
        ? ({ kind: "SetInstallMode", mode: "AnyEngine" } as const)
        : ({ kind: "SetRuntime", version } as const);
    const instead = version === undefined ? "its word on it is let be" : `node ${version} is taken`;
    return [
      {
        action,
        because: `${name} wants node ${range.slice(0, 40)}, and .npmrc insists; ${instead}`,
        where: manifest.path,
      },
    ];
  }
  return [];
}

/** What installed packages say of Node: those of the lock of npm, and folders that the manifest names. */
async function enginesOf(
  scene: Scene,
  manifest: Manifest,
): Promise<readonly (readonly [name: string, range: string])[]> {
  const found: (readonly [string, string])[] = [];
  for (const [name, said] of manifest.production) {
    const folder = /^(?:file|link):(?:\.\/)?(?<folder>[\w./@-]{1,120})$/.exec(said)?.groups?.["folder"];
    const own = folder === undefined ? undefined : await packageJsonAt(scene, pathIn(scene.service, folder));
    if (own?.engines !== undefined) found.push([name, own.engines]);
  }
  const lock = await packageJsonAt(scene, scene.service.path, "package-lock.json");
  for (const [path, entry] of Object.entries(lock?.packages ?? {}).slice(0, 5000)) {
    if (path === "" || !isRecord(entry) || entry["optional"] === true || entry["dev"] === true) continue;
    const range = isRecord(entry["engines"]) ? textOf(entry["engines"]["node"]) : undefined;
    if (range !== undefined) found.push([path.replace(/^.*node_modules\//, ""), range]);
  }
  return found;
}

/** Packages that are released together and ask for one another's line. */
const together: readonly (readonly [peer: string, of: string])[] = [
  ["react", "react-dom"],
  ["react", "react-test-renderer"],
  ["vue", "@vue/compat"],
  ["@angular/core", "@angular/common"],
  ["@angular/core", "@angular/platform-browser"],
  ["@nestjs/common", "@nestjs/core"],
  ["@nestjs/common", "@nestjs/platform-express"],
];

async function peers(scene: Scene): Promise<readonly Foreseen[]> {
  const manifest = await packageJsonOf(scene);
  const rc = await npmrcOf(scene);
  if (manifest === undefined || rc.get("legacy-peer-deps") === "true" || rc.get("force") === "true") return [];
  if (manifest.overrides) return [];
  const major = (name: string): string | undefined =>
    /^[\^~]?(?<major>\d+)(?:\.|$)/.exec(manifest.all.get(name) ?? "")?.groups?.["major"];
  for (const [peer, of] of together) {
    const [one, other] = [major(peer), major(of)];
    if (one === undefined || other === undefined || one === other) continue;
    const because = `${of} ${other} wants ${peer} ${other}, and ${peer} ${one} is named; peers are let be, as older npm did`;
    return [{ action: { kind: "SetInstallMode", mode: "LegacyPeers" }, because, where: manifest.path }];
  }
  return [];
}

/** Packages of the repository's own with a binding.gyp: npm compiles them while it installs. */
async function addOns(scene: Scene): Promise<readonly Foreseen[]> {
  const { tree, service } = scene;
  const manifest = await packageJsonOf(scene);
  if (manifest === undefined || service.recipe.buildImage?.includes("-slim") !== true) return [];
  const folders = [...manifest.production.values()].flatMap(
    (said) => /^(?:file|link):(?:\.\/)?(?<folder>[\w./@-]{1,120})$/.exec(said)?.groups?.["folder"] ?? [],
  );
  for (const folder of [".", ...folders]) {
    const path = folder === "." ? pathIn(service, "binding.gyp") : `${pathIn(service, folder)}/binding.gyp`;
    if (!(await tree.has(path))) continue;
    const because = "npm compiles what has a binding.gyp, and the image has no compiler";
    const packages = ["python3", "make", "gcc", "g++", "libc6-dev"];
    return foreseen(addPackages(service, "Build", packages, "a compiler for native add-ons"), because, path);
  }
  return [];
}

/** What fails while a Node program is installed and built. */
export const nodeRules: readonly PredictionRule[] = [
  { id: "V20", forestalls: "N01", sees: "a bundler of webpack 4's age on Node 17 or newer", of: node, foresee: oldCrypto },
  { id: "V21", forestalls: "N20", sees: "a script of the install that calls a tool for hooks of git which no manifest names", of: installers, foresee: gitHooks },
  { id: "V22", forestalls: "N14", sees: "a build that calls a development dependency which .npmrc leaves out", of: ["npm"], foresee: developmentLeftOut },
  { id: "V23", forestalls: "N04", sees: "an installed package that refuses this Node where .npmrc says engine-strict", of: ["npm", "pnpm"], foresee: engines },
  { id: "V24", forestalls: "N03", sees: "packages of one release in two lines, such as react 18 beside react-dom 17", of: ["npm"], foresee: peers },
  { id: "V25", forestalls: "N10", sees: "a binding.gyp of the repository's own", of: ["npm", "pnpm", "yarn"], foresee: addOns },
]; // prettier-ignore
