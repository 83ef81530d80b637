import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, it } from "vitest";
import { expectationOf } from "./support/expectation.ts";
import { holds, runToEnd } from "./support/run-case.ts";
import { repos, tenant, world, type World } from "./support/world.ts";

const tier = process.env["REPO_RUNNER_E2E"] === "all" ? "all" : "core";
const cases = readdirSync(repos)
  .map((name) => ({ name, expectation: expectationOf(join(repos, name)) }))
  .filter(({ expectation }) => tier === "all" || expectation.tier === "core");

let at: World;
const namespace = "repo-runner-e2e";

beforeAll(async () => {
  at = await world();
  await tenant(at.kube, namespace);
});

// Two at a time: what a two-core machine builds side by side without one starving the other.
describe("sample repositories", () => {
  it.concurrent.each(cases)("$name", { timeout: 600_000 }, async ({ name, expectation }) => {
    const one = { name, namespace, url: at.git.url(name), expectation };
    const status = await runToEnd(at.kube, one);
    await holds(one, status);
    // A small node has room for a few at a time; a failed one stays, to be looked at.
    await at.kube.remove("RepoRun", namespace, name);
  });
});
