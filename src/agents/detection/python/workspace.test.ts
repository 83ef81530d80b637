import { expect, it } from "vitest";
import type { Service } from "../../../plan.ts";
import { detectIn } from "../language.contract.ts";
import { python } from "./python.ts";

type Files = Readonly<Record<string, string>>;

const app = "from flask import Flask\napp = Flask(__name__)\n";
const member: Files = {
  "pyproject.toml": '[tool.uv.workspace]\nmembers = ["apps/*", "libs/*"]\nexclude = ["apps/old"]\n',
  "uv.lock": 'version = 1\n[[package]]\nname = "numpy"\nversion = "1.26.4"\n',
  "apps/api/pyproject.toml": '[project]\nname = "api"\ndependencies = ["flask", "leaves"]\n[tool.uv.sources]\nleaves = { workspace = true }\n',
  "apps/api/app.py": app,
}; // prettier-ignore

async function serviceIn(files: Files, path: string): Promise<Service | undefined> {
  return (await detectIn(python, files, path))?.services[0];
}

it("installs a member of a workspace of uv by the workspace's lock, with all that it is made of", async () => {
  const service = await serviceIn(member, "apps/api");
  expect(service).toMatchObject({
    path: "apps/api",
    manager: { name: "uv", lockFile: "uv.lock", mode: "Frozen" },
    recipe: { context: ".", workdir: "apps/api", manifests: [] },
  });
  expect(service?.recipe.install).toContain("uv sync --locked --no-dev --no-install-project --inexact");
});

it("installs a member itself where its start calls it by its name", async () => {
  const toml = '[project]\nname = "api"\nscripts = { serve = "api.main:run" }\n[build-system]\nrequires = ["uv_build"]\nbuild-backend = "uv_build"\n';
  const files = { ...member, "apps/api/pyproject.toml": toml, "apps/api/app.py": "", "apps/api/src/api/main.py": "def run():\n  print('x')\n" };
  expect(await serviceIn(files, "apps/api")).toMatchObject({
    start: "serve",
    recipe: { context: ".", workdir: "apps/api", build: "uv sync --locked --no-dev --no-editable --inexact" },
  });
}); // prettier-ignore

it("leaves alone what a workspace excludes, or does not name", async () => {
  const files = { ...member, "apps/old/app.py": app, "apps/old/pyproject.toml": '[project]\nname = "old"\ndependencies = ["flask"]\n' };
  expect(await serviceIn(files, "apps/old")).toMatchObject({ recipe: { context: "apps/old", workdir: "." } });
  const beside = { ...files, "tools/x/app.py": app, "tools/x/pyproject.toml": '[project]\nname = "x"\ndependencies = ["flask"]\n' };
  expect(await serviceIn(beside, "tools/x")).toMatchObject({ recipe: { context: "tools/x" } });
}); // prettier-ignore

it("is silent about the root of a workspace, whose members run", async () => {
  expect(await detectIn(python, member)).toBeUndefined();
});

it.each([
  ["requirements.txt", "flask\n-e ../shared\n"],
  ["requirements.txt", "-r ../requirements.txt\n"],
  ["pyproject.toml", '[tool.poetry.dependencies]\nflask = "3"\nshared = { path = "../shared", develop = true }\n'],
])("builds from the root what depends on a folder beside it: %s %j", async (name, text) => {
  const files = { [`api/${name}`]: text, "api/app.py": app, "requirements.txt": "flask\n", "shared/setup.py": "" };
  expect(await serviceIn(files, "api")).toMatchObject({ recipe: { context: ".", workdir: "api", manifests: [] } });
});
