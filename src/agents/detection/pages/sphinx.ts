import { joinPath } from "../../config/service-files.ts";
import type { FindGenerator } from "./pages.ts";
import { pythonPages } from "./python-pages.ts";

/** Distributions of Sphinx' themes and extensions, by the names in conf.py. */
const distributions: Readonly<Record<string, string>> = {
  sphinx_rtd_theme: "sphinx-rtd-theme",
  furo: "furo",
  pydata_sphinx_theme: "pydata-sphinx-theme",
  sphinx_book_theme: "sphinx-book-theme",
  sphinx_material: "sphinx-material",
  alabaster: "alabaster",
  piccolo_theme: "piccolo-theme",
  shibuya: "shibuya",
  myst_parser: "myst-parser",
  nbsphinx: "nbsphinx",
  sphinx_copybutton: "sphinx-copybutton",
  sphinx_design: "sphinx-design",
  sphinx_tabs: "sphinx-tabs",
  sphinx_inline_tabs: "sphinx-inline-tabs",
  sphinxext: "sphinxext-opengraph",
  sphinx_togglebutton: "sphinx-togglebutton",
  sphinxcontrib: "sphinxcontrib-mermaid",
  notfound: "sphinx-notfound-page",
};

/** Pages of Sphinx where a folder holds nothing but them: conf.py with its first page, in the folder, `source`, `docs` or `doc`. */
export const sphinx: FindGenerator = async (tree, folder, wishes) => {
  for (const place of [".", "source", "docs", "doc", "docs/source"]) {
    const where = joinPath(folder, place, "conf.py") ?? "conf.py";
    const text = await tree.read(where);
    if (text === undefined || !/^\s*(?:extensions|html_theme|master_doc|root_doc)\s*=/m.test(text)) continue;
    const names = new Set(await tree.list(joinPath(folder, place) ?? folder));
    if (!["index.rst", "index.md", "index.ipynb", "contents.rst"].some((name) => names.has(name))) continue;
    const words = [...text.slice(0, 65_536).matchAll(/["'](?<word>[a-z]\w{1,40})(?:\.[\w.]{1,60})?["']/g)].map(
      (match) => match.groups?.["word"] ?? "",
    );
    const known = words.flatMap((word) => (Object.hasOwn(distributions, word) ? (distributions[word] ?? []) : []));
    const wanted = ["sphinx", ...new Set(known)];
    return {
      name: "sphinx",
      where,
      output: "_site",
      ...(await pythonPages(tree, folder, wishes, wanted, `sphinx-build -b html ${place} /app/_site`)),
    };
  }
  return undefined;
};
