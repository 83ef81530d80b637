import { publishedBy } from "../static/published.ts";
import type { SourceTree } from "../source-tree.ts";
import { angularOutput, at, configOf, folder, quotedAfter } from "./frontend-config.ts";
import type { NodePackage } from "./package-json.ts";
import type { Server } from "./servers.ts";

/** A page that is built once and served as files. */
export interface Site {
  readonly name: string;
  /** Folder of the built files, relative to the service. */
  readonly output: string;
  /** Paths that no file has are answered by the first page: its own script knows them. */
  readonly fallback: boolean;
  readonly because: string;
}

/** Start scripts that serve a page while it is being written; in production its files are served instead. */
export const devServer =
  /^(?:npx\s+|[A-Z_]+=\S+\s+|cross-env\s+)*(?:vite(?:\s+(?:preview|dev|serve))?(?:\s|$)|(?:react-scripts|react-app-rewired|craco|rescripts)(?:\s+--?[\w=-]+)*\s+start|ng\s+serve|vue-cli-service\s+serve|astro\s+(?:dev|preview|start)|parcel(?:\s+serve)?\s|webpack(?:-dev-server|\s+serve)|expo\s+start|gatsby\s+(?:develop|serve)|docusaurus\s+(?:start|serve)|eleventy\s+--serve|svelte-kit\s+dev|snowpack\s+dev|rsbuild\s+(?:dev|preview)|rspack\s+(?:dev|serve)|ember\s+serve|stencil\s+build\b.*--serve|quasar\s+dev|ionic\s+serve|preact\s+watch|vuepress\s+dev|vitepress\s+(?:dev|preview|serve)|hexo\s+server|slidev(?:\s|$)|umi\s+dev|max\s+dev|storybook\s+dev|start-storybook)/;

/** Start scripts that only serve built files: Caddy does it instead. */
const fileServer = /^(?:npx\s+)?(?:serve|http-server|live-server|sirv|vite\s+preview)(?:\s|$)/;

interface Generator {
  readonly name: string;
  readonly dependency: string;
  readonly build: RegExp;
  readonly output: string;
  readonly fallback: boolean;
}

const generators: readonly Generator[] = [
  {
    name: "create-react-app",
    dependency: "react-scripts",
    build: /react-scripts|react-app-rewired|craco|rescripts/,
    output: "build",
    fallback: true,
  },
  { name: "vue-cli", dependency: "@vue/cli-service", build: /vue-cli-service/, output: "dist", fallback: true },
  { name: "gatsby", dependency: "gatsby", build: /gatsby\s+build/, output: "public", fallback: false },
  { name: "docusaurus", dependency: "@docusaurus/core", build: /docusaurus\s+build/, output: "build", fallback: false },
  { name: "eleventy", dependency: "@11ty/eleventy", build: /eleventy/, output: "_site", fallback: false },
  { name: "parcel", dependency: "parcel", build: /parcel\s+build/, output: "dist", fallback: true },
  { name: "expo", dependency: "expo", build: /expo\s+export/, output: "dist", fallback: true },
  { name: "rsbuild", dependency: "@rsbuild/core", build: /rsbuild\s+build/, output: "dist", fallback: true },
  { name: "rspress", dependency: "rspress", build: /rspress\s+build/, output: "doc_build", fallback: false },
  { name: "ember", dependency: "ember-cli", build: /ember\s+build|vite\s+build/, output: "dist", fallback: true },
  { name: "preact-cli", dependency: "preact-cli", build: /preact\s+build/, output: "build", fallback: true },
  { name: "quasar", dependency: "@quasar/app-vite", build: /quasar\s+build/, output: "dist/spa", fallback: true },
  { name: "hexo", dependency: "hexo", build: /hexo\s+(?:generate|g)\b/, output: "public", fallback: false },
  { name: "slidev", dependency: "@slidev/cli", build: /slidev\s+build/, output: "dist", fallback: true },
  { name: "umi", dependency: "umi", build: /umi\s+build/, output: "dist", fallback: true },
  { name: "umi", dependency: "@umijs/max", build: /max\s+build/, output: "dist", fallback: true },
  { name: "stencil", dependency: "@stencil/core", build: /stencil\s+build/, output: "www", fallback: true },
  { name: "gridsome", dependency: "gridsome", build: /gridsome\s+build/, output: "dist", fallback: false },
  { name: "nuxt", dependency: "nuxt", build: /nuxi?\s+generate/, output: ".output/public", fallback: false },
  {
    name: "sveltekit",
    dependency: "@sveltejs/adapter-static",
    build: /vite\s+build/,
    output: "build",
    fallback: false,
  },
  {
    name: "storybook",
    dependency: "storybook",
    build: /storybook\s+build/,
    output: "storybook-static",
    fallback: false,
  },
];

