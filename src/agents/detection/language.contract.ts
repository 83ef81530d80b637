import { expect, it } from "vitest";
import { Plan } from "../../plan.ts";
import type { Detection, Language, Platform, Wishes } from "./language.ts";
import { treeOf } from "./literal-tree.ts";

/** A platform as a laptop sees it: any official image, and a fixed day. */
export const anyPlatform: Platform = {
  baseImages: "Any",
  listed: {},
  now: new Date("2026-11-22T12:00:00Z"),
  commitDate: undefined,
};

/** Nobody said anything. */
export const noWishes: Wishes = { service: undefined, env: {}, platform: anyPlatform };

/** What a language says about files that are written down in a test. */
export async function detectIn(
  language: Language,
  files: Readonly<Record<string, string>>,
  path = ".",
  wishes: Wishes = noWishes,
): Promise<Detection | undefined> {
  return await language.detect(treeOf(files), path, wishes);
}

/** What holds for each language, whatever it looks for. `files` is the smallest repository that it recognizes. */
export function holdsLanguageContract(language: Language, files: Readonly<Record<string, string>>): void {
  it(`${language.name} is silent on an empty tree`, async () => {
    expect(await detectIn(language, {})).toBeUndefined();
  });

  it(`${language.name} is silent on what is nobody's`, async () => {
    const strange = { "README.md": "# hello\n", "data/\u0007odd name.bin": "x", LICENSE: "none\n" };
    expect(await detectIn(language, strange)).toBeUndefined();
  });

  it(`${language.name} finds its own and says why`, async () => {
    const detection = await detectIn(language, files);
    expect(detection?.services.length).toBeGreaterThan(0);
    for (const service of detection?.services ?? []) {
      expect(service.language).not.toBe("");
      expect(service.why.length).toBeGreaterThan(0);
      expect(service.why.every(({ because }) => because.trim() !== "")).toBe(true);
    }
  });

  it(`${language.name} makes services that a plan accepts`, async () => {
    const services = (await detectIn(language, files))?.services ?? [];
    expect(Plan.safeParse({ version: 1, services, summary: "" }).error).toBeUndefined();
  });

  it(`${language.name} finds the same in a folder below, and gives the folder's path`, async () => {
    const below = Object.fromEntries(Object.entries(files).map(([path, text]) => [`parts/one/${path}`, text]));
    const detection = await detectIn(language, below, "parts/one");
    expect(detection?.services.map(({ path }) => path)).toContain("parts/one");
  });

  it(`${language.name} says the same twice`, async () => {
    expect(await detectIn(language, files)).toEqual(await detectIn(language, files));
  });
}
