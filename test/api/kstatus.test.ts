import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { RepoRun } from "../../src/repo-run.ts";
import { judge } from "./judge.ts";

const argo = join(import.meta.dirname, "..", "..", "deploy", "argo-cd");

interface ArgoTest {
  readonly healthStatus: { readonly status: string; readonly message: string };
  readonly inputPath: string;
}

const { tests } = parse(readFileSync(join(argo, "health_test.yaml"), "utf8")) as { tests: readonly ArgoTest[] };

function sample(path: string): Record<string, unknown> {
  return parse(readFileSync(join(argo, path), "utf8")) as Record<string, unknown>;
}

// Building the judge takes a minute the first time.
beforeAll(async () => {
  await judge(["kstatus"], []);
}, 900_000);

it.each(tests)("Argo CD says $healthStatus.status of $inputPath", async ({ healthStatus, inputPath }) => {
  const [verdict] = await judge(["argo", join(argo, "health.lua")], [sample(inputPath)]);
  expect(verdict).toMatchObject(healthStatus);
});

it.each([
  ["building", "InProgress"],
  ["new-spec", "InProgress"],
  ["moving", "InProgress"],
  ["verified", "Current"],
  ["repo-defect", "Failed"],
  ["needs-secret", "Failed"],
  ["degraded", "InProgress"],
])("Flux says of %s: %s", async (name, status) => {
  const [verdict] = await judge(["kstatus"], [sample(`testdata/${name}.yaml`)]);
  expect(verdict?.status).toBe(status);
});

// The reason for a first write before any work: what nobody has looked at yet is green to a pipeline.
it("Flux takes a RepoRun without a status for done", async () => {
  expect((await judge(["kstatus"], [sample("testdata/new.yaml")]))[0]?.status).toBe("Current");
});

it.each(tests)("$inputPath is a RepoRun", ({ inputPath }) => {
  expect(RepoRun.safeParse(sample(inputPath)).error).toBeUndefined();
});
