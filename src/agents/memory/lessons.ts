import { digestOf, shortHash } from "../../digest.ts";
import { Action, type Fix } from "../../fix.ts";
import { fingerprint } from "../../fix-replay.ts";
import type { LessonPlace, LessonRecord } from "../../lesson.ts";
import type { Service } from "../../plan.ts";
import type { RepoRunSpec } from "../../repo-run.ts";
import type { Written } from "../cluster.ts";
import type { ManifestExcerpt } from "../manifest-excerpts.ts";

/** How long a lesson is believed after it has last helped. */
const believedMs = 90 * 24 * 3600 * 1000;
const mostPlaces = 16;
const mostRecorded = 32;

/** What a run has shown of one fix. */
export interface Verdict {
  /** Of this run and revision, and of no other. */
  readonly key: string;
  readonly won: boolean;
  readonly place: LessonPlace;
}

/** A lesson whose change is one of the closed set. */
export interface Known {
  readonly name: string;
  readonly action: Action;
  readonly spec: Written["FixLesson"]["spec"];
  readonly record: LessonRecord | undefined;
}

/** Of a failure in a program of this language: the same trouble has the same one in every repository. */
export function fingerprintOf(language: string, print: string): string {
  return digestOf(["lesson", 1, language, print]);
}

/** Name of the lesson that this failure is mended by this action. */
export function lessonName(fingerprint: string, action: Action): string {
  return `lesson-${shortHash([fingerprint, action], 12)}`;
}

/** A service as a draft has it, with the beginnings of its repository's manifests. */
export interface Surrounding {
  readonly service: Service | undefined;
  readonly excerpts?: readonly ManifestExcerpt[] | undefined;
}

/** Which repository it is, and whose, by what its address says: a different owner is an unrelated repository. */
export function placeOf(
  spec: RepoRunSpec,
  fix: Pick<Fix, "service" | "appliesTo">,
  around: Surrounding = { service: undefined },
): LessonPlace {
  const { git, oci, path } = spec.source;
  const address = (git?.url ?? oci?.url ?? "")
    .replace(/^(?:\w+:\/\/)?(?:[^@/]*@)?/, "")
    .replace(/(?:\.git)?\/?$/, "")
    .replace(":", "/")
    .toLowerCase();
  const [host = "", owner = ""] = address.split("/");
  return {
    repository: shortHash([address, path ?? "."], 12),
    owner: shortHash([host, owner], 12),
    service: fix.service,
    appliesTo: fix.appliesTo,
    ...kindOf(around),
  };
}

/** Manifests of fewer lines are alike by chance: an empty requirements.txt, one that says Flask. */
const tellingLines = 8;

/** What it is made of, where that is known. */
function kindOf({ service, excerpts = [] }: Surrounding): Pick<LessonPlace, "manifest" | "stack"> {
  if (service === undefined) return {};
  const { language, framework, manager, runtime, path } = service;
  const own = excerpts.filter((each) => (/^(.*)\/[^/]+$/.exec(each.path)?.[1] ?? ".") === path);
  return {
    ...(own.reduce((sum, { lines }) => sum + lines.length, 0) < tellingLines ? {} : { manifest: shortHash(own, 12) }),
    ...(framework === null ? {} : { stack: shortHash([language, framework, manager?.name, runtime?.version], 12) }),
  };
}

/** Lower end of the 95 % interval of a share (Wilson 1927), in percent: few tries are worth little. */
export function confidence(wins: number, losses: number): number {
  const tries = wins + losses;
  if (tries === 0) return 0;
  const z = 1.96;
  const share = wins / tries;
  const middle = share + (z * z) / (2 * tries);
  const spread = z * Math.sqrt((share * (1 - share)) / tries + (z * z) / (4 * tries * tries));
  return Math.max(0, Math.floor((100 * (middle - spread)) / (1 + (z * z) / tries)));
}

/** What is known after one more verdict; undefined where it was counted before. */
export function learned(before: LessonRecord | undefined, verdict: Verdict, now: Date): LessonRecord | undefined {
  const { key, won, place } = verdict;
  if (before?.recorded.includes(key) === true) return undefined;
  const wins = (before?.wins ?? 0) + (won ? 1 : 0);
  const losses = (before?.losses ?? 0) + (won ? 0 : 1);
  const lossesInARow = won ? 0 : (before?.lossesInARow ?? 0) + 1;
  const others = (before?.places ?? []).filter(
    (each) => each.repository !== place.repository || each.service !== place.service,
  );
  const at = secondsOf(now);
  return {
    wins,
    losses,
    lossesInARow,
    confidence: confidence(wins, losses),
    state: lossesInARow >= 2 ? "Quarantined" : won || before?.state === "Trusted" ? "Trusted" : "Trial",
    places: won
      ? [...others, place].slice(-mostPlaces)
      : (before?.places ?? []).filter((each) => !isSamePlace(each, place)),
    recorded: [...(before?.recorded ?? []), key].slice(-mostRecorded),
    lastSeen: at,
    expires: won || before === undefined ? secondsOf(new Date(now.getTime() + believedMs)) : before.expires,
  };
}

