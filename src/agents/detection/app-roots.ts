import type { Detection, Language, Wishes } from "./language.ts";
import { normalPath, type SourceTree } from "./source-tree.ts";
import { isAside } from "./source-tree.ts";

/** What the surest language found in one folder. */
export interface Seen {
  readonly language: string;
  readonly path: string;
  readonly detection: Detection;
  /** An example, a test, a document: not what the repository is for. */
  readonly aside: boolean;
}

const maxDepth = 3;
const maxFolders = 300;
const rank = { Told: 2, Certain: 1, Likely: 0 } as const;

/** Folders of examples, tests, documents and tools. */
const asideNames =
  /^(?:tests?|__tests__|spec|e2e|examples?|samples?|demos?|(?:[a-z]{1,12}-)?docs?(?:-site)?|documentation|fixtures?|benchmarks?|bench|scripts?|tools?|hack|ci|deploy|website|\..*)\/$/i;

/** A folder that may be one of ours: names that a Dockerfile, an image or a shell could read otherwise are left alone. */
export function isPlainFolder(path: string): boolean {
  return path === "." || (/^[\w@+][\w@+./ -]*$/.test(path) && normalPath(path) === path);
}

/** One folder below another; "." is the root. */
export function joined(folder: string, path: string): string {
  return normalPath(`${folder}/${path}`) || ".";
}

/** Every language looks; one that found something to run wins over one that knows why there is nothing, then the surest, then the first. */
export async function lookAt(
  languages: readonly Language[],
  tree: SourceTree,
  path: string,
  wishes: Wishes,
): Promise<Seen | undefined> {
  const found: Seen[] = [];
  for (const language of languages) {
    const detection = await language.detect(tree, path, wishes);
    if (detection) found.push({ language: language.name, path, detection, aside: false });
  }
  const [best, ...others] = found.toSorted((one, other) => weight(other.detection) - weight(one.detection));
  const doubts = others.flatMap(({ detection: { doubt } }) => (doubt === undefined ? [] : [doubt]));
  if (best === undefined || doubts.length === 0 || best.detection.services.length === 0) return best;
  const passedOver = doubts.map((doubt) => `${doubt}: built as ${best.language} instead`.slice(0, 256));
  return { ...best, detection: { ...best.detection, warnings: [...passedOver, ...(best.detection.warnings ?? [])] } };
}

function weight({ services, sure }: Detection): number {
  return (services.length > 0 ? 10 : 0) + rank[sure];
}

/** App roots below a folder, surest first, then nearest. A folder that runs hides what lies in it. */
export async function findBelow(
  languages: readonly Language[],
  tree: SourceTree,
  root: string,
  wishes: Wishes,
): Promise<readonly Seen[]> {
  const found: Seen[] = [];
  let level: readonly { readonly path: string; readonly aside: boolean }[] = [{ path: root, aside: false }];
  let looked = 0;
  for (let depth = 0; depth < maxDepth; depth += 1) {
    const next: { path: string; aside: boolean }[] = [];
    for (const folder of level) {
      for (const name of await tree.list(folder.path)) {
        const path = joined(folder.path, name);
        if (!name.endsWith("/") || isAside(name) || !isPlainFolder(path) || looked >= maxFolders) continue;
        looked += 1;
        const aside = folder.aside || asideNames.test(name);
        const seen = await lookAt(languages, tree, path, wishes);
        if (seen && seen.detection.services.length > 0) found.push({ ...seen, aside });
        else next.push({ path, aside });
      }
    }
    level = next;
  }
  return found.toSorted(
    (one, other) => Number(one.aside) - Number(other.aside) || weight(other.detection) - weight(one.detection),
  );
}

const endNames = /^(?<end>complete|completed|final|finished|solution)(?:-(?<language>\w+))?$/;
const beginningNames = /^(?:initial|start|starter|begin|exercise)(?:-\w+)?$/;

/**
 * A lesson's folder from which one starts writing is no app beside the one that holds the end: `initial` and `complete` of Spring's guides. Nor is the end
 * in a second language: `complete-kotlin` beside `complete`.
 */
export function withoutBeginnings(found: readonly Seen[]): readonly Seen[] {
  const nameOf = ({ path }: Seen): string => path.slice(path.lastIndexOf("/") + 1);
  const aboveOf = ({ path }: Seen): string => path.slice(0, path.lastIndexOf("/") + 1);
  const ends = found.filter((seen) => endNames.test(nameOf(seen)));
  const isEnd = (seen: Seen, name?: string): boolean =>
    ends.some((end) => aboveOf(end) === aboveOf(seen) && (name === undefined || nameOf(end) === name));
  return found.filter((seen) => {
    const { end, language } = endNames.exec(nameOf(seen))?.groups ?? {};
    if (end !== undefined) return language === undefined || !isEnd(seen, end);
    return !(beginningNames.test(nameOf(seen)) && isEnd(seen));
  });
}
