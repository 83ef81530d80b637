import { expect, it } from "vitest";
import type { Detection } from "../language.ts";
import { detectIn, noWishes } from "../language.contract.ts";
import { go } from "./go.ts";

type Files = Readonly<Record<string, string>>;

const server = 'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe(":8080", nil) }\n';
const worker = 'package main\n\nimport "time"\n\nfunc main() {\n\tfor {\n\t\ttime.Sleep(1)\n\t}\n}\n';
const mod = (name: string): string => `module example.org/${name}\n\ngo 1.26\n`;

async function detect(files: Files, path = ".", env = {}): Promise<Detection | undefined> {
  return await detectIn(go, files, path, { ...noWishes, env });
}

function shown(detection: Detection | undefined): readonly (readonly string[])[] {
  return (detection?.services ?? []).map(({ name, kind, recipe }) => [
    name,
    kind,
    recipe.build?.split(" ").at(-1) ?? "",
  ]);
}

it("runs every command of a module that serves or goes on, and none that people call", async () => {
  const files = {
    "go.mod": mod("shop"),
    "cmd/api/main.go": server,
    "cmd/mailer/main.go": worker,
    "cmd/mock-api/main.go": server,
    "cmd/shopctl/main.go": 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("x") }\n',
  };
  const detection = await detect(files);
  expect(shown(detection)).toEqual([
    ["api", "Web", "./cmd/api"],
    ["mailer", "Worker", "./cmd/mailer"],
  ]);
  expect(detection?.warnings?.join()).toContain("there are also cmd/mock-api");
});

it("takes a program in the module's own folder for what the module is for", async () => {
  const files = { "go.mod": mod("shop"), "main.go": server, "cmd/other/main.go": server };
  expect(shown(await detect(files))).toEqual([["web", "Web", "."]]);
});

const workspace: Files = {
  "go.work": "go 1.26\n\nuse (\n\t./api\n\t./ticker\n\t./lib\n)\n",
  "api/go.mod": `${mod("api")}\nrequire example.org/lib v0.0.0\n`,
  "api/main.go": server,
  "api/templates/page.html": "",
  "ticker/go.mod": mod("ticker"),
  "ticker/main.go": worker,
  "lib/go.mod": mod("lib"),
  "lib/lib.go": "package lib\n",
};

it("runs each member of a workspace in its own folder, built where go.work is", async () => {
  const detection = await detect(workspace);
  expect(detection?.services.map(({ name, path, recipe }) => [name, path, recipe.context, recipe.workdir])).toEqual([
    ["api", "api", ".", "api"],
    ["ticker", "ticker", ".", "ticker"],
  ]);
  // go.work lists what there is: a mode of one module would refuse it.
  expect(detection?.services[0]?.recipe).toMatchObject({ install: null, build: expect.not.stringContaining("-mod") });
  expect(detection?.services[0]?.recipe.artifacts).toContainEqual({ from: "/app/api/templates", to: "/app/api/templates" });
}); // prettier-ignore

it("builds a member that is asked for alone with the workspace above it", async () => {
  const detection = await detect(workspace, "api");
  expect(detection?.services[0]).toMatchObject({ name: "api", path: "api", recipe: { context: ".", workdir: "api" } });
});

it.each([
  [{ GO_BIN: "ticker" }, ["Worker"]],
  [{ RAILPACK_GO_WORKSPACE_MODULE: "api" }, ["Web"]],
])("runs the one that %j names", async (env, wanted) => {
  const services = (await detect(workspace, ".", env))?.services ?? [];
  expect(services.map(({ kind }) => kind)).toEqual(wanted);
});

it("runs what a Procfile starts, alone", async () => {
  const files = { "go.mod": mod("shop"), "cmd/api/main.go": server, "cmd/mailer/main.go": worker, Procfile: "web: bin/api\n" };
  expect((await detect(files))?.services.map(({ kind }) => kind)).toEqual(["Web"]);
}); // prettier-ignore
