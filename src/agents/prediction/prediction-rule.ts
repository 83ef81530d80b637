import type { Action } from "../../fix.ts";
import type { Plan, Service } from "../../plan.ts";
import { readCodes, serviceCodePaths } from "../config/service-files.ts";
import { startedFiles } from "../config/started-files.ts";
import type { CodeLanguage, CodeText } from "../config/code-text.ts";
import type { SourceTree } from "../detection/source-tree.ts";
import type { Answer } from "../fixer/rule.ts";

/** What a rule looks at: one service of a draft, and the tree that it was drafted from. */
export interface Scene {
  readonly tree: SourceTree;
  readonly service: Service;
  readonly plan: Plan;
}

/** What would go wrong, and the change of the draft that keeps it from doing so. */
export interface Foreseen {
  readonly action: Action;
  /** For people, without the service's name: `app.py imports distutils, which left Python with 3.12`. */
  readonly because: string;
  /** `path` or `path:line`. */
  readonly where?: string;
  /** The FixerAgent's rule that would mend it, where it is another one than the rule says. */
  readonly forestalls?: string;
}

/**
 * One thing that is known to go wrong and can be read off a repository before anything is built. It speaks only where it is sure: what it sees
 * fails in every build, or what it adds does no harm where it would not have. Pure; names of packages come from tables, as for the FixerAgent.
 */
export interface PredictionRule {
  /** Unique: `V02`. */
  readonly id: string;
  /** The FixerAgent's rule that would mend the failure: `P02`. Signature and layer are that rule's. */
  readonly forestalls: string;
  /** What is seen in the tree, for people: `code that imports what this Python no longer has`. */
  readonly sees: string;
  /** Where the knowledge comes from, where it is not the forestalled rule's row of the catalogue. */
  readonly origin?: string;
  /** Languages, runtimes or managers that it is about. */
  readonly of: readonly string[];
  /** True where it is about images of a repository's own Dockerfile; the others never see these. */
  readonly dockerfile?: boolean;
  foresee(scene: Scene): Promise<readonly Foreseen[]>;
}

/** What a remedy of the FixerAgent's tables comes to. `forestalls`: the rule that knows it, where it is another one than this rule says. */
export function foreseen(
  answers: readonly Answer[],
  because: string,
  where?: string,
  forestalls?: string,
): readonly Foreseen[] {
  const rest = { ...(where === undefined ? {} : { where }), ...(forestalls === undefined ? {} : { forestalls }) };
  return answers.flatMap((answer) => ("action" in answer ? [{ action: answer.action, because, ...rest }] : []));
}

/** Whether a rule is about a service. */
export function isAbout(rule: PredictionRule, { language, runtime, manager, recipe }: Service): boolean {
  if (recipe.image !== undefined || (recipe.dockerfile !== undefined) !== (rule.dockerfile === true)) return false;
  return [language, runtime?.name, manager?.name].some((each) => each !== undefined && rule.of.includes(each));
}

/** Code files of a service that run as soon as it is started. */
export async function startedCode(
  { tree, service }: Scene,
  languages: readonly CodeLanguage[],
): Promise<readonly CodeText[]> {
  const sources = await readCodes(tree, (await serviceCodePaths(tree, service.path, languages)).slice(0, 200));
  const started = startedFiles(service, sources);
  return sources.filter(({ path }) => started.has(path));
}

/** A file of the service's folder. */
export function pathIn({ path }: Pick<Service, "path">, name: string): string {
  return path === "." ? name : `${path}/${name}`;
}
