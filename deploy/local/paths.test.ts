import { expect, it } from "vitest";
import { localPaths } from "./paths.ts";

it("a home of one's own shares nothing with the usual one but the cache", () => {
  const usual = localPaths({ HOME: "/home/ann" });
  const own = localPaths({ HOME: "/home/ann", REPO_RUNNER_HOME: "/srv/other" });
  const { cache, ...rest } = own;
  expect(cache).toBe(usual.cache);
  for (const folder of Object.values(rest)) expect(Object.values(usual)).not.toContain(folder);
});
