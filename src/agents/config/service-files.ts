import type { SourceTree } from "../detection/source-tree.ts";
import type { CodeLanguage, CodeText } from "./code-text.ts";
import { codeLanguageOf, readCode } from "./code-text.ts";

/** Bounds of what is read of one service: a repository is hostile, and a person waits for the plan. */
const maxFiles = 400;
const maxBytes = 262_144;

/** Folders whose code never runs in the service itself. */
const asideFolders =
  /(?:^|\/)(?:tests?|__tests__|specs?|e2e|testing|testdata|test-utils|docs?|examples?|samples?|scripts?|tools?|benchmarks?|benches|bench|fixtures?|mocks?|__mocks__|stories|cypress|playwright|node_modules|vendor|dist|build|out|coverage|target|\.[^/]+|[^/]+\.egg-info|site-packages)\//;

/** Files that only a developer's tools read. */
const asideFiles =
  /(?:^|\/)(?:test_[^/]*\.py|[^/]*_tests?\.(?:py|go)|tests\.py|conftest\.py|setup\.py|noxfile\.py|fabfile\.py|[^/]*\.(?:test|spec|stories|cy|bench|min|d)\.[cm]?[jt]sx?|[^/]*\.d\.[cm]?ts|(?:jest|vitest|playwright|cypress|webpack|rollup|eslint|prettier|karma|babel|tailwind|postcss|drizzle|commitlint|lint-staged)(?:\.[\w-]+)*\.[cm]?[jt]s|[Gg]ulpfile\.js|Gruntfile\.js)$/;

/** Manifests that make a folder below another service's concern. */
const manifests = ["package.json", "pyproject.toml", "requirements.txt", "Pipfile", "go.mod"];

/** True for a path (relative to the service's folder) that is part of what runs: not tests, documents, examples, scripts, tools. */
export function isServiceCode(relativePath: string): boolean {
  return !asideFolders.test(relativePath) && !asideFiles.test(relativePath);
}

/** Paths of the code files of a service in one language, nearest to its folder first; at most 400. */
export async function serviceCodePaths(
  tree: SourceTree,
  folder: string,
  languages: readonly CodeLanguage[],
): Promise<readonly string[]> {
  const prefix = folder === "." ? "" : `${folder}/`;
  const files = (await tree.files(folder)).filter((path) => path.startsWith(prefix));
  const strangers = strangerFolders(files, prefix);
  return files
    .filter((path) => {
      const language = codeLanguageOf(path);
      const below = path.slice(prefix.length);
      return (
        language !== undefined &&
        languages.includes(language) &&
        isServiceCode(below) &&
        !strangers.some((stranger) => path.startsWith(stranger))
      );
    })
    .toSorted((one, other) => depth(one) - depth(other) || (one < other ? -1 : 1))
    .slice(0, maxFiles);
}

/** Reads code files, each up to 256 KB, what cannot be read left out. */
export async function readCodes(tree: SourceTree, paths: readonly string[]): Promise<readonly CodeText[]> {
  const texts = await Promise.all(
    paths.slice(0, maxFiles).map(async (path) => {
      const text = await tree.read(path);
      return text === undefined || text.length > maxBytes ? undefined : readCode(path, text);
    }),
  );
  return texts.filter((source) => source !== undefined);
}

/** A path with `.` and `..` worked out; undefined when it leaves the tree. */
export function joinPath(...parts: readonly string[]): string | undefined {
  const out: string[] = [];
  for (const part of parts.join("/").split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") {
      if (out.pop() === undefined) return undefined;
    } else out.push(part);
  }
  return out.length === 0 ? "." : out.join("/");
}

/** Folder of a path; "." at the root. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? "." : path.slice(0, slash);
}

/** Folders of other services below this one: they bring their own manifest. What a workspace shares (`packages/`, `libs/`) is none. */
function strangerFolders(files: readonly string[], prefix: string): readonly string[] {
  return files.flatMap((path) => {
    const below = path.slice(prefix.length);
    const slash = below.lastIndexOf("/");
    if (slash === -1 || !manifests.includes(below.slice(slash + 1))) return [];
    if (/^(?:packages|libs?|shared|internal|pkg)\//.test(below)) return [];
    return [`${prefix}${below.slice(0, slash)}/`];
  });
}

function depth(path: string): number {
  return path.split("/").length;
}
