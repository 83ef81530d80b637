import { describe, expect, it } from "vitest";
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
const next = (more: Readonly<Record<string, string>>) => ({
  "web/package.json": JSON.stringify({
    scripts: { build: "next build", start: "next start" },
    dependencies: { next: "16" },
  }),
  ...more,
});

async function planOf(files: Readonly<Record<string, string>>) {
  const spec = { source: { git: { url: "https://git.example.org/shop.git" } } };
  const plan = await draftPlan(treeOf(files), { spec, platform: anyPlatform, name: "shop" });
  if (plan.state !== "done") throw new Error(JSON.stringify(plan));
  const named = (name: string) => plan.value.services.find((one) => one.name === name);
  return { web: named("web"), api: named("api"), named, plan: plan.value };
}

describe("a page of files", () => {
  it("leads what it asks of its own origin to the back end that answers it, before any file is looked for", async () => {
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

  it("reads off an example of the environment which back end a variable means, and below which path", async () => {
    const { web } = await planOf({
      ...page,
      "web/main.js": "fetch(import.meta.env.VITE_API_URL + '/goods')",
      "web/.env.example": "VITE_API_URL=http://localhost:5001/v1\n",
      ...api(""),
      "goods/package.json": JSON.stringify({ scripts: { start: "node server.js" } }),
      "goods/server.js":
        "if (url === '/v1/goods') f()\nrequire('http').createServer(f).listen(process.env.PORT || 5001)",
    });
    expect(web?.routes).toMatchObject([{ prefix: "/v1", service: "goods", strip: false }]);
  });

  it("leaves variables alone that are keys, or lead to other people's hosts", async () => {
    const { web, api: back } = await planOf({
      ...page,
      "web/main.js":
        "f(import.meta.env.VITE_MAPS_API_KEY, import.meta.env.VITE_API_URL || 'https://api.weather.example')",
      ...api(""),
    });
    expect(web?.routes).toEqual([]);
    expect(back?.inner).toBeUndefined();
  });

  it("takes the prefix away where the back end does not know it", async () => {
    const { web } = await planOf({
      ...page,
      "web/main.js": "fetch('/api/goods')",
      ...api("if (url === '/goods') f()"),
    });
    expect(web?.routes).toMatchObject([{ prefix: "/api", strip: true }]);
  });

  it("leaves a page alone that asks for nothing", async () => {
    const { web, api: back } = await planOf({ ...page, "web/main.js": "", ...api("") });
    expect(web?.routes).toEqual([]);
    expect(back?.inner).toBeUndefined();
  });

  it("puts a path of the same origin where a developer's own address was built in", async () => {
    const { web, plan } = await planOf({ ...page, "web/main.js": "fetch('http://localhost:4000/goods')", ...api("") });
    expect(web?.routes).toMatchObject([{ prefix: "/_backend", service: "api", strip: true }]);
    expect(web?.recipe.build).toContain("-exec sed -i 's#http://localhost:4000#/_backend#g'");
    expect(plan.warnings.join()).not.toContain("developer");
  });
});

describe("what the server for writing code hands on", () => {
  const vite = (proxy: string) => `export default { server: { port: 5173, proxy: ${proxy} } }`;

  it.each([
    [`{ "/data": "http://localhost:4000" }`, "/data", false],
    [
      `{ '/data': { target: 'http://127.0.0.1:4000', changeOrigin: true, rewrite: (p) => p.replace(/^\\/data/, '') } }`,
      "/data",
      true,
    ],
    [`{ "^/data/.*": { target: "http://localhost:4000", ws: true } }`, "/data", false],
  ])("%s is a route", async (proxy, prefix, strip) => {
    const { web } = await planOf({ ...page, "web/main.js": "", "web/vite.config.ts": vite(proxy), ...api("") });
    expect(web?.routes).toMatchObject([{ prefix, service: "api", strip }]);
  });

  it("is no route where it leads to other people's hosts", async () => {
    const proxy = vite(`{ "/data": { target: "https://data.example.org" } }`);
    const { web } = await planOf({ ...page, "web/main.js": "", "web/vite.config.ts": proxy, ...api("") });
    expect(web?.routes).toEqual([]);
  });

  it("is told by Angular's file, and by what stands in src/setupProxy.js", async () => {
    const angular = { "web/proxy.conf.json": '{"/api": {"target": "http://localhost:4000", "pathRewrite": {"^/api": ""}}}' };
    const { web } = await planOf({ ...page, "web/main.js": "", ...angular, ...api("") });
    expect(web?.routes).toMatchObject([{ prefix: "/api", strip: true }]);
    const setup = { "web/src/setupProxy.js": "app.use('/rest', createProxyMiddleware({ target: 'http://localhost:4000' }))" };
    const other = await planOf({ ...page, "web/main.js": "", ...setup, ...api("") });
    expect(other.web?.routes).toMatchObject([{ prefix: "/rest", strip: false }]);
  }); // prettier-ignore

  it("is every path that the page asks for, where package.json names a proxy", async () => {
    const app = { scripts: { build: "react-scripts build" }, dependencies: { "react-scripts": "5" }, proxy: "http://localhost:4000" };
    const files = { "web/package.json": JSON.stringify(app), "web/src/App.js": "axios.get('/goods')" };
    const { web } = await planOf({ ...files, ...api("") });
    expect(web?.routes).toMatchObject([{ prefix: "/goods", service: "api", strip: false }]);
  }); // prettier-ignore
});

describe("a front end with a server of its own", () => {
  it("gets Caddy before it where its pages ask a back end by a public variable", async () => {
    const client = "'use client'\nfetch(process.env.NEXT_PUBLIC_API_URL + '/goods')";
    const { web } = await planOf({ ...next({ "web/app/list.tsx": client }), ...api("") });
    expect(web?.routes).toMatchObject([{ prefix: "/_backend", service: "api", strip: true }]);
    expect(web?.env).toContainEqual(expect.objectContaining({ name: "NEXT_PUBLIC_API_URL", value: "/_backend", phase: "Both" }));
    expect(web?.start).toBe("caddy run --config /etc/caddy/Caddyfile & export PORT=3000; exec next start");
    expect(web?.port).toMatchObject({ number: 8080, readsPort: true });
    expect(web?.recipe.files[0]?.text).toContain("reverse_proxy 127.0.0.1:3000");
  }); // prettier-ignore

  it("asks inside the cluster where only its server asks", async () => {
    const server = "export default async function Page() { await fetch(process.env.NEXT_PUBLIC_API_URL + '/goods') }";
    const { web } = await planOf({ ...next({ "web/app/page.tsx": server }), ...api("") });
    expect(web?.routes).toEqual([]);
    expect(web?.start).toBe("next start");
    expect(web?.env).toContainEqual(expect.objectContaining({ name: "NEXT_PUBLIC_API_URL", value: "http://shop-api" }));
  });

  it("hands on what next.config leads to a developer's machine, and tells it the address that it asks for", async () => {
    const fixed = "module.exports = { rewrites: async () => [{ source: '/api/:path*', destination: 'http://localhost:4000/:path*' }] }";
    const first = await planOf({ ...next({ "web/next.config.js": fixed }), ...api("") });
    expect(first.web?.routes).toMatchObject([{ prefix: "/api", service: "api", strip: true }]);
    const asked = "const api = process.env.API_URL || 'http://localhost:4000'\nmodule.exports = { rewrites: async () => [{ source: '/api/:path*', destination: `${api}/:path*` }] }";
    const second = await planOf({ ...next({ "web/next.config.js": asked }), ...api("") });
    expect(second.web?.routes).toEqual([]);
    expect(second.web?.env).toContainEqual(expect.objectContaining({ name: "API_URL", source: "Literal", value: "http://shop-api", phase: "Both" }));
  }); // prettier-ignore

  it("has a developer's own address replaced in what it built: by a path for browsers, by the address inside for itself", async () => {
    const { web } = await planOf({ ...next({ "web/app/list.tsx": "'use client'\nfetch('http://localhost:4000/goods')" }), ...api("") });
    expect(web?.routes).toMatchObject([{ prefix: "/_backend", service: "api", strip: true }]);
    expect(web?.recipe.build).toContain("find .next/static -type f -name '*.*js' -exec sed -i 's#http://localhost:4000#/_backend#g' {} +; }");
    expect(web?.recipe.build).toContain("find .next/server -type f -name '*.*js' -exec sed -i 's#http://localhost:4000#http://shop-api#g' {} +; }");
  }); // prettier-ignore

  it("is left alone where it answers its own pages", async () => {
    const own = { "web/app/api/goods/route.ts": "export const GET = f", "web/app/list.tsx": "'use client'\nfetch('/api/goods')" };
    const { web } = await planOf({ ...next(own), ...api("if (url === '/api/goods') f()") });
    expect(web?.routes).toEqual([]);
  }); // prettier-ignore
});

describe("services behind", () => {
  const orders = {
    "orders/package.json": JSON.stringify({ scripts: { start: "node server.js" } }),
    "orders/server.js": "require('http').createServer(f).listen(process.env.PORT || 4001)",
  };

  it.each([
    ["process.env.ORDERS || 'http://localhost:4001/v1'", "ORDERS", "{url}/v1"],
    ["process.env.ORDERS_SERVICE_URL", "ORDERS_SERVICE_URL", "{url}"],
    ["process.env.ORDERS_HOST || 'localhost'", "ORDERS_HOST", "{host}"],
  ])("are reached by %s", async (code, name, value) => {
    const { api: asking } = await planOf({ ...api(`const at = ${code};`), ...orders });
    expect(asking?.env).toContainEqual(expect.objectContaining({ name, source: "Service", of: "orders", value }));
  });

  it("are not taken for what else a variable names", async () => {
    const code = "const a = process.env.MAIL_URL, b = process.env.CACHE || 'http://localhost:9999', c = process.env.ORDERS_LIMIT;";
    const { api: asking } = await planOf({ ...api(code), ...orders });
    expect(asking?.env.filter(({ source }) => source === "Service")).toEqual([]);
  }); // prettier-ignore

  it("are no pages: their address is for people", async () => {
    const code = "const at = process.env.SITE_URL;";
    const site = { "site/package.json": JSON.stringify({ scripts: { build: "next build", start: "next start" }, dependencies: { next: "16" } }) };
    const { named } = await planOf({ ...next({ "web/app/api/x/route.ts": code }), ...site });
    expect(named("web")?.env.filter(({ name, source }) => name === "SITE_URL" && source !== "Optional" && source !== "Needed")).toEqual([]);
  }); // prettier-ignore
});
