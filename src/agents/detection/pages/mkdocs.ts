import { joinPath } from "../../config/service-files.ts";
import { readYaml } from "../json5.ts";
import type { FindGenerator } from "./pages.ts";
import { pythonPages } from "./python-pages.ts";

/** Distributions of MkDocs' themes and plug-ins, by the names in its configuration. What is not here has to stand in a file of requirements. */
const distributions: Readonly<Record<string, string>> = {
  material: "mkdocs-material",
  readthedocs: "mkdocs",
  bootstrap: "mkdocs-bootstrap",
  cinder: "mkdocs-cinder",
  windmill: "mkdocs-windmill",
  "awesome-pages": "mkdocs-awesome-pages-plugin",
  "awesome-nav": "mkdocs-awesome-nav",
  mkdocstrings: "mkdocstrings[python]",
  minify: "mkdocs-minify-plugin",
  macros: "mkdocs-macros-plugin",
  redirects: "mkdocs-redirects",
  glightbox: "mkdocs-glightbox",
  mermaid2: "mkdocs-mermaid2-plugin",
  "section-index": "mkdocs-section-index",
  "literate-nav": "mkdocs-literate-nav",
  "gen-files": "mkdocs-gen-files",
  "include-markdown": "mkdocs-include-markdown-plugin",
  exclude: "mkdocs-exclude",
  "same-dir": "mkdocs-same-dir",
  "table-reader": "mkdocs-table-reader-plugin",
  "mkdocs-jupyter": "mkdocs-jupyter",
  "swagger-ui-tag": "mkdocs-swagger-ui-tag",
  autorefs: "mkdocs-autorefs",
  "git-revision-date-localized": "mkdocs-git-revision-date-localized-plugin",
  "open-in-new-tab": "mkdocs-open-in-new-tab",
  meta: "mkdocs",
};

/** A site of MkDocs: its theme and plug-ins come from files of requirements, else from the names in mkdocs.yml. */
export const mkdocs: FindGenerator = async (tree, folder, wishes) => {
  for (const name of ["mkdocs.yml", "mkdocs.yaml"]) {
    const where = joinPath(folder, name) ?? name;
    const text = await tree.read(where);
    if (text === undefined) continue;
    const said = readYaml(text.slice(0, 131_072));
    const wanted = ["mkdocs", ...named(said)];
    return {
      name: "mkdocs",
      where,
      output: "_site",
      ...(await pythonPages(tree, folder, wishes, wanted, `mkdocs build --config-file ${name} --site-dir /app/_site`)),
    };
  }
  return undefined;
};

/** What the theme, the plug-ins and the extensions of a configuration need. */
function named(said: unknown): readonly string[] {
  if (said === null || typeof said !== "object") return [];
  const { theme, plugins, markdown_extensions: extensions } = said as Readonly<Record<string, unknown>>;
  const themeName = theme !== null && typeof theme === "object" && "name" in theme ? theme.name : theme;
  const found = new Set<string>();
  for (const name of [themeName, ...keysOf(plugins)]) {
    const distribution =
      typeof name === "string" && Object.hasOwn(distributions, name) ? distributions[name] : undefined;
    if (distribution !== undefined) found.add(distribution);
  }
  if (keysOf(extensions).some((name) => name.startsWith("pymdownx."))) found.add("pymdown-extensions");
  return [...found];
}

/** Names of a list of names and of mappings with one name each. */
function keysOf(value: unknown): readonly string[] {
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return Object.keys(value).slice(0, 60);
  if (!Array.isArray(value)) return [];
  return (value as readonly unknown[]).slice(0, 60).flatMap((one) => {
    if (typeof one === "string") return [one];
    return one !== null && typeof one === "object" ? Object.keys(one).slice(0, 1) : [];
  });
}
