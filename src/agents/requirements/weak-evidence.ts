import { readJson5 } from "../detection/json5.ts";
import { plainText } from "../detection/plain-text.ts";
import type { SourceTree } from "../detection/source-tree.ts";

/** What a file that was not written for us gives away about the version of a runtime. */
export interface WeakWord {
  /** A version (`20`, `3.12`) or several of them (`18 || 20 || 22`): any of them was tried by somebody. */
  readonly said: string;
  /** For people: `CI, test.yml`. */
  readonly from: string;
  readonly where: string;
}

/** Names by which one runtime is called in the files of others. */
export interface RuntimeNames {
  /** `node` for `node-version:` in a workflow and `NODE_VERSION`. */
  readonly key: string;
  /** Repositories of container images: `node`, `javascript-node`. */
  readonly images: readonly string[];
  /** App Engine's word: `nodejs20`. */
  readonly engine: RegExp;
}

export const nodeNames: RuntimeNames = {
  key: "node",
  images: ["node", "javascript-node", "typescript-node"],
  engine: /^runtime:[ \t]*nodejs(?<major>\d\d)$/m,
};

export const pythonNames: RuntimeNames = {
  key: "python",
  images: ["python"],
  engine: /^runtime:[ \t]*python(?<major>\d)(?<minor>\d\d?)$/m,
};

const version = /^\d{1,3}(?:\.(?:\d{1,3}|x))*$/;

/** Words of CI workflows, development containers and other hosts' settings, the surest first; none of them binds. */
export async function weakWords(tree: SourceTree, names: RuntimeNames): Promise<readonly WeakWord[]> {
  const found: WeakWord[] = [];
  const workflows = (await tree.list(".github/workflows")).filter((name) => /\.ya?ml$/.test(name)).slice(0, 8);
  for (const name of workflows) {
    const where = `.github/workflows/${name}`;
    const said = fromWorkflow(await tree.read(where), names.key);
    if (said !== undefined) found.push(word(said, `CI, ${name}`, where));
  }
  for (const where of [".gitlab-ci.yml", ".circleci/config.yml"]) {
    const said = fromImage(await tree.read(where), names, /^[ \t]*-?[ \t]*image:[ \t]*["']?/);
    if (said !== undefined) found.push(word(said, `CI, ${where}`, where));
  }
  for (const where of [".devcontainer/devcontainer.json", ".devcontainer.json"]) {
    const said = fromDevcontainer(await tree.read(where), names);
    if (said !== undefined) found.push(word(said, where, where));
  }
  const netlify = new RegExp(`^[ \\t]*${names.key.toUpperCase()}_VERSION[ \\t]*=[ \\t]*["']v?([\\d.]{1,16})["']`, "m");
  const told = netlify.exec((await tree.read("netlify.toml")) ?? "")?.[1];
  if (told !== undefined && version.test(told)) found.push(word(told, "netlify.toml", "netlify.toml"));
  const engine = names.engine.exec((await tree.read("app.yaml")) ?? "")?.groups;
  if (engine !== undefined) {
    const said = [engine["major"], engine["minor"]].filter((part) => part !== undefined).join(".");
    found.push(word(said, "app.yaml", "app.yaml"));
  }
  return found;
}

function word(said: string, from: string, where: string): WeakWord {
  return { said, from: plainText(from, 120), where: plainText(where) };
}

/** `node-version: 20`, or all of a matrix: `node-version: [18.x, 20.x]`. */
function fromWorkflow(text: string | undefined, key: string): string | undefined {
  const line = new RegExp(
    `^[ \\t]*-?[ \\t]*${key}(?:-version)?:[ \\t]*(\\[[^\\]\\n]{1,200}\\]|["']?[\\d.x]{1,12}["']?)[ \\t]*(?:#.*)?$`,
    "m",
  );
  const said = line.exec(text ?? "")?.[1] ?? "";
  const versions = said
    .split(/[[\],\s"']+/)
    .filter((part) => version.test(part))
    .slice(0, 8);
  return versions.length === 0 ? undefined : versions.join(" || ");
}

function fromImage(text: string | undefined, names: RuntimeNames, before: RegExp): string | undefined {
  const image = new RegExp(
    `${before.source}(?:[\\w.-]{1,80}/){0,3}(?:${names.images.join("|")}):(?:\\d+-)?v?(\\d{1,3}(?:\\.\\d{1,3}){0,2})`,
    "m",
  );
  return image.exec(text ?? "")?.[1];
}

function fromDevcontainer(text: string | undefined, names: RuntimeNames): string | undefined {
  const value = text === undefined ? undefined : readJson5(text);
  if (value === null || typeof value !== "object") return undefined;
  const image: unknown = "image" in value ? value.image : undefined;
  const said = typeof image === "string" ? fromImage(image.slice(0, 300), names, /^/) : undefined;
  if (said !== undefined) return said;
  const features: unknown = "features" in value ? value.features : undefined;
  if (features === null || typeof features !== "object") return undefined;
  for (const [name, options] of Object.entries(features).slice(0, 40)) {
    if (!new RegExp(`/${names.key}(?::|$)`).test(name)) continue;
    const told: unknown = (options as { version?: unknown } | null)?.version;
    if (typeof told === "string" && version.test(told)) return told;
  }
  return undefined;
}
