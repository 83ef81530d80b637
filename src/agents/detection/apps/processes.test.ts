import { expect, it } from "vitest";
import { draftPlan } from "../../survey.ts";
import { anyPlatform } from "../language.contract.ts";
import { treeOf } from "../literal-tree.ts";

it("runs every process of a Procfile from one recipe, and release as a step", async () => {
  const spec = { source: { git: { url: "https://git.example.org/shop.git" } } };
  const files = {
    "package.json": JSON.stringify({ scripts: { start: "node server.js" } }),
    "server.js": "require('http').createServer(f).listen(process.env.PORT)",
    "worker.js": "setInterval(f, 1000)",
    Procfile:
      "web: node server.js\nworker: node worker.js\nclock: node clock.js\nrelease: node migrate.js\nconsole: node\n",
  };
  const plan = await draftPlan(treeOf(files), { spec, platform: anyPlatform, name: "shop" });
  if (plan.state !== "done") throw new Error(JSON.stringify(plan));
  const [web, worker, clock] = plan.value.services;
  expect(plan.value.services.map(({ name, kind, start }) => [name, kind, start])).toEqual([
    ["web", "Web", "node server.js"],
    ["worker", "Worker", "node worker.js"],
    ["clock", "Worker", "node clock.js"],
  ]);
  expect(web?.releaseSteps).toMatchObject([{ name: "Migrate", line: "node migrate.js" }]);
  expect(worker?.releaseSteps).toEqual([]);
  expect([worker?.recipe, clock?.recipe]).toEqual([web?.recipe, web?.recipe]);
});
