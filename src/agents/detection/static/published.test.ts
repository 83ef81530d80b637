import { expect, it } from "vitest";
import { detectIn } from "../language.contract.ts";
import { treeOf } from "../literal-tree.ts";
import { node } from "../node/node.ts";
import { publishedBy } from "./published.ts";
import { staticSite } from "./static-site.ts";

it.each([
  ["netlify.toml", '[build]\npublish = "site/"\n[[redirects]]\nfrom = "/*"\nto = "/index.html"\nstatus = 200\n', "site", true],
  ["netlify.toml", '[build]\npublish = "../up"\n[[redirects]]\nfrom = "/*"\nto = "/index.html"\nstatus = 200\n', undefined, true],
  ["vercel.json", '{"outputDirectory": "out", "rewrites": [{"source": "/(.*)", "destination": "/index.html"}]}', "out", true],
  ["vercel.json", '{"outputDirectory": "out", "rewrites": [{"source": "/a", "destination": "https://example.org"}]}', "out", false],
  ["firebase.json", '{"hosting": {"public": "build", "rewrites": [{"source": "**", "destination": "/index.html"}]}}', "build", true],
  ["render.yaml", "services:\n- {type: web, runtime: static, staticPublishPath: ./dist, routes: [{type: rewrite, source: /*, destination: /index.html}]}\n", "dist", true],
  ["_redirects", "/old /new 301\n/*    /index.html   200\n", undefined, true],
  ["staticwebapp.config.json", '{"navigationFallback": {"rewrite": "/index.html"}}', undefined, true],
])("hears %s", async (name, text, output, fallback) => {
  expect(await publishedBy(treeOf({ [name]: text }), ".")).toMatchObject({ fallback, ...(output === undefined ? {} : { output }) });
}); // prettier-ignore

it.each(["[", "{}", "[]", '{"hosting": 7, "rewrites": {}}'])("survives %s", async (text) => {
  const names = ["netlify.toml", "vercel.json", "firebase.json", "render.yaml"];
  expect(await publishedBy(treeOf(Object.fromEntries(names.map((name) => [name, text]))), ".")).toBeUndefined();
});

it("serves the folder that is published, with the first page for unknown paths where that is wanted", async () => {
  const found = await detectIn(staticSite, {
    "index.html": "old",
    "site/index.html": "new",
    "firebase.json": '{"hosting": {"public": "site", "rewrites": [{"source": "**", "destination": "/index.html"}]}}',
  });
  const [web] = found?.services ?? [];
  expect(web?.recipe.artifacts).toEqual([{ from: "/app/site", to: "/srv" }]);
  expect(web?.recipe.files[0]?.text).toContain("{path}/index.html /index.html");
});

it("serves what a build that nobody knows by name leaves, where a host's file says where", async () => {
  const files = { "package.json": '{"scripts":{"build":"node make.js"}}', "make.js": "" };
  const found = await detectIn(node, {
    ...files,
    "netlify.toml": '[build]\ncommand = "npm run build"\npublish = "pages"\n',
  });
  expect(found?.services[0]?.recipe).toMatchObject({ build: "npm run build", artifacts: [{ to: "/srv" }] });
});
