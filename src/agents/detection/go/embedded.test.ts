import { expect, it } from "vitest";
import { treeOf } from "../literal-tree.ts";
import type { Platform } from "../language.ts";
import { go } from "./go.ts";

const platform: Platform = { baseImages: "Any", listed: {}, now: new Date("2026-11-22"), commitDate: undefined };
const main =
  'package main\n\nimport "net/http"\n\nfunc main() {\n\thttp.ListenAndServe(":8080", http.FileServer(http.FS(pages)))\n}\n';
const base = { "go.mod": "module example.org/shop\n\ngo 1.25.1\n", "main.go": main };
const vite = (scripts: Record<string, string> = { build: "vite build" }): string =>
  JSON.stringify({ name: "web", scripts, devDependencies: { vite: "7.0.0" } });

/** The recipe of the program that embeds `pattern` in a file of this folder. */
async function recipeOf(embed: string, files: Readonly<Record<string, string>>, folder = "") {
  const text = `package x\n\nimport "embed"\n\n${embed}\nvar pages embed.FS\n`;
  const tree = treeOf({ ...base, [`${folder}pages.go`]: text, ...files });
  const detection = await go.detect(tree, ".", { service: undefined, env: {}, platform });
  const recipe = detection?.services[0]?.recipe;
  return {
    install: recipe?.install,
    build: recipe?.build?.replace(/go build.*/, "go build"),
    borrows: recipe?.borrows,
  };
}

it("makes pages first that lie in the folder of a package, and are not there", async () => {
  const files = { "frontend/package.json": vite(), "frontend/package-lock.json": "{}", "frontend/dist/.gitkeep": "" };
  const { install, build, borrows } = await recipeOf("//go:embed all:dist", files, "frontend/");
  expect(install).toBe("(cd frontend && npm ci)");
  expect(build).toBe("(cd frontend && npm run build) && go build");
  expect(borrows?.[0]).toMatchObject({ image: "docker.io/library/node:24-slim", to: "/usr/local/bin/node" });
});

it("takes the script that writes to the place, also where something stands in for the pages", async () => {
  const scripts = { build: "vite build", release: "vite build --outDir=../server/dist --emptyOutDir" };
  const files = { "web/package.json": vite(scripts), "server/dist/index.html": "<p>not built" };
  expect((await recipeOf("//go:embed dist/*", files, "server/")).build).toBe("(cd web && npm run release) && go build");
});

it("copies what the only package makes to where the program looks for it", async () => {
  const { build } = await recipeOf("//go:embed static", { "ui/package.json": vite(), "tools/package.json": "{}" });
  expect(build).toBe("(cd ui && npm run build && mkdir -p ../static && cp -R dist/. ../static/) && go build");
});

it.each([
  ["what is there", "//go:embed dist", { "web/package.json": vite(), "dist/index.html": "<p>" }],
  ["a file of another build", "//go:build prod\n\n//go:embed dist", { "web/package.json": vite() }],
  ["what nobody is known to make", "//go:embed schema.sql", { "web/package.json": "{}" }],
  ["what either of two may make", "//go:embed dist", { "web/package.json": vite(), "admin/package.json": vite() }],
])("leaves %s alone", async (_, embed, files) => {
  const found = await recipeOf(embed, files);
  expect([found.install, found.build]).toEqual([null, "go build"]);
});
