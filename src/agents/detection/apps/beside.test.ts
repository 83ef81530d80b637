import { expect, it } from "vitest";
import type { RepoRunSpec } from "../../../repo-run.ts";
import { draftPlan } from "../../survey.ts";
import { anyPlatform } from "../language.contract.ts";
import { treeOf } from "../literal-tree.ts";

type Files = Readonly<Record<string, string>>;

const listening = "require('http').createServer(f).listen(process.env.PORT || 5000)";
const page = (folder: string): Files => ({
  [`${folder}package.json`]: JSON.stringify({ scripts: { build: "vite build" }, devDependencies: { vite: "7" } }),
  [`${folder}index.html`]: "<script type=module src=/src/main.js></script>",
  [`${folder}src/main.js`]: "fetch('/api/goods')",
});
const server = (folder: string, scripts: object = {}): Files => ({
  [`${folder}package.json`]: JSON.stringify({ scripts: { start: "node server.js", ...scripts } }),
  [`${folder}server.js`]: `if (url === "/api/goods") f()\n${listening}`,
});

async function servicesOf(files: Files, services?: RepoRunSpec["services"]) {
  const source = { git: { url: "https://git.example.org/shop.git" } };
  const spec = services === undefined ? { source } : { source, services };
  const plan = await draftPlan(treeOf(files), { spec, platform: anyPlatform, name: "shop" });
  if (plan.state !== "done") throw new Error(JSON.stringify(plan));
  return plan.value.services.map(({ name, path, routes }) => [name, path, routes.map((route) => route.service).join()]);
}

it("runs the page in client/ of a server in the root, led to it", async () => {
  expect(await servicesOf({ ...server(""), ...page("client/") })).toEqual([
    ["web", ".", ""],
    ["client", "client", "web"],
  ]);
});

it("runs the server in backend/ of a page in the root, whose code is not the page's", async () => {
  const files = { ...page(""), ...server("backend/"), "backend/mail.js": "fetch('/internal/mail')" };
  expect(await servicesOf(files)).toEqual([
    ["web", ".", "backend"],
    ["backend", "backend", ""],
  ]);
});

it("runs the page beside a server in another language", async () => {
  const flask = { "requirements.txt": "flask\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n@app.get('/api/goods')\ndef goods(): pass\n" };
  expect(await servicesOf({ ...flask, ...page("frontend/") })).toEqual([["web", ".", ""], ["frontend", "frontend", "web"]]);
}); // prettier-ignore

it.each([
  ["heroku-postbuild", "cd client && npm install && npm run build"],
  ["build", "npm run build --prefix=client"],
])("leaves a page to the root whose own %s makes it", async (name, script) => {
  expect(await servicesOf({ ...server("", { [name]: script }), ...page("client/") })).toEqual([["web", ".", ""]]);
});

it("runs nothing beside what a person names, or what a Dockerfile makes", async () => {
  const files = { ...server(""), ...page("client/") };
  expect(await servicesOf(files, [{ name: "shop", path: "." }])).toHaveLength(1);
  expect(await servicesOf({ ...files, Dockerfile: "FROM scratch\nEXPOSE 80\n" })).toHaveLength(1);
});

it("runs no second server, and no page of documents", async () => {
  expect(await servicesOf({ ...server(""), ...server("client/"), ...page("docs/") })).toEqual([["web", ".", ""]]);
});

it("leaves a page to the Go program that holds it in itself", async () => {
  const program = 'package main\nimport "net/http"\nfunc main() {\n\thttp.ListenAndServe(":80", nil)\n}\n';
  const files = { "go.mod": "module example.org/shop\n\ngo 1.25\n", "main.go": program, ...page("ui/") };
  expect(await servicesOf(files)).toHaveLength(2);
  const embedded = {
    ...files,
    "ui/embed.go": "package ui\n\n//go:embed all:dist\nvar Dist embed.FS\n",
    "ui/dist/x": "",
  };
  expect(await servicesOf(embedded)).toEqual([["web", ".", ""]]);
});
