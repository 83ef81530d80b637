import { joinPath } from "../../config/service-files.ts";
import { slimDebian } from "../native-service.ts";
import type { FindGenerator } from "./pages.ts";

/** A site of Hugo, by Debian's own Hugo: its settings, and content to make pages of. */
export const hugo: FindGenerator = async (tree, folder) => {
  const names = new Set(await tree.list(folder));
  const own =
    ["hugo.toml", "hugo.yaml", "hugo.json"].find((name) => names.has(name)) ??
    (names.has("config/") && names.has("content/") ? "config/" : undefined);
  const old = ["config.toml", "config.yaml", "config.yml"].find((name) => names.has(name));
  const isOld =
    old !== undefined &&
    names.has("content/") &&
    (names.has("themes/") || names.has("layouts/") || names.has("archetypes/"));
  const file = own ?? (isOld ? old : undefined);
  if (file === undefined) return undefined;
  const modules = names.has("go.mod") ? ["golang-go", "git"] : [];
  return {
    name: "hugo",
    where: joinPath(folder, file) ?? file,
    output: "_site",
    runtime: { name: "hugo", version: "Debian 13", from: "Debian's package" },
    recipe: {
      buildImage: slimDebian,
      buildPackages: ["hugo", "ca-certificates", ...modules],
      install: null,
      // Addresses without a host: nobody knows it when the pages are made.
      build: "hugo --minify --baseURL / --destination /app/_site",
    },
  };
};

/** Plug-ins of Jekyll that Debian has, by the names in _config.yml. */
const plugins: Readonly<Record<string, string>> = {
  "jekyll-archives": "ruby-jekyll-archives",
  "jekyll-avatar": "ruby-jekyll-avatar",
  "jekyll-default-layout": "ruby-jekyll-default-layout",
  "jekyll-feed": "ruby-jekyll-feed",
  "jekyll-gist": "ruby-jekyll-gist",
  "jekyll-include-cache": "ruby-jekyll-include-cache",
  "jekyll-mentions": "ruby-jekyll-mentions",
  "jekyll-optional-front-matter": "ruby-jekyll-optional-front-matter",
  "jekyll-paginate": "ruby-jekyll-paginate",
  "jekyll-paginate-v2": "ruby-jekyll-paginate-v2",
  "jekyll-readme-index": "ruby-jekyll-readme-index",
  "jekyll-redirect-from": "ruby-jekyll-redirect-from",
  "jekyll-relative-links": "ruby-jekyll-relative-links",
  "jekyll-remote-theme": "ruby-jekyll-remote-theme",
  "jekyll-seo-tag": "ruby-jekyll-seo-tag",
  "jekyll-sitemap": "ruby-jekyll-sitemap",
  "jekyll-titles-from-headings": "ruby-jekyll-titles-from-headings",
  "jekyll-toc": "ruby-jekyll-toc",
  minima: "jekyll-theme-minima",
};

/** A site of Jekyll without a Gemfile, as GitHub's pages are: by Debian's own Jekyll, with the plug-ins that it names. */
export const jekyll: FindGenerator = async (tree, folder) => {
  const where = joinPath(folder, "_config.yml") ?? "_config.yml";
  const text = await tree.read(where);
  if (text === undefined) return undefined;
  const names = await tree.list(folder);
  const isSite = names.some((name) =>
    /^(?:_posts|_layouts|_includes|_pages|_sass)\/$|^index\.(?:md|markdown|html)$/.test(name),
  );
  if (!isSite) return undefined;
  const said = new Set(text.slice(0, 65_536).match(/\b(?:jekyll-[a-z][a-z0-9-]{1,40}|minima)\b/g));
  const packages = [...said].flatMap((name) => (Object.hasOwn(plugins, name) ? (plugins[name] ?? []) : []));
  return {
    name: "jekyll",
    where,
    output: "_site",
    runtime: { name: "jekyll", version: "4", from: "Debian's package; there is no Gemfile" },
    recipe: {
      buildImage: slimDebian,
      buildPackages: ["jekyll", "ca-certificates", ...packages],
      install: null,
      build: "JEKYLL_ENV=production jekyll build --destination /app/_site",
    },
  };
};
