import type { Service } from "../../../plan.ts";
import { joined, lookAt, type Seen } from "../app-roots.ts";
import type { Language, Wishes } from "../language.ts";
import type { SourceTree } from "../source-tree.ts";
import { isServedFiles } from "../static/caddy.ts";
import { isPageServer } from "./back-ends.ts";

const frontNames = /^(?:front-?end|front|client|web|web-?app|web-?client|web-?ui|ui)\/$/i;
const backNames = /^(?:server|back-?end|back|api|api-?server)\/$/i;

/**
 * The other half of an app whose one half lies in the root: the page in `client/` of a server, the server in `backend/` of a page. Nothing where
 * the root's own build makes the page, or where a Dockerfile says what belongs together.
 */
export async function findBeside(
  languages: readonly Language[],
  tree: SourceTree,
  atRoot: Seen,
  wishes: Wishes,
): Promise<readonly Seen[]> {
  const { services } = atRoot.detection;
  const [first] = services;
  const places = new Set(services.map(({ path }) => path));
  if (first?.kind !== "Web" || first.recipe.dockerfile !== undefined || atRoot.detection.sure === "Told") return [];
  if (places.size !== 1 || !places.has(atRoot.path)) return [];
  const names = isFront(first) ? backNames : frontNames;
  const found: Seen[] = [];
  for (const name of (await tree.list(atRoot.path)).filter((one) => names.test(one))) {
    const folder = joined(atRoot.path, name);
    const seen = await lookAt(languages, tree, folder, { ...wishes, service: undefined });
    const [other] = seen?.detection.services ?? [];
    if (seen === undefined || other?.kind !== "Web" || seen.detection.sure === "Likely") continue;
    if (isFront(other) === isFront(first)) continue;
    if (isFront(other) && first.recipe.build?.includes(`(cd ${name.slice(0, -1)} && `) === true) continue;
    if (isFront(other) && (await isBuiltBy(tree, atRoot.path, name.slice(0, -1)))) continue;
    found.push(seen);
  }
  return found;
}

function isFront(service: Service): boolean {
  return isServedFiles(service) || isPageServer(service);
}

/** Files of a root's build, and what in them makes the page in a folder. */
const builds: readonly (readonly [file: string, word: RegExp])[] = [
  ["pom.xml", /frontend-maven-plugin|<executable>(?:npm|yarn|pnpm)/],
  ["build.gradle", /node-gradle|NpmTask|npmCommand|["']npm["']/],
  ["build.gradle.kts", /node-gradle|NpmTask|npmCommand|["']npm["']/],
  ["mix.exs", /npm|esbuild|vite/],
];

async function isBuiltBy(tree: SourceTree, root: string, folder: string): Promise<boolean> {
  for (const [file, word] of builds) {
    const text = (await tree.read(joined(root, file))) ?? "";
    if (text.includes(folder) && word.test(text)) return true;
  }
  const go = (await tree.list(joined(root, folder))).filter((name) => name.endsWith(".go"));
  const texts = await Promise.all(go.map(async (name) => await tree.read(joined(root, `${folder}/${name}`))));
  if (texts.some((text) => /^\/\/go:embed /m.test(text ?? ""))) return true;
  const scripts = buildScripts((await tree.read(joined(root, "package.json"))) ?? "");
  const words = scripts.flatMap((script) => script.split(/[\s/"'=;&|]+/));
  return words.includes(folder);
}

function buildScripts(text: string): readonly string[] {
  const names = "build(?::[\\w-]{1,40})?|heroku-postbuild|postinstall|prestart|start";
  return [...text.matchAll(new RegExp(`"(?:${names})"\\s{0,4}:\\s{0,4}"((?:[^"\\\\\\n]|\\\\.){0,1000})"`, "g"))].map(([, script = ""]) => script);
} // prettier-ignore
