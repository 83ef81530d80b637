import type { Action } from "../../fix.ts";
import { act, type Answer, type Found } from "./rule.ts";

/** The other ways to start it that code found, surest first. */
export function otherStarts({ service }: Found, because: string): readonly Answer[] {
  return service.otherStarts
    .filter(({ line }) => line !== service.start)
    .slice(0, 3)
    .map(({ line, from }) =>
      act(
        { kind: "SetStart", start: line },
        `${service.name}: ${because}; started by ${line.slice(0, 80)} (${from.slice(0, 60)}) instead`,
      ),
    );
}

/** Lines of the runtime that fit, the nearest to the present one first, where there are images of them. */
export function otherRuntimes(
  { service }: Found,
  because: string,
  fits: (version: string) => boolean,
  nearest: "Older" | "Newer",
): readonly Answer[] {
  const { runtime } = service;
  if (runtime?.others === undefined) return [];
  const lines = runtime.others.filter((line) => line !== runtime.version && fits(line)).toSorted(compareVersions);
  const sorted = nearest === "Older" ? lines.toReversed() : lines;
  return sorted
    .slice(0, 2)
    .map((version) =>
      act(
        { kind: "SetRuntime", version },
        `${service.name}: ${because}; ${runtime.name} ${version} instead of ${runtime.version}`,
      ),
    );
}

/** Older lines than the present one, of those that fit. */
export function olderRuntimes(
  found: Found,
  because: string,
  fits: (line: string) => boolean = () => true,
): readonly Answer[] {
  const now = found.service.runtime?.version ?? "0";
  return otherRuntimes(found, because, (line) => compareVersions(line, now) < 0 && fits(line), "Older");
}

/** Newer lines than the present one, from `least` on where it is known, of those that fit. */
export function newerRuntimes(
  found: Found,
  because: string,
  least?: string,
  fits: (line: string) => boolean = () => true,
): readonly Answer[] {
  const now = found.service.runtime?.version ?? "0";
  const from = least ?? "0";
  return otherRuntimes(
    found,
    because,
    (line) => compareVersions(line, now) > 0 && compareVersions(line, from) >= 0 && fits(line),
    "Newer",
  );
}

/** `3.9` is before `3.10`; parts that one does not have are equal. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [one, other].map((version) => version.split(".").map(Number));
  for (let index = 0; index < Math.min(a?.length ?? 0, b?.length ?? 0); index += 1) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** One change, said in one sentence that begins with the service's name. */
export function mend({ service }: Found, action: Action, because: string): readonly Answer[] {
  return [act(action, `${service.name}: ${because}`)];
}
