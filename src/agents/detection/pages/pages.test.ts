import { describe, expect, it } from "vitest";
import { detectIn, holdsLanguageContract } from "../language.contract.ts";
import { pages } from "./pages.ts";

const site = { "mkdocs.yml": "site_name: Notes\n", "docs/index.md": "# Notes\n" };

describe("contract", () => {
  holdsLanguageContract(pages, site);
});

async function recipeOf(files: Readonly<Record<string, string>>) {
  const found = await detectIn(pages, files);
  return found?.services[0]?.recipe;
}

describe("MkDocs", () => {
  it("takes themes, plug-ins and extensions from a table, and serves what is made", async () => {
    const recipe = await recipeOf({
      "mkdocs.yml":
        "theme:\n  name: material\nplugins:\n- search\n- minify: {a: b}\n- '; rm -rf /'\nmarkdown_extensions:\n- pymdownx.superfences:\n    x: !!python/name:a.b\n",
      "docs/index.md": "",
    });
    expect(recipe?.install).toBe(
      "python -m venv /opt/venv && pip install 'mkdocs' 'mkdocs-material' 'mkdocs-minify-plugin' 'pymdown-extensions'",
    );
    expect(recipe?.build).toBe("mkdocs build --config-file mkdocs.yml --site-dir /app/_site");
    expect(recipe?.artifacts).toEqual([{ from: "/app/_site", to: "/srv" }]);
  });

  it("takes a file of requirements, and what it lacks", async () => {
    const recipe = await recipeOf({
      ...site,
      "docs/requirements.txt": "MkDocs==1.6.1\n",
      "mkdocs.yml": "theme: material\n",
    });
    expect(recipe?.install).toBe("python -m venv /opt/venv && pip install -r docs/requirements.txt 'mkdocs-material'");
  });
});

it("makes pages with Hugo and Jekyll of Debian", async () => {
  expect(await recipeOf({ "hugo.toml": "", "content/a.md": "" })).toMatchObject({
    buildPackages: ["hugo", "ca-certificates"],
    build: "hugo --minify --baseURL / --destination /app/_site",
  });
  expect(await recipeOf({ "config.toml": "", "content/a.md": "", "layouts/a.html": "" })).toBeDefined();
  expect(await recipeOf({ "config.toml": "", "content/a.md": "" })).toBeUndefined();
  expect(
    await recipeOf({ "_config.yml": "theme: minima\nplugins: [jekyll-feed, jekyll-evil]\n", "index.md": "" }),
  ).toMatchObject({
    buildPackages: ["jekyll", "ca-certificates", "jekyll-theme-minima", "ruby-jekyll-feed"],
  });
});

it("makes pages with Sphinx, by the names in conf.py", async () => {
  const recipe = await recipeOf({
    "source/conf.py": 'extensions = ["myst_parser", "sphinx.ext.autodoc"]\nhtml_theme = "furo"\n',
    "source/index.rst": "",
    Makefile: "",
  });
  expect(recipe?.install).toBe("python -m venv /opt/venv && pip install 'sphinx' 'myst-parser' 'furo'");
  expect(recipe?.build).toBe("sphinx-build -b html source /app/_site");
});

it.each([
  ["a library", { ...site, "pyproject.toml": '[build-system]\nrequires = ["hatchling"]\n' }],
  ["a Node package", { ...site, "package.json": "{}" }],
  ["a Go module", { "go.mod": "module a\n", "hugo.yml": "" }],
])("leaves the documents of %s alone", async (_what, files) => {
  expect(await detectIn(pages, files)).toBeUndefined();
});
