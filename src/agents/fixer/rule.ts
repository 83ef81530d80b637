import type { Action } from "../../fix.ts";
import type { Blame, Failure, Layer } from "../../failure.ts";
import type { Plan, Service } from "../../plan.ts";
import type { Evidence, Stage } from "./evidence.ts";

/** A change of the plan. The rest of a `Fix` (time, precondition) is added by FixerAgent. */
export interface Proposal {
  readonly action: Action;
  /** For people: `web listened on 127.0.0.1:3000 only; HOST=0.0.0.0 set`. */
  readonly summary: string;
}

/** Nothing in a plan can mend it: whose turn it is, and what to do. */
export interface Verdict {
  readonly end: {
    readonly reason: string;
    readonly message: string;
    readonly hint: string;
    readonly blame: Failure["blame"];
  };
}

export type Answer = Proposal | Verdict;

/** What a rule was found in. */
export interface Found {
  readonly evidence: Evidence;
  readonly service: Service;
  readonly plan: Plan;
  /** The line that gave it away; the failure's message for a rule that only asks for reasons. */
  readonly line: string;
  /** Named groups of the expression that fitted. */
  readonly groups: Readonly<Record<string, string | undefined>>;
}

/**
 * One thing that is known to go wrong, and its remedies. Pure: it never runs anything, and takes no name from a log: packages, commands and
 * variables come from its own tables or from the plan.
 */
export interface Rule {
  /** Its number in the catalogue, unique: `N02`. */
  readonly id: string;
  /** CamelCase name of what was seen: `LockOutOfStep`; the reason of its Event and the signature in status. */
  readonly signature: string;
  readonly layer: Layer;
  /** What is done about it, for people: `install by the manifest`. */
  readonly remedy: string;
  /** Where the knowledge comes from, shown by `explain`; by default the row of the catalogue. */
  readonly origin?: string;
  readonly stage?: Stage;
  /** Languages, runtimes or package managers that it is about; any, where left out. */
  readonly of?: readonly string[];
  /** Reasons of failures that it is about; any, where left out. */
  readonly reasons?: readonly string[];
  /** Any of these fits a line. Left out: the reason alone says it. */
  readonly seen?: readonly RegExp[];
  /** Lines that are passed over. */
  readonly besides?: RegExp;
  /** None of these fits any line. */
  readonly unless?: readonly RegExp[];
  /** Remedies, best first; each is tried once. An empty answer stays silent. */
  answers(found: Found): readonly Answer[];
}

/** A remedy. */
export function act(action: Action, summary: string): Proposal {
  return { action, summary };
}

/** An end. `blame` says whose turn it is: the repository's (default), the person's who runs it, or the platform's. */
export function end(reason: string, message: string, hint: string, blame: Blame = "Repo"): Verdict {
  return { end: { reason, message, hint, blame } };
}

/** Where the knowledge of a rule comes from. */
export function originOf({ id, origin }: Pick<Rule, "id" | "origin">): string {
  return origin ?? `catalogue ${id}`;
}

/** What managers say besides and install in spite of: it explains no failure. */
const aside = /^\s{0,8}npm (?:warn|WARN|notice)\b/;

/** How many lines of one failure a rule is asked about. */
const mostFinds = 24;

/** The lines in which a rule is found, first ones first, with what its expressions named; none where it is not about this failure. */
export function findsOf(rule: Rule, evidence: Evidence, service: Service, plan: Plan): readonly Found[] {
  const { failure, stage, lines } = evidence;
  if (rule.stage !== undefined && rule.stage !== stage) return [];
  if (rule.reasons !== undefined && !rule.reasons.includes(failure.reason)) return [];
  if (rule.of !== undefined && !isOf(rule.of, service)) return [];
  if (rule.unless?.some((each) => lines.some((line) => each.test(line))) === true) return [];
  const about = { evidence, service, plan };
  const { seen, besides } = rule;
  if (seen === undefined) return [{ ...about, line: failure.message, groups: {} }];
  const told = lines.filter((line) => !aside.test(line) && besides?.test(line) !== true);
  const finds = told.flatMap((line) =>
    seen.flatMap((expression) => {
      const match = expression.exec(line);
      return match ? [{ ...about, line, groups: match.groups ?? {} }] : [];
    }),
  );
  return finds.slice(0, mostFinds);
}

function isOf(names: readonly string[], { language, runtime, manager, framework }: Service): boolean {
  return [language, runtime?.name, manager?.name, framework].some(
    (each) => typeof each === "string" && names.includes(each),
  );
}
