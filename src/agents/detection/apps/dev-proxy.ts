import { joinPath } from "../../config/service-files.ts";
import { readJson5 } from "../json5.ts";
import type { SourceTree } from "../source-tree.ts";

/** What a front end's server for writing code hands on to a back end: the same has to happen where it runs. */
export interface Proxied {
  /** Path that the browser asks for: `/api`. */
  readonly prefix: string;
  /** The prefix is taken away before it is handed on. */
  readonly strip: boolean;
  /** Where it leads on the machine of whoever writes the code. */
  readonly host?: string;
  readonly port?: number;
  /** The file that says so. */
  readonly where: string;
}

const endings = ["js", "ts", "mjs", "mts", "cjs", "cts"];
/** Files that hold `proxy: {"/api": …}`. */
const configs = ["vite.config", "rsbuild.config", "rspack.config", "webpack.config", "webpack.dev", "vue.config"];
const angular = ["proxy.conf.json", "proxy.conf.js", "src/proxy.conf.json", "src/proxy.conf.js", "proxy.config.json"];
const maxText = 65_536;
const maxRoutes = 8;

/** Everything that the settings of a front end's folder proxy, the first word on a path kept; what leads to other people's hosts is left out. */
export async function devProxies(tree: SourceTree, folder: string): Promise<readonly Proxied[]> {
  const read = async (name: string): Promise<string | undefined> =>
    (await tree.read(joinPath(folder, name) ?? name))?.slice(0, maxText);
  const found: Proxied[] = [];
  for (const name of configs.flatMap((config) => endings.map((ending) => `${config}.${ending}`))) {
    const block = blockAfter(withoutComments((await read(name)) ?? ""), /\bproxy\s{0,4}:\s{0,4}(?=\{)/);
    if (block !== undefined) found.push(...entriesOf(block, `${folder === "." ? "" : `${folder}/`}${name}`));
  }
  for (const name of angular) {
    const text = withoutComments((await read(name)) ?? "");
    const block = blockAfter(text, name.endsWith(".json") ? /^\s*(?=\{)/ : /(?:=|\bdefault)\s{0,4}(?=\{)/);
    if (block !== undefined) found.push(...entriesOf(block, joinPath(folder, name) ?? name));
  }
  for (const name of ["src/setupProxy.js", "src/setupProxy.ts"]) {
    found.push(...middlewares(withoutComments((await read(name)) ?? ""), joinPath(folder, name) ?? name));
  }
  for (const name of endings.map((ending) => `next.config.${ending}`)) {
    found.push(...rewrites(withoutComments((await read(name)) ?? ""), joinPath(folder, name) ?? name));
  }
  const unique = found.filter(({ prefix }, index) => found.findIndex((one) => one.prefix === prefix) === index);
  return unique.slice(0, maxRoutes);
}

/** Create React App's `"proxy": "http://localhost:5000"`: whatever its pages ask of their own origin, and no file answers. */
export async function packageProxy(tree: SourceTree, folder: string): Promise<Omit<Proxied, "prefix" | "strip"> | undefined> {
  const where = joinPath(folder, "package.json") ?? "package.json";
  const json = readJson5((await tree.read(where)) ?? "");
  if (typeof json !== "object" || json === null || !("proxy" in json) || typeof json.proxy !== "string") return undefined;
  const target = targetIn(`"${json.proxy.slice(0, 200)}"`);
  return target === "Foreign" ? undefined : { ...target, where };
} // prettier-ignore

const address = /["'`](?:https?|wss?):\/\/([\w.-]{1,100})(?::(\d{2,5}))?/;

/** Where a text leads to: nothing where it does not say, `Foreign` where that is somebody else's host. */
function targetIn(text: string): Pick<Proxied, "host" | "port"> | "Foreign" {
  const [, host, port] = address.exec(text) ?? [];
  if (host === undefined) return {};
  if (!isNear(host)) return "Foreign";
  return { host, ...(port === undefined ? {} : { port: Number(port) }) };
}

/** True for a developer's own machine, and for a name that only a compose file's network has. */
export function isNear(host: string): boolean {
  return /^(?:localhost|127\.0\.0\.1|0\.0\.0\.0|host\.docker\.internal|[a-z][\w-]{0,62})$/i.test(host);
}

/** `"/api": "http://…"` and `"/api": {target: …, rewrite: …}`, one for each path. */
function entriesOf(block: string, where: string): readonly Proxied[] {
  const keys = [...block.matchAll(/["'`](\^?\/[^"'`\n]{1,100})["'`]\s{0,4}:/g)].filter(({ index }) => depthAt(block, index) === 1);
  return keys.flatMap((key, at) => {
    const prefix = prefixOf(key[1] ?? "");
    const value = block.slice(key.index + key[0].length, keys[at + 1]?.index);
    return prefix === undefined ? [] : routeOf(prefix, value, where);
  });
} // prettier-ignore

/** `createProxyMiddleware("/api", {…})`, and `app.use("/api", createProxyMiddleware({…}))`. */
function middlewares(text: string, where: string): readonly Proxied[] {
  const calls = [...text.matchAll(/\b(?:createProxyMiddleware|proxy|app\.use)\s{0,4}\(\s{0,40}\[?\s{0,10}["'`](\/[^"'`\n]{1,100})["'`]/g)];
  return calls.flatMap((call, at) => {
    const prefix = prefixOf(call[1] ?? "");
    return prefix === undefined ? [] : routeOf(prefix, text.slice(call.index, calls[at + 1]?.index), where);
  });
} // prettier-ignore

function routeOf(prefix: string, value: string, where: string): readonly Proxied[] {
  const target = targetIn(value);
  if (target === "Foreign") return [];
  // `rewrite: (path) => path.replace(/^\/api/, "")`, `pathRewrite: {"^/api": ""}`.
  const strip =
    /\brewrite\b[^]{0,80}\.replace(?:All)?\([^,]{1,80},\s{0,4}["'`]\/?["'`]\s{0,4}\)/.test(value) ||
    /\bpathRewrite\b["']?\s{0,4}:\s{0,4}\{[^}]{0,120}:\s{0,4}["'`]\/?["'`]/.test(value);
  return [{ prefix, strip, ...target, where }];
}

/** `{source: "/api/:path*", destination: "http://localhost:8000/:path*"}`; one that asks the environment is told by it, and handed on by Next itself. */
function rewrites(text: string, where: string): readonly Proxied[] {
  const pairs = text.matchAll(
    /\bsource\s{0,4}:\s{0,4}["'`](\/[^"'`\n]{1,100})["'`]\s{0,4},\s{0,40}destination\s{0,4}:\s{0,4}((?:["'`][^"'\n]{1,200})|[^,}\n]{1,200})/g,
  );
  return [...pairs].flatMap(([, source = "", destination = ""]) => {
    const prefix = prefixOf(source);
    const known = address.test(destination);
    if (prefix === undefined || (!known && (/^["'`]\//.test(destination) || /process\.env/.test(text)))) return [];
    const target = targetIn(known ? destination : text);
    if (target === "Foreign" || target.host === undefined) return [];
    return [{ prefix, strip: !destination.includes(`${prefix}/`), ...target, where }];
  });
}

/** `/api/:path*`, `^/api/.*` and `/api/**` are `/api`. Undefined for what no route can say: everything, or a pattern. */
function prefixOf(text: string): string | undefined {
  const bare = text
    .replace(/^\^/, "")
    .replace(/(?:\/?(?::\w{1,40}[*+?]?|\(\.\*\)|\.\*|\*{1,2}))?\$?$/, "")
    .replace(/\/+$/, "");
  return /^(?:\/[\w.-]{1,64}){1,6}$/.test(bare) ? bare : undefined;
}

/** The braces that open where a pattern ends, with all that they hold; undefined where there are none. */
function blockAfter(text: string, pattern: RegExp): string | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const start = match.index + match[0].length;
  let depth = 0;
  for (let at = start; at < Math.min(text.length, start + 8192); at += 1) {
    if (text[at] === "{") depth += 1;
    if (text[at] === "}" && --depth === 0) return text.slice(start, at + 1);
  }
  return undefined;
}

function depthAt(text: string, end: number): number {
  let depth = 0;
  for (let at = 0; at < end; at += 1) depth += text[at] === "{" ? 1 : text[at] === "}" ? -1 : 0;
  return depth;
}

function withoutComments(text: string): string {
  return text.replaceAll(/^[ \t]*\/\/.*$/gm, "").replaceAll(/\/\*[^]*?\*\//g, "");
}
