import type { Recipe, Service } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import { isListed } from "../../requirements/listed-images.ts";
import { chooseNode, nodeWords } from "../../requirements/node-version.ts";
import { chooseGo, goVersionWords } from "../go/go-line.ts";
import { chooseJava, javaWords } from "../java/jdk.ts";
import type { Platform, Wishes } from "../language.ts";
import { choosePython } from "../python/python-line.ts";
import { pythonVersionWords } from "../python/version.ts";
import type { SourceTree } from "../source-tree.ts";
import { type Call, type Callable, callsOf } from "./calls.ts";

/** A runtime with its version, and why it is that one. */
interface Carried extends Call {
  readonly version: string;
  readonly from: string;
  readonly image: string;
  readonly warning?: string | undefined;
}

/** Where runtimes lie that come along: one folder, copied whole, so that links in it hold. */
const folder = "/opt/runtimes";
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** Images over Debian, in which programs of the others run. */
const overDebian = /^docker\.io\/library\/(?:node|python|debian):[\w.-]*slim$/;

/** What is taken of each runtime's official image; Python is of one piece with its Debian, and becomes the image itself. */
const parts: Readonly<Record<Exclude<Callable, "python">, readonly (readonly [from: string, to: string])[]>> = {
  node: [
    ["/usr/local/bin/node", "bin/node"],
    ["/usr/local/lib/node_modules", "lib/node_modules"],
    ["/usr/local/include/node", "include/node"],
  ],
  go: [["/usr/local/go", "go"]],
  java: [["/opt/java/openjdk", "java"]],
};
const bins: Readonly<Record<Callable, string>> = { node: "bin", go: "go/bin", java: "java/bin", python: "" };

/**
 * Services of Node and Python whose code calls another runtime as a program (`spawn("python3", …)`): it comes into their image, in the version that
 * the repository names. One recipe stays one recipe. `wishes.platform`: with lines of versions; `platform`: with the tags that there are.
 */
export async function withCalledRuntimes(
  tree: SourceTree,
  services: readonly Service[],
  wishes: Wishes,
  platform: Platform,
): Promise<{ readonly services: readonly Service[]; readonly warnings: readonly string[] }> {
  const warnings: string[] = [];
  const done = new Map<Recipe, Pick<Service, "recipe" | "why">>();
  const out: Service[] = [];
  for (const service of services) {
    const known = done.get(service.recipe);
    const found = known ?? (await carry(tree, service, { wishes, platform, warnings }));
    done.set(service.recipe, found);
    out.push(
      found.recipe === service.recipe
        ? service
        : { ...service, recipe: found.recipe, why: [...service.why, ...found.why] },
    );
  }
  return { services: out, warnings };
}

async function carry(
  tree: SourceTree,
  service: Service,
  { wishes, platform, warnings }: { readonly wishes: Wishes; readonly platform: Platform; readonly warnings: string[] },
): Promise<Pick<Service, "recipe" | "why">> {
  const { recipe, language } = service;
  const nothing = { recipe, why: [] };
  if ((language !== "node" && language !== "python") || !overDebian.test(recipe.runImage ?? "")) return nothing;
  const calls = (await callsOf(tree, service, wishes)).filter(({ runtime }) => !isThere(recipe, runtime));
  const carried: Carried[] = [];
  for (const call of calls) {
    const one = await versionOf(tree, service, call, wishes);
    if (isListed(one.image, platform)) carried.push(one);
    else
      warnings.push(
        `${call.where} calls ${call.runtime}, and there is no image of ${one.version} here: it is not in the image`,
      );
    if (one.warning !== undefined) warnings.push(one.warning);
  }
  if (carried.length === 0) return nothing;
  const why = carried.map(({ runtime, version, from, where }) => ({
    about: `runtime:${runtime}`,
    value: `${runtime} ${version}`,
    because: `${where} calls it; version: ${from}`.slice(0, 256),
    where,
  }));
  const python = carried.find(({ runtime }) => runtime === "python");
  const based = python === undefined ? recipe : await overPython(tree, service, python);
  // Beside Python, Node has come along already.
  const others = carried.filter(({ runtime }) => runtime !== "python" && (python === undefined || runtime !== "node"));
  return { recipe: others.length === 0 ? based : withParts(based, others), why };
}

