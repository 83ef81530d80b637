import { joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";
import { devProxies, isNear, packageProxy } from "./dev-proxy.ts";

/** One thing that a page asks a back end for. */
export interface Asked {
  /** Path that the browser asks for; undefined where a variable brings an address without one. */
  readonly prefix?: string;
  readonly where: string;
  /** Set where a variable of the build brings the address. */
  readonly variable?: string;
  /** Whether the back end does not know the prefix; undefined where only its code can tell. */
  readonly strip?: boolean;
  /** Where it leads on a developer's machine. */
  readonly host?: string;
  readonly port?: number;
}

/** A developer's own address, written down in a page's code. */
export interface Fixed {
  /** `http://localhost:5000`. */
  readonly address: string;
  readonly port: number;
  readonly where: string;
}

/** What a front end's code and settings ask for. */
export interface Asks {
  readonly proxied: readonly Asked[];
  readonly variables: readonly Asked[];
  readonly calls: readonly Asked[];
  readonly fixed: readonly Fixed[];
}

interface Text {
  readonly path: string;
  readonly text: string;
}

const publicVariable =
  /(?:\benv\.|[{,]\s{0,10})((?:VITE|REACT_APP|NEXT_PUBLIC|PUBLIC|VUE_APP|NUXT_PUBLIC|NG_APP|EXPO_PUBLIC|GATSBY)_[A-Z0-9_]{0,40}(?:API|BACKEND|SERVER)[A-Z0-9_]{0,40})\b(?:\s{0,3}(?:\|\||\?\?)\s{0,20}["'`]([^"'`\n]{0,200})["'`])?/g;
/** Keys and versions of an API, no address. */
const noAddress = /(?:KEY|TOKEN|SECRET|VERSION|TIMEOUT|MODE|ID|ENABLED|PASSWORD|USER|NAME|COMPONENTS?|PORT)$/;
const call =
  /(?:\bfetch|\baxios(?:\.\w{1,10})?|\b(?:api|http|client|\$http)\.(?:get|post|put|patch|delete)(?:<[^<>()]{0,60}>)?|\bEventSource|\bbaseU(?:RL|rl)\s*[:=]|\bAPI\w{0,20}\s*=|\$fetch|\buseFetch)\s*\(?\s*["'`](\/[a-z][\w-]{0,40})(?=[/"'`?$])/gi;
const fixed = /["'`]((?:https?|wss?):\/\/(?:localhost|127\.0\.0\.1):(\d{2,5}))(?=[/"'`$?])/g;
const environmentFiles = [
  ".env.example",
  ".env.sample",
  ".env.development",
  ".env",
  ".env.production",
  ".env.local.example",
  "env.example",
];
const maxFiles = 300;

/** Reads what a page's code, its environment files and its server for writing code say of back ends. `folder`: of the front end; what lies in `others` is not its own. */
export async function asksOf(tree: SourceTree, folder: string, others: readonly string[]): Promise<Asks> {
  const texts = await readFront(tree, folder, others);
  const values = await exampleValues(tree, folder);
  const proxied = await devProxies(tree, folder);
  const whole = await packageProxy(tree, folder);
  const variables = new Map<string, Asked>();
  const calls = new Map<string, Asked>();
  const addresses = new Map<string, Fixed>();
  for (const { path, text } of texts) {
    for (const [, name = "", fallback] of text.matchAll(publicVariable)) {
      if (variables.has(name) || noAddress.test(name)) continue;
      const asked = variableAsk(name, fallback ?? values.get(name), path);
      if (asked !== undefined) variables.set(name, asked);
    }
    for (const [, prefix = ""] of text.matchAll(call)) {
      if (!calls.has(prefix)) calls.set(prefix, whole === undefined ? { prefix, where: path } : { ...whole, prefix, strip: false });
    }
    if (/["'`]socket\.io-client["'`]/.test(text) && !calls.has("/socket.io")) calls.set("/socket.io", { prefix: "/socket.io", where: path, strip: false });
    for (const match of withoutVariables(text).matchAll(fixed)) {
      const [, address = "", port] = match;
      if (!addresses.has(address)) addresses.set(address, { address, port: Number(port), where: path });
    }
  }
  const answered = [...calls.values()].filter(({ prefix = "" }) => !proxied.some((one) => isBelow(prefix, one.prefix)));
  return { proxied, variables: [...variables.values()], calls: answered, fixed: [...addresses.values()].slice(0, 4) };
} // prettier-ignore

/** What stands behind a variable as its default is no address of the page itself. */
function withoutVariables(text: string): string {
  return text.replaceAll(publicVariable, "");
}

/** Undefined where the variable leads to other people's hosts. */
function variableAsk(variable: string, value: string | undefined, where: string): Asked | undefined {
  const text = value ?? "";
  const match = /^(?:https?:\/\/([\w.-]{1,100})(?::(\d{2,5}))?)?((?:\/[\w.-]{1,64}){0,6})\/?$/.exec(text);
  if (match === null) return text === "" || text.includes("$") ? { where, variable } : undefined;
  const [, host, port, path = ""] = match;
  if (host !== undefined && !isNear(host)) return undefined;
  return {
    where,
    variable,
    ...(path === "" ? {} : { prefix: path }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}

/** Values of a front end's environment files, those for writing code too: they show where an address leads. */
async function exampleValues(tree: SourceTree, folder: string): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  for (const name of environmentFiles) {
    const text = ((await tree.read(joinPath(folder, name) ?? name)) ?? "").slice(0, 65_536);
    for (const [, key = "", value = ""] of text.matchAll(/^(?:export[ \t]{1,4})?([A-Z][A-Z0-9_]{0,80})[ \t]{0,4}=[ \t]{0,4}["']?([^"'\s#]{0,200})/gm)) {
      if (value !== "" && !values.has(key)) values.set(key, value);
    }
  }
  return values;
} // prettier-ignore

async function readFront(tree: SourceTree, folder: string, others: readonly string[]): Promise<readonly Text[]> {
  const prefix = folder === "." ? "" : `${folder}/`;
  const paths = (await tree.files(folder)).filter((path) => /\.(?:[cm]?[jt]sx?|vue|svelte|html|astro)$/.test(path));
  const strangers = others.filter((other) => other !== folder && other.startsWith(prefix));
  const kept = paths
    .filter((path) => !strangers.some((other) => isBelow(path, other)))
    .filter((path) => !/(?:^|\/)(?:tests?|__tests__|dist|build)\/|\.(?:test|spec|config|conf|min)\.|\/setupProxy\./.test(path.slice(prefix.length)))
    .slice(0, maxFiles);
  return await Promise.all(kept.map(async (path) => ({ path, text: ((await tree.read(path)) ?? "").slice(0, 131_072) })));
} // prettier-ignore

/** True for a path that is another one, or lies below it. */
export function isBelow(path: string, above: string): boolean {
  return path === above || path.startsWith(`${above}/`);
}
