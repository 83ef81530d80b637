import { expect, it } from "vitest";
import { Service } from "../../../plan.ts";
import { treeOf } from "../literal-tree.ts";
import { detectIn, holdsLanguageContract } from "../language.contract.ts";
import type { Platform } from "../language.ts";
import { go } from "./go.ts";
import { chooseGo } from "./go-line.ts";
import { parseGoMod } from "./module.ts";

const platform: Platform = { baseImages: "Any", listed: {}, now: new Date("2026-11-22"), commitDate: undefined };

async function detect(files: Readonly<Record<string, string>>, path = ".") {
  const detection = await go.detect(treeOf(files), path, { service: undefined, env: {}, platform });
  for (const service of detection?.services ?? []) Service.parse(service);
  return detection;
}

const mod = "module example.org/shop\n\ngo 1.25.1\n";
const server = 'package main\n\nimport "net/http"\n\nfunc main() {\n\thttp.ListenAndServe(":8080", nil)\n}\n';
holdsLanguageContract(go, { "go.mod": mod, "main.go": server });

const tool = 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("done")\n}\n';

it("builds a server at the root into a small image, with what it opens", async () => {
  const detection = await detect({
    "go.mod": mod,
    "main.go": server,
    "templates/index.html": "<p>",
    "internal/x.go": "package internal\n",
  });
  expect(detection?.services[0]).toMatchObject({
    kind: "Web",
    framework: "net/http",
    runtime: { name: "go", version: "1.26", from: "go.mod go 1.25.1 or newer" },
    start: "./app",
    recipe: {
      install: null,
      build: 'go build -trimpath -tags timetzdata -ldflags="-s -w" -o /out/app .',
      runImage: "docker.io/library/debian:trixie-slim",
      buildEnv: { CGO_ENABLED: "0" },
    },
  });
  expect(detection?.services[0]?.recipe.artifacts.map((artifact) => artifact.to)).toEqual([
    "/app/app",
    "/etc/ssl/certs/ca-certificates.crt",
    "/app/templates",
  ]);
});

it("prefers the command that serves, also when a package of the module does it for it", async () => {
  const detection = await detect({
    "go.mod": `${mod}require github.com/gin-gonic/gin v1.10.0\n`,
    "go.sum": "",
    "cmd/admin/main.go": tool,
    "cmd/shopd/main.go": 'package main\n\nimport "example.org/shop/internal/web"\n\nfunc main() { web.Start() }\n',
    "internal/web/web.go":
      'package web\n\nimport "github.com/gin-gonic/gin"\n\nfunc Start() {\n\tr := gin.Default()\n\tr.Run()\n}\n',
  });
  expect(detection?.services[0]).toMatchObject({
    kind: "Web",
    framework: "gin",
    port: { number: 8080, readsPort: true },
    recipe: { install: "go mod download", manifests: ["go.mod", "go.sum"] },
    manager: { lockFile: "go.sum", mode: "Frozen" },
  });
  expect(detection?.services[0]?.recipe.build).toMatch(/ \.\/cmd\/shopd$/);
});

it("gives the program a name that nothing has", async () => {
  const detection = await detect({ "go.mod": mod, "main.go": server, "app/app.go": "package app\n" });
  expect(detection?.services[0]?.start).toBe("./server");
});

it.each([
  ["Job", tool],
  ["Worker", 'package main\n\nimport "time"\n\nfunc main() {\n\tfor {\n\t\ttime.Sleep(1)\n\t}\n}\n'],
])("tells a %s", async (kind, main) => {
  expect((await detect({ "go.mod": mod, "main.go": main }))?.services[0]).toMatchObject({ kind, sure: "Likely" });
});

it("knows a library, and that tests and examples are no programs", async () => {
  const detection = await detect({
    "go.mod": mod,
    "shop.go": "package shop\n",
    "examples/x/main.go": server,
    "shop_test.go": "package main\n\nfunc main() {}\n",
  });
  expect(detection).toMatchObject({ services: [], notAService: "a Go library (no package main)" });
});

it("turns C on where a dependency is written in it", async () => {
  const detection = await detect({
    "go.mod": `${mod}require (\n\tgithub.com/mattn/go-sqlite3 v1.14.0 // indirect\n)\n`,
    "go.sum": "",
    "main.go": server,
  });
  expect(detection?.services[0]?.recipe).toMatchObject({
    buildEnv: { CGO_ENABLED: "1" },
    buildPackages: ["gcc", "libc6-dev"],
  });
});

it("widens the context when a replaced module lies outside", async () => {
  const detection = await detect(
    {
      "api/go.mod": `${mod}replace example.org/lib => ../lib\n`,
      "api/main.go": server,
      "lib/go.mod": "module example.org/lib\n",
    },
    "api",
  );
  expect(detection?.services[0]).toMatchObject({
    name: "api",
    recipe: { context: ".", workdir: "api", manifests: [] },
  });
});

it("finds the server among the members of a workspace", async () => {
  const detection = await detect({
    "go.work": "go 1.26\n\nuse (\n\t./lib\n\t./web\n)\n",
    "lib/go.mod": "module example.org/lib\n",
    "web/go.mod": "module example.org/web\n",
    "web/main.go": server,
  });
  expect(detection?.services[0]?.recipe.build).toMatch(/ \.\/web$/);
});