/** Whether others than its namespace may learn it: three wins in repositories of two owners at least, by a change that names nothing of a repository. */
export function isForAll(action: Action, record: LessonRecord): boolean {
  const owners = new Set(record.places.map(({ owner }) => owner));
  return record.state === "Trusted" && record.wins >= 3 && owners.size >= 2 && !named.has(action.kind);
}

/** Changes whose arguments are of one repository: its lines, folders, names and values. */
const named: ReadonlySet<Action["kind"]> = new Set([
  "SetStart",
  "SetEnv",
  "SetBuildContext",
  "AddAlias",
  "AddWritablePath",
  "SetPort",
  "GenerateSecret",
  "RequireSecret",
]);

/** Whether a fix teaches anything: what only a person can give does not. */
export function teaches({ action }: Fix): boolean {
  return action.kind !== "RequireSecret";
}

/** The lessons that may be used, best first; those that have expired, are in quarantine, were switched off or are no action of ours are left out. */
export function usable(lessons: readonly Written["FixLesson"][], now: Date): readonly Known[] {
  return lessons
    .flatMap((lesson): Known[] => {
      const { name, spec, record } = lesson;
      if (spec.use === "Never") return [];
      const stands =
        record !== undefined && record.state !== "Quarantined" && Date.parse(record.expires) > now.getTime();
      if (spec.use !== "Always" && !stands) return [];
      const action = actionOf(spec.arguments);
      return action === undefined || action.kind !== spec.action ? [] : [{ name, action, spec, record }];
    })
    .toSorted((a, b) => rankOf(b) - rankOf(a));
}

/** Whether it goes before the rules: it has helped, and not failed since. */
export function isTrusted({ spec, record }: Known): boolean {
  return spec.use === "Always" || (record?.state === "Trusted" && record.lossesInARow === 0);
}

/** What a framework may ask of its surroundings; how a repository's own lock file is read is no such thing. */
const environmental: ReadonlySet<Action["kind"]> = new Set([
  "SetRuntime",
  "SetBaseVariant",
  "AddPackages",
  "SetMemory",
  "SetProbe",
]);

/** In how many repositories of one framework a change must have helped, and never failed, before the next starts with it. */
const provenStack = 3;

/**
 * What has mended this very repository before, or one with the same manifests, or three of the same framework, manager and runtime, while what it changes looks
 * as it did then. What names something of a repository stays with it.
 */
export function isOfPlace({ action, record }: Known, place: LessonPlace): boolean {
  const alike = (record?.places ?? []).filter(({ appliesTo }) => appliesTo === place.appliesTo);
  if (alike.some((each) => isSamePlace(each, place))) return true;
  if (record === undefined || record.lossesInARow > 0 || named.has(action.kind)) return false;
  if (place.manifest !== undefined && alike.some(({ manifest }) => manifest === place.manifest)) return true;
  if (!environmental.has(action.kind)) return false;
  const ofStack = alike.filter(({ stack }) => place.stack !== undefined && stack === place.stack);
  return record.losses === 0 && new Set(ofStack.map(({ repository }) => repository)).size >= provenStack;
}

/** A lesson as a fix of this service. */
export function fixFrom({ name, action, spec, record }: Known, service: Service, now: Date): Fix {
  const wins = record?.wins ?? 0;
  return {
    service: service.name,
    layer: spec.layer,
    signature: spec.signature,
    rule: spec.rule,
    by: "Memory",
    lesson: name,
    action,
    summary: `${spec.signature}: ${action.kind}, as in ${String(wins)} earlier ${wins === 1 ? "run" : "runs"}`,
    appliesTo: fingerprint(service, action),
    at: `${now.toISOString().slice(0, 19)}Z`,
  };
}

function isSamePlace(one: LessonPlace, other: LessonPlace): boolean {
  return one.repository === other.repository && one.service === other.service;
}

function rankOf({ spec, record }: Known): number {
  return (spec.use === "Always" ? 1000 : 0) + (record?.confidence ?? 0);
}

function actionOf(text: string): Action | undefined {
  try {
    return Action.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function secondsOf(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
