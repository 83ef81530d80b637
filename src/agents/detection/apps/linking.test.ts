import { expect, it } from "vitest";
import { draftPlan } from "../../survey.ts";
import { anyPlatform } from "../language.contract.ts";
import { treeOf } from "../literal-tree.ts";

const page = {
  "web/package.json": JSON.stringify({ scripts: { build: "vite build" }, devDependencies: { vite: "7" } }),
  "web/index.html": "<script type=module src=/main.js></script>",
};
const api = (code: string) => ({
  "api/package.json": JSON.stringify({ scripts: { start: "node server.js" } }),
  "api/server.js": `${code}\nrequire("http").createServer(f).listen(process.env.PORT || 4000)`,
});

async function planOf(files: Readonly<Record<string, string>>) {
  const spec = { source: { git: { url: "https://git.example.org/shop.git" } } };
  const plan = await draftPlan(treeOf(files), { spec, platform: anyPlatform, name: "shop" });
  if (plan.state !== "done") throw new Error(JSON.stringify(plan));
  const named = (name: string) => plan.value.services.find((one) => one.name === name);
  return { web: named("web"), api: named("api") };
}

it("leads what the page asks of its own origin to the back end that answers it, before any file is looked for", async () => {
  const { web, api: back } = await planOf({
    ...page,
    "web/main.js": "fetch('/api/goods')",
    ...api("if (url === '/api/goods') f()"),
  });
  expect(web?.routes).toMatchObject([{ prefix: "/api", service: "api", strip: false }]);
  expect(back?.inner).toBe(true);
  const [file] = web?.recipe.files ?? [];
  expect(file?.text).toContain("@route0 path /api /api/*\n\thandle @route0 {\n\t\treverse_proxy shop-api:80\n\t}");
  expect(file?.text.indexOf("reverse_proxy")).toBeLessThan(file?.text.indexOf("try_files") ?? 0);
});

it("tells the build a path of the same origin where a variable brings the address, and takes it away again", async () => {
  const { web } = await planOf({
    ...page,
    "web/main.js": "fetch(import.meta.env.VITE_API_URL || 'http://localhost:4000')",
    ...api(""),
  });
  expect(web?.routes).toMatchObject([{ prefix: "/_backend", service: "api", strip: true }]);
  expect(web?.env).toMatchObject([{ name: "VITE_API_URL", value: "/_backend", phase: "Build" }]);
});

it("takes the prefix away where the back end does not know it", async () => {
  const { web } = await planOf({ ...page, "web/main.js": "fetch('/api/goods')", ...api("if (url === '/goods') f()") });
  expect(web?.routes).toMatchObject([{ prefix: "/api", strip: true }]);
});

it("leaves a page alone that asks for nothing", async () => {
  const { web, api: back } = await planOf({ ...page, "web/main.js": "", ...api("") });
  expect(web?.routes).toEqual([]);
  expect(back?.inner).toBeUndefined();
});
