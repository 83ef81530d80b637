import { expect, it } from "vitest";
import { parse } from "yaml";
import { applyFix } from "../../agents/fixer/apply/apply-fix.ts";
import { samplePlan } from "../../agents/fixer/sample-service.ts";
import { treeOf } from "../../agents/detection/literal-tree.ts";
import { anyPlatform } from "../../agents/detection/language.contract.ts";
import { draftPlan } from "../../agents/survey.ts";
import { Action, type Fix } from "../../fix.ts";
import type { Plan } from "../../plan.ts";
import { renderPatch, withoutUs } from "./patch.ts";

function fixOf(action: Action): Fix {
  return {
    service: "web",
    layer: "Deps",
    signature: "S",
    rule: "R",
    by: "Rule",
    action,
    summary: "",
    appliesTo: "",
    at: "",
  };
}

const files = {
  "package.json": '{"scripts":{"start":"node a.js"},"dependencies":{"express":"5"},"engines":{"node":"22"}}',
  "package-lock.json": "{}",
  "a.js": "require('express')().listen(3000)",
};
const spec = { source: { git: { url: "https://localhost/a.git" } } };

async function planOf(tree: Readonly<Record<string, string>>): Promise<Plan> {
  const outcome = await draftPlan(treeOf(tree), { spec, platform: anyPlatform, name: "web" });
  if (outcome.state !== "done") throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

it.each<[string, Action]>([
  ["SetRuntime", { kind: "SetRuntime", version: "20" }],
  ["SetInstallMode", { kind: "SetInstallMode", mode: "Unfrozen" }],
  ["WithoutLock", { kind: "SetInstallMode", mode: "WithoutLock" }],
  ["SetEnv", { kind: "SetEnv", name: "HOST", value: "0.0.0.0", phase: "Run" }],
])("what is printed for %s is read back from repo-runner.yaml as the mended plan", async (_, action) => {
  const draft = await planOf(files);
  const fix = { ...fixOf(action), service: draft.services[0]?.name ?? "" };
  const mended = applyFix(draft, fix);
  const again = await planOf({ ...files, "repo-runner.yaml": renderPatch(mended, [fix]).join("\n") });
  const [before, after] = [mended.services[0], again.services[0]];
  expect(after?.recipe.install).toBe(before?.recipe.install);
  expect(after?.recipe.build ?? "").toBe(before?.recipe.build ?? "");
  expect(after?.runtime?.version).toBe(before?.runtime?.version);
  expect(after?.start).toBe(before?.start);
  const value = (plan: Plan) => plan.services[0]?.env.find(({ name }) => name === "HOST")?.value;
  expect(value(again)).toBe(value(mended));
});

it("names every service of a repository of several, each in its folder", async () => {
  const tree = Object.fromEntries(
    ["api", "web"].flatMap((folder) => Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text])),
  );
  const draft = await planOf(tree);
  const fix = { ...fixOf({ kind: "SetRuntime", version: "20" }), service: "api" };
  const mended = applyFix(draft, fix);
  const again = await planOf({ ...tree, "repo-runner.yaml": renderPatch(mended, [fix]).join("\n") });
  const versions = (plan: Plan) => plan.services.map(({ name, path, runtime }) => [name, path, runtime?.version]);
  expect(versions(again)).toEqual(versions(mended));
});

it("has words for every kind of action", () => {
  const kinds = Action.options.map(({ shape }) => shape.kind.value);
  const sample: Readonly<Record<string, unknown>> = {
    version: "20",
    variant: "Full",
    stage: "Build",
    packages: ["libpq5"],
    mode: "Unfrozen",
    dependencies: ["werkzeug<3"],
    flag: "CgoOn",
    context: ".",
    name: "A",
    value: "b",
    phase: "Run",
    why: "it says so",
    start: "node b.js",
    port: 3000,
    startupSeconds: 60,
    megabytes: 512,
    path: "/data",
    of: "db",
    alias: "postgres",
    engine: "Redis",
    option: "NoTls",
    to: "Job",
  };
  const more: Readonly<Record<string, unknown>> = {
    SkipStep: { step: "Tests" },
    AddBuildStep: { step: "PrismaGenerate" },
    AddMigration: { tool: "Prisma" },
  };
  for (const kind of kinds) {
    const action = Action.parse({ ...sample, ...(more[kind] as object | undefined), kind });
    expect(withoutUs(action).length, kind).toBeGreaterThan(4);
  }
});

it("prints YAML that nothing of a summary or an argument can break out of", () => {
  const evil = fixOf({ kind: "SetEnv", name: "A", value: "x\nservices: []\n# y", phase: "Run" });
  const text = renderPatch(applyFix(samplePlan(), evil), [evil]).join("\n");
  const document = parse(text) as { services: { env: unknown }[] };
  expect(document.services[0]?.env).toEqual([{ name: "A", value: "x\nservices: []\n# y" }]);
});