/** Frameworks that build with Vite and bring a server of their own: `dist` is not the page. */
const kits = [
  "@sveltejs/kit",
  "@remix-run/dev",
  "@react-router/dev",
  "@tanstack/react-start",
  "@tanstack/solid-start",
  "@solidjs/start",
  "@analogjs/platform",
  "nuxt",
];

/** A front end whose built files are all there is to serve; undefined when something of its own has to run. */
export async function siteOf(
  tree: SourceTree,
  pkg: NodePackage,
  server: Server | undefined,
): Promise<Site | undefined> {
  const build = pkg.json.scripts["build"] ?? "";
  // `yarn && vite`: what is done last goes on.
  const start = pkg.json.scripts["start"]?.split("&&").at(-1)?.trim();
  const served = start !== undefined && (devServer.test(start) || fileServer.test(start));
  const because =
    start === undefined ? "it is built once and has no server" : `its start script (${start}) is for writing it`;
  const told = (await exported(tree, pkg)) ?? (await withoutServer(tree, pkg, start));
  if (told !== undefined) return told;
  if (start !== undefined && !served && server === undefined) return await watchedPage(tree, pkg, build);
  if (pkg.all.has("next") || (start !== undefined && !served)) return undefined;
  const shown = folderServed(start);
  const known = generators.find((each) => pkg.all.has(each.dependency) && (build === "" || each.build.test(build)));
  const onlyFiles = known?.name === "nuxt" || known?.name === "sveltekit";
  if (start === undefined && !onlyFiles && (server !== undefined || build === "")) return undefined;
  if (pkg.all.has("astro") && !pkg.all.has("@astrojs/node")) {
    const config = await configOf(tree, pkg.path, "astro.config");
    // Another host's adapter leaves the pages that need no server in the same place.
    const foreign = /\badapter\s*:\s*(?:netlify|cloudflare)\w*\(/.test(config);
    if (/output\s*:\s*["'`]server["'`]/.test(config) || (/adapter\s*:/.test(config) && !foreign)) return undefined;
    return { name: "astro", output: quotedAfter(config, "outDir") ?? "dist", fallback: false, because };
  }
  if (known) return { name: known.name, output: known.output, fallback: known.fallback, because };
  const press = /\b(vitepress|vuepress)\s+build(?:\s+([\w./-]+))?/.exec(build);
  if (press !== null) {
    const inside = folder(press[2]);
    const output = `${inside === undefined ? "" : `${inside}/`}.${press[1] ?? "vitepress"}/dist`;
    return { name: press[1] ?? "vitepress", output, fallback: false, because };
  }
  if (
    pkg.all.has("@angular/core") &&
    server?.name !== "angular" &&
    (/\bng\s+build\b/.test(build) || /\bng\s+serve\b/.test(start ?? ""))
  ) {
    return { name: "angular", output: await angularOutput(tree, pkg.path), fallback: true, because };
  }
  const site = await viteSite(tree, pkg, build, because);
  // `sirv public`: the script says itself which folder it would serve.
  if (site !== undefined) return site;
  if (shown !== undefined) return { name: "files", ...shown, because };
  // A build that nobody knows by name, and a host's file that says where its pages lie then.
  const published = build === "" || server !== undefined ? undefined : await publishedBy(tree, pkg.path);
  if (published?.output === undefined) return undefined;
  return {
    name: "files",
    output: published.output,
    fallback: published.fallback,
    because: `${published.where} publishes ${published.output}`,
  };
}

/** A start of its own that shows a page while it is being written, by a tool that a browser is reloaded with: the committed page is what a build makes anew. */
async function watchedPage(tree: SourceTree, pkg: NodePackage, build: string): Promise<Site | undefined> {
  const tool = ["browser-sync", "live-server", "lite-server"].find((name) => pkg.all.has(name));
  if (tool === undefined || build === "") return undefined;
  for (const output of ["dist", "public", "build", "_site", "docs"]) {
    if (await tree.has(at(pkg.path, `${output}/index.html`)))
      return { name: "files", output, fallback: false, because: `its start script is for writing it (${tool})` };
  }
  return undefined;
}

/** The folder that a file server of a start script shows, and whether unknown paths get its first page (`serve -s build`). */
function folderServed(start: string | undefined): Pick<Site, "output" | "fallback"> | undefined {
  if (start === undefined || !fileServer.test(start)) return undefined;
  const words = start.replace(fileServer, "").trim().split(/\s+/);
  const output = folder(words.find((word) => /^[A-Za-z_.][\w./-]*$/.test(word)));
  return output === undefined ? undefined : { output, fallback: words.some((word) => /^(?:-s|--single)$/.test(word)) };
}

/** Next that leaves files instead of a server. */
async function exported(tree: SourceTree, pkg: NodePackage): Promise<Site | undefined> {
  if (!pkg.all.has("next")) return undefined;
  const config = await configOf(tree, pkg.path, "next.config");
  if (!/output\s*:\s*["'`]export["'`]/.test(config)) return undefined;
  const output = quotedAfter(config, "distDir") ?? "out";
  return { name: "next", output, fallback: false, because: "next.config says output: export" };
}

/** React Router and Remix that are told to render in the browser only. */
async function withoutServer(tree: SourceTree, pkg: NodePackage, start: string | undefined): Promise<Site | undefined> {
  const isRouter = pkg.all.has("@react-router/dev");
  if (!isRouter && !pkg.all.has("@remix-run/dev")) return undefined;
  const config = await configOf(tree, pkg.path, isRouter ? "react-router.config" : "vite.config");
  if (!/\bssr\s*:\s*false\b/.test(config) || (start !== undefined && !/-serve\s|^vite\s/.test(start))) return undefined;
  const base = quotedAfter(config, "buildDirectory") ?? "build";
  const name = isRouter ? "react-router" : "remix";
  return { name, output: `${base}/client`, fallback: true, because: "its configuration says ssr: false" };
}

async function viteSite(tree: SourceTree, pkg: NodePackage, build: string, because: string): Promise<Site | undefined> {
  if (!pkg.all.has("vite") || kits.some((name) => pkg.all.has(name))) return undefined;
  const config = await configOf(tree, pkg.path, "vite.config");
  const root = quotedAfter(config, "root");
  const hasPage =
    (await tree.has(at(pkg.path, "index.html"))) ||
    (root !== undefined && (await tree.has(at(pkg.path, `${root}/index.html`))));
  // A library is built by Vite as well, and has no page.
  if (/\blib\s*:\s*\{/.test(config) || (!hasPage && !/\broot\s*:/.test(config))) return undefined;
  const flag = folder(/--outDir[= ]([\w./-]+)/.exec(build)?.[1]);
  const said = flag ?? outDirOf(config, root) ?? (root === undefined ? "dist" : `${root}/dist`);
  return { name: "vite", output: said, fallback: true, because };
}

/** `outDir` is relative to `root`: `root: "src", outDir: "../dist"` leaves `dist`. */
function outDirOf(config: string, root: string | undefined): string | undefined {
  const told = /\boutDir\s*:\s*["'`]([\w./-]+)["'`]/.exec(config)?.[1];
  if (told === undefined) return undefined;
  if (root !== undefined && told.startsWith("../")) {
    const depth = root.split("/").length;
    const up = /^(?:\.\.\/)+/.exec(told)?.[0].length ?? 0;
    return up / 3 === depth ? folder(told.slice(up)) : undefined;
  }
  const own = folder(told);
  return root === undefined || own === undefined ? own : `${root}/${own}`;
}