/** The image that the program runs in has it already. */
function isThere({ runImage, runPackages }: Recipe, runtime: Callable): boolean {
  if (runtime === "python" && runPackages.includes("python3")) return true;
  return new RegExp(`/${runtime}:`).test(runImage ?? "");
}

async function versionOf(tree: SourceTree, { path }: Service, call: Call, wishes: Wishes): Promise<Carried> {
  const library = "docker.io/library";
  if (call.runtime === "node") {
    const folders = path === "." ? ["."] : [path, "."];
    const {
      version,
      image = version,
      from,
      warning,
    } = chooseNode(await nodeWords(tree, folders, [], wishes), wishes.platform);
    return { ...call, version, from, image: `${library}/node:${image}-slim`, warning };
  }
  if (call.runtime === "go") {
    const { version, from, warning } = chooseGo(await goVersionWords(tree, path, undefined, wishes), wishes.platform);
    return { ...call, version, from, image: `${library}/golang:${version}`, warning };
  }
  if (call.runtime === "java") {
    const folders = path === "." ? ["."] : [path, "."];
    const { line, from, warning } = chooseJava(await javaWords(tree, folders, wishes), wishes.platform);
    return { ...call, version: `${line}`, from, image: `${library}/eclipse-temurin:${line}-jre`, warning };
  }
  const { version, from, warning } = choosePython(
    await pythonVersionWords(tree, path, undefined, wishes),
    wishes.platform,
  );
  return { ...call, version, from, image: `${library}/python:${version}-slim`, warning };
}

/** Node's service over Python's image: Node itself is carried instead, and Python's packages are installed where requirements.txt names them. */
async function overPython(tree: SourceTree, service: Service, python: Carried): Promise<Recipe> {
  const { recipe, path, runtime } = service;
  const nodeImage = recipe.buildImage ?? `docker.io/library/node:${runtime?.version ?? "24"}-slim`;
  const node = { runtime: "node", version: "", from: "", where: "", image: nodeImage } as const;
  const moved = withParts({ ...recipe, buildImage: python.image, runImage: python.image }, [node]);
  const file = joinPath(path, "requirements.txt") ?? "requirements.txt";
  if (recipe.context !== path || recipe.workdir !== "." || !(await tree.has(file))) return moved;
  const packages = `${folder}/python`;
  const install = `pip install --target ${packages} -r requirements.txt`;
  return {
    ...moved,
    install: recipe.install === null ? install : `${recipe.install} && ${install}`,
    manifests: recipe.manifests.length === 0 ? [] : [...recipe.manifests, "requirements.txt"],
    caches: [...recipe.caches, { id: "pip", target: "/root/.cache/pip" }],
    runEnv: { ...moved.runEnv, PYTHONPATH: packages },
  };
}

function withParts(recipe: Recipe, carried: readonly Carried[]): Recipe {
  const borrows = carried.flatMap(({ runtime, image }) =>
    runtime === "python" ? [] : parts[runtime].map(([from, to]) => ({ image, from, to: `${folder}/${to}` })),
  );
  const path = carried.map(({ runtime }) => `${folder}/${bins[runtime]}`);
  const withPath = (env: Recipe["runEnv"]): Recipe["runEnv"] => ({
    ...env,
    PATH: [env["PATH"] ?? systemPath, ...path].join(":"),
  });
  const npm = ["npm", "npx"].map((name) => `ln -sf ../lib/node_modules/npm/bin/${name}-cli.js ${folder}/bin/${name}`);
  const node = carried.some(({ runtime }) => runtime === "node");
  const headers = recipe.buildEnv["npm_config_nodedir"] === undefined || !node ? {} : { npm_config_nodedir: folder };
  return {
    ...recipe,
    borrows: [...recipe.borrows, ...borrows].slice(0, 8),
    tools: [...(node ? [npm.join(" && ")] : []), ...recipe.tools].slice(0, 8),
    buildEnv: { ...withPath(recipe.buildEnv), ...headers },
    runEnv: withPath(recipe.runEnv),
    artifacts: recipe.artifacts.some(({ from }) => from === folder)
      ? recipe.artifacts
      : [{ from: folder, to: folder }, ...recipe.artifacts],
  };
}
