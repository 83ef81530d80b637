import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, it } from "vitest";

const root = import.meta.dirname;

/** Who may import whom. The words (files right under src) import no folder; main.ts and operator.ts, which hands the reconcilers to the controller, import everyone. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  words: ["words"],
  agents: ["agents", "words"],
  reconcilers: ["reconcilers", "agents", "words"],
  controller: ["controller", "agents", "words"],
  store: ["store", "words"],
  api: ["api", "store", "controller", "agents", "words"],
  jobs: ["jobs", "agents", "words"],
  cli: ["cli", "controller", "jobs", "agents", "words", "local"],
  main: ["cli", "api", "controller", "reconcilers", "jobs", "agents", "words", "main"],
};

const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

function layerOf(file: string): string {
  if (file.startsWith("../deploy/local")) return "local";
  const [first, ...rest] = file.split("/");
  if (rest.length > 0) return first ?? "";
  return file === "main.ts" || file === "operator.ts" ? "main" : "words";
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"(?<path>\.[^"]+)"/g)].map((match) =>
    relative(root, join(root, dirname(file), match.groups?.["path"] ?? "")),
  );
}

it.each(files.filter((file) => !file.endsWith(".test.ts")))("%s keeps to its layer", (file) => {
  const strays = importsOf(file).filter((target) => !allowed[layerOf(file)]?.includes(layerOf(target)));
  expect(strays).toEqual([]);
});

it.each(files)("%s is at most 300 lines long", (file) => {
  expect(readFileSync(join(root, file), "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(300);
});

it("a planted violation is seen", () => {
  expect(allowed["agents"]?.includes(layerOf("controller/queue.ts"))).toBe(false);
});
