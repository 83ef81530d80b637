import { expect, it } from "vitest";
import { Service } from "../../../plan.ts";
import { detectIn, holdsLanguageContract, noWishes } from "../language.contract.ts";
import type { Wishes } from "../language.ts";
import { deno } from "./deno.ts";

const server = "Deno.serve({ port: 8080 }, () => new Response('hello'));\n";

holdsLanguageContract(deno, { "deno.json": "{}", "main.ts": server });

async function service(files: Readonly<Record<string, string>>, wishes: Wishes = noWishes): Promise<Service> {
  return Service.parse((await detectIn(deno, files, ".", wishes))?.services[0]);
}

it("runs the program by its usual name, with what it fetches among the sources", async () => {
  const found = await service({ "deno.jsonc": '{\n  // ours\n  "tasks": {},\n}\n', "main.ts": server });
  expect(found).toMatchObject({
    kind: "Web",
    runtime: { version: "2", from: "default" },
    start: "deno run --allow-all main.ts",
    recipe: {
      build: "deno cache main.ts",
      runImage: "docker.io/library/debian:trixie-slim",
      runEnv: { DENO_DIR: "/app/.deno" },
    },
  });
  expect(found.recipe.tools[0]).toContain(" deno@2 ");
});

it("takes the task that starts, and builds before", async () => {
  const tasks = { start: "deno serve -A --port $PORT _fresh/server.js", build: "deno run -A dev.ts build" };
  const found = await service({ "deno.json": JSON.stringify({ tasks }), "main.ts": server });
  expect(found.start).toBe(tasks.start);
  expect(found.port.readsPort).toBe(true);
  expect(found.recipe.build).toBe("deno task build");
});

it.each(["deno run -A --watch=static/ main.ts", "deno run -A dev.ts", "deno start main.ts"])(
  "leaves a task that is for development or no command: %s",
  async (start) => {
    const found = await service({ "deno.json": JSON.stringify({ tasks: { start } }), "main.ts": server, "dev.ts": "" });
    expect(found.start).toBe("deno run --allow-all main.ts");
  },
);

it("serves what only exports a handler", async () => {
  const found = await service({
    "deno.json": "{}",
    "server.ts": "export default { fetch: () => new Response('x') };\n",
  });
  expect(found.start).toBe("deno serve --allow-all --host 0.0.0.0 --port $PORT server.ts");
  const hono = 'import { Hono } from "jsr:@hono/hono";\nconst app = new Hono();\nexport default app;\n';
  expect(await service({ "deno.json": "{}", "main.ts": hono })).toMatchObject({
    framework: "hono",
    start: "deno serve --allow-all --host 0.0.0.0 --port $PORT main.ts",
  });
});

it.each([
  ["Worker", "setInterval(() => {}, 1000);\n"],
  ["Job", 'console.log("done"); // Deno.serve(\n'],
  ["Web", 'import { start } from "./lib/http.ts";\nstart();\n'],
])("tells a %s by its code and what that imports", async (kind, main) => {
  expect((await service({ "deno.json": "{}", "main.ts": main, "lib/http.ts": server })).kind).toBe(kind);
});

it("knows a program of Deno without settings, and leaves Node's alone", async () => {
  const remote =
    'import { serve } from "https://deno.land/std@0.140.0/http/server.ts";\nserve(() => new Response(""));\n';
  expect((await service({ "src/index.ts": remote })).start).toBe("deno run --allow-all src/index.ts");
  expect(await detectIn(deno, { "index.ts": "console.log(1);\n" })).toBeUndefined();
  const node = { "package.json": '{"scripts":{"start":"node x.js"}}', "deno.json": '{"fmt":{}}', "main.ts": "" };
  expect(await detectIn(deno, node)).toBeUndefined();
});

it("says that a package is a library", async () => {
  const files = { "deno.json": '{"name":"@a/b","exports":"./mod.ts"}', "mod.ts": "export const a = 1;\n" };
  expect(await detectIn(deno, files)).toMatchObject({ services: [], notAService: "a package for Deno (deno.json)" });
});

it("takes the Deno that a file names", async () => {
  const files = { "deno.json": "{}", "main.ts": server, ".deno-version": "2.2.2\n" };
  expect((await service(files)).recipe.tools[0]).toContain(" deno@2.2.2 ");
});