it("reads go.mod's shapes", () => {
  expect(
    parseGoMod(
      'module "example.org/a" // x\ngo 1.22\ntoolchain go1.26.2\nrequire a.b/c v1\nrequire (\n d.e/f v2 // indirect\n)\nreplace a.b/c v1 => ./c\n',
    ),
  ).toEqual({
    path: "example.org/a",
    go: "1.22",
    toolchain: "1.26.2",
    requires: ["a.b/c", "d.e/f"],
    localReplaces: ["./c"],
  });
});

it("takes a newer Go where the named line has no image, one that fetches it where all are older, and names the line when none will do", () => {
  const listed: Platform = { ...platform, baseImages: "Listed", listed: { golang: ["1", "1.26"] } };
  const minimum = { version: "1.27", from: "go.mod go 1.27", exact: false };
  expect(chooseGo([{ version: "1.24", from: ".go-version", exact: true }], listed)).toEqual({
    version: "1.26",
    from: ".go-version",
    warning: "go 1.24 (.go-version) has no image here; 1.26, which builds the same, stands in",
  });
  expect(chooseGo([minimum], listed)).toEqual({
    version: "1.26",
    from: "go.mod go 1.27",
    warning: "go 1.27 (go.mod go 1.27) has no image here; 1.26 stands in, and fetches the newer one for the build",
  });
  expect(chooseGo([minimum], { ...listed, listed: { golang: ["1.20"] } })).toMatchObject({ version: "1.27" });
  expect(chooseGo([minimum], platform)).toMatchObject({ version: "1.27" });
});

const web = 'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe(":8080", nil) }\n';

it.each([
  ["web: bin/shop -v", "bin/shop -v", "/app/bin/shop"],
  ["web: ./out", "./out", "/app/out"],
  ["web: shop", "shop", "/app/shop"],
  ["web: nginx", "./app", "/app/app"],
])("puts the program where a Procfile calls it: %s", async (line, start, to) => {
  const files = { "go.mod": "module example.org/shop\n\ngo 1.24\n", "main.go": web, Procfile: `${line}\n` };
  const service = (await detectIn(go, files))?.services[0];
  expect(service?.start).toBe(start);
  expect(service?.recipe.artifacts[0]).toEqual({ from: "/out/app", to });
});

const cobra = (root: string): string => `package main

import ("net/http"; "github.com/spf13/cobra")

var rootCmd = &cobra.Command{Use: "shop"${root}}
var serveCmd = &cobra.Command{
	Use: "serve [flags]",
	RunE: func(cmd *cobra.Command, args []string) error { return http.ListenAndServe(":8080", nil) },
}

func main() { rootCmd.AddCommand(serveCmd); rootCmd.Execute() }
`;
const urfave = `package main

import ("net/http"; "github.com/urfave/cli/v3")

var webCommand = cli.Command{Name: "web", Action: func() error { return http.ListenAndServe(":3000", nil) }}

func main() { cmd := &cli.Command{Name: "shop", Commands: []*cli.Command{&webCommand}}; cmd.Run(nil, nil) }
`;

it.each([
  ["a root that only prints its help", cobra(""), "./app serve"],
  ["a root that serves itself", cobra(", Run: func(cmd *cobra.Command, args []string) {}"), "./app"],
  ["urfave/cli", urfave, "./app web"],
])("gives a program with commands the one that serves: %s", async (_name, main, start) => {
  const files = { "go.mod": "module example.org/shop\n\ngo 1.24\n", "main.go": main };
  expect((await detectIn(go, files))?.services[0]?.start).toBe(start);
});

it("leaves what lies in a module of its own to that module", async () => {
  const main = 'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe(":8080", nil) }\n';
  const detection = await detectIn(go, {
    "go.mod": "module example.org/reef\n\ngo 1.26\n",
    "cmd/reef/main.go": main,
    "tools/inner/go.mod": "module example.org/inner\n",
    "aside/go.mod": "module example.org/aside\n",
    "aside/aside/main.go": main,
  });
  expect(detection?.services.map(({ recipe }) => recipe.build)).toEqual([expect.stringMatching(/ \.\/cmd\/reef$/)]);
});

it("has Go fetch the release that a version file pins, which an image has by its line alone", async () => {
  const releaseOf = async (said: string) => {
    const files = { "go.mod": mod, "main.go": server, "mise.toml": `[tools]\ngo = "${said}"\n` };
    return (await detect(files))?.services[0]?.recipe.buildEnv["GOTOOLCHAIN"];
  };
  expect(await releaseOf("1.25.3")).toBe("go1.25.3+auto");
  expect(await releaseOf("1.25")).toBe("auto");
  expect(await releaseOf("1.20.2")).toBe("auto");
});

it("starts the program that GoReleaser publishes, wherever it lies, and none of internal", async () => {
  const detection = await detect({
    "go.mod": mod,
    ".goreleaser.yaml": "builds:\n  - id: one\n    main: ./examples/base\n",
    "examples/base/main.go": server,
    "examples/other/main.go": server,
    "plugins/internal/types/main.go": server,
  });
  expect(detection?.services.map(({ recipe }) => recipe.build)).toEqual([expect.stringContaining(" ./examples/base")]);
});
