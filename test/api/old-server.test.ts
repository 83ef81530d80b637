import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiServer, startApiServer, until } from "./apiserver.ts";
import { createRun, installOpenCrd, readRun, startController, valueOf } from "./toy.ts";

let api: ApiServer;

beforeAll(async () => {
  api = await startApiServer({ flags: ["--feature-gates=WatchList=false"] });
  await installOpenCrd(api);
});
afterAll(async () => {
  await api.stop();
});

describe("a server without watch-list", () => {
  it("is served by pages and a watch", async () => {
    await createRun(api, "there");
    const controller = startController(api);
    await controller.leading;
    await createRun(api, "later");
    for (const name of ["there", "later"]) {
      await until(async () => (await readRun(api, name)).status?.conditions?.[0]?.reason === "Working", 20_000, name);
    }
    const text = await controller.metrics();
    expect(valueOf(text, 'repo_runner_watch_relists_total{kind="RepoRun",reason="unsupported"}')).toBe(1);
    await controller.stop();
  });
});
