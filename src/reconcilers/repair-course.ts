import { Layer } from "../failure.ts";
import type { Attempt, Ending } from "../fix.ts";
import { rank } from "../maturity.ts";

/** How many fixes in a row may bring a plan no further before it is gone back on. */
const patience = 3;
/** The same, while each of them at least brings another error to light. */
const longPatience = 5;

/** How far a plan has come: how mature it was, then how high on the ladder of layers its failure stands. Greater than 0: `one` came further. */
export function compareEndings(one: Ending, other: Ending): number {
  return (
    rank(one.maturity) - rank(other.maturity) || Layer.options.indexOf(one.layer) - Layer.options.indexOf(other.layer)
  );
}

/** What came of a fix, by what was seen before and after it. */
export function outcomeOf(before: Ending, after: Ending): "Fixed" | "NoEffect" | "Regressed" {
  const further = compareEndings(after, before);
  if (further < 0) return "Regressed";
  return further === 0 && after.print === before.print ? "NoEffect" : "Fixed";
}

/**
 * The revision to go back to; undefined while the present way may lead on. A way is given up after three fixes in a row that brought it no
 * further, once an error comes that was there before; after five whatever comes.
 */
export function rollBackTo(attempts: readonly Attempt[], now: Ending): number | undefined {
  const way = presentWay(attempts);
  const [first, ...rest] = way;
  if (first === undefined) return undefined;
  let best = { revision: first.from, ending: first.saw };
  let since = 0;
  const later = [...rest.map(({ from, saw }) => ({ revision: from, ending: saw })), { revision: -1, ending: now }];
  for (const each of later) {
    if (compareEndings(each.ending, best.ending) > 0) {
      best = each;
      since = 0;
    } else since += 1;
  }
  const known = way.some(({ saw }) => saw.print === now.print);
  const over = since >= longPatience || (since >= patience && known);
  return over && best.revision > 0 ? best.revision : undefined;
}

/** The revision that has come furthest of those that failed; undefined where this is the first failure. */
export function bestOf(attempts: readonly Attempt[]): number | undefined {
  const [first, ...rest] = attempts;
  if (first === undefined) return undefined;
  return rest.reduce((best, each) => (compareEndings(each.saw, best.saw) > 0 ? each : best), first).from;
}

/** Fixes since the plan was last gone back on, or begun anew. */
function presentWay(attempts: readonly Attempt[]): readonly Attempt[] {
  const turn = attempts.findLastIndex(({ how }) => how !== "Fix");
  return attempts.slice(turn + 1);
}

/** Everything that was tried, for the end of the story: `N02 SetInstallMode: no effect`. */
export function triedIn(attempts: readonly Attempt[], now: Ending): string {
  return attempts
    .map((attempt, index) => {
      const after = attempts[index + 1]?.saw ?? now;
      switch (attempt.how) {
        case "Fix":
          return `${attempt.fix?.rule ?? ""} ${attempt.fix?.action.kind ?? ""}: ${words[outcomeOf(attempt.saw, after)]}`;
        case "RollBack":
          return `back to plan ${String(attempt.to ?? 0)}`;
        case "Restart":
          return "begun anew with the second-best plan";
      }
    })
    .join("; ");
}

const words = { Fixed: "came further or to another error", NoEffect: "no effect", Regressed: "made it worse" } as const;
