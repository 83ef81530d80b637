import { expect, it } from "vitest";
import { treeOf } from "../literal-tree.ts";
import { factsOf } from "./image-facts.ts";
import { readDockerfile } from "./instructions.ts";
import { buildAtStart, rootlessOf } from "./server-needs.ts";

async function startupOf(command: string): Promise<number | undefined> {
  const facts = factsOf(readDockerfile(`FROM a\nCMD ${command}\n`));
  if (facts === undefined) throw new Error("no stage");
  return (await buildAtStart(treeOf({}), ".", facts))?.probe.startupSeconds;
}

it.each([
  '["cargo", "run", "--offline"]',
  "go run ./cmd/api",
  '["ng","serve","--host","0.0.0.0"]',
  "./mvnw spring-boot:run",
  '["air", "-c", ".air.toml"]',
  "/go/bin/CompileDaemon --command=./app",
])("sees the build in %s", async (command) => {
  expect(await startupOf(command)).toBe(1200);
});

it.each([
  '["node", "serve.js"]',
  "./cargo-runner",
  '["/app"]',
  "python manage.py runserver",
  "go-run",
  "airflow standalone",
])("sees none in %s", async (command) => {
  expect(await startupOf(command)).toBeUndefined();
});

it("knows nginx by its name alone", () => {
  expect(rootlessOf("docker.io/library/nginx:1.27-alpine").rootless).toEqual(["/var/cache/nginx", "/run"]);
  expect(rootlessOf("example.org/nginx-proxy-manager:1")).toEqual({});
});
