import { describe, expect, it } from "vitest";
import type { Service } from "../../../plan.ts";
import { anyPlatform, detectIn, noWishes } from "../language.contract.ts";
import { python } from "./python.ts";

async function serviceOf(files: Readonly<Record<string, string>>): Promise<Service> {
  const service = (await detectIn(python, files))?.services[0];
  if (service === undefined) throw new Error("no service");
  return service;
}

const main = { "main.py": "import time\nwhile True:\n    time.sleep(1)\n" };

describe("old pins", () => {
  it.each([
    [{ "requirements.txt": "numpy==1.24.3\npandas\n" }, "3.11", "numpy==1.24.3 is older than 3.13"],
    [{ "requirements.txt": "Django>=3.2,<4\n" }, "3.10", "django>=3.2,<4 is older than 3.13"],
    [{ "requirements.txt": "Django==1.10.5\n" }, "3.7", "django==1.10.5 is older than 3.13"],
    [{ "requirements.txt": "celery[redis]==5.1.2\n" }, "3.11", "celery==5.1.2 is older than 3.13"],
    [{ "requirements.txt": "torch==2.1.0 --hash=sha256:abc\n" }, "3.11", "torch==2.1.0 is older than 3.13"],
    [{ "requirements.txt": "numpy>=1.24\n" }, "3.13", "default"],
    [{ "pyproject.toml": '[project]\nname="a"\nrequires-python=">=3.9"\ndependencies=["pandas~=2.0.1"]\n' }, "3.11", "pandas~=2.0.1 is older than 3.13"],
    [{ "pyproject.toml": '[project]\nname="a"\n', "uv.lock": '[[package]]\nname = "numpy"\nversion = "1.26.4"\n' }, "3.12", "numpy==1.26.4 is older than 3.13"],
    [{ Pipfile: '[packages]\nlxml = "*"\n', "Pipfile.lock": '{"default": {"lxml": {"hashes": ["x"], "version": "==4.9.2"}}}' }, "3.11", "lxml==4.9.2 is older than 3.13"],
    [{ "requirements.txt": "numpy==1.24.3\n", ".python-version": "3.12" }, "3.12", ".python-version"],
  ])("bound the version from above: %j", async (files, version, from) => {
    expect((await serviceOf({ ...main, ...files })).runtime).toMatchObject({ version, from });
  }); // prettier-ignore
});

describe("PyTorch", () => {
  it("brings the NumPy and the transformers of its time", async () => {
    const { recipe, why } = await serviceOf({ ...main, "requirements.txt": "torch==2.1.2\ntransformers\n" });
    expect(recipe.install).toBe("pip install -r requirements.txt 'numpy<2' 'transformers<4.57'");
    expect(why).toContainEqual({
      about: "install",
      value: "aligned",
      because: "torch 2.1 was compiled against NumPy 1",
    });
  });

  it("gives up a torchvision that no torch of this version goes with", async () => {
    const { recipe } = await serviceOf({ ...main, "requirements.txt": "torch==2.4.0\ntorchvision==0.15.2\n" });
    expect(recipe.install).toBe(
      "printf '%s\\n' 'torchvision==0.19.*' > /tmp/overrides.txt && uv pip install -r requirements.txt --override /tmp/overrides.txt",
    );
    const fitting = await serviceOf({ ...main, "requirements.txt": "torch==2.4.0\ntorchvision==0.19.1\n" });
    expect(fitting.recipe.install).toBe("pip install -r requirements.txt");
  });
});

describe("without a manifest", () => {
  it("installs what the code imports, as far as it is known by a name of its own", async () => {
    const { recipe } = await serviceOf({
      "app.py": "from flask import Flask\nimport bs4, evil_package, helper\napp = Flask(__name__)\n",
      "helper.py": "import yaml",
    });
    expect(recipe.install).toBe("pip install beautifulsoup4 flask pyyaml 'gunicorn>=23,<28'");
  });

  it("takes a module of the repository for its own", async () => {
    const { recipe } = await serviceOf({ ...main, "requests.py": "", "run.py": "import requests\nrequests.go()\n" });
    expect(recipe.install).toBeNull();
  });
});

describe("notebooks", () => {
  const cells = JSON.stringify(
    { cells: [{ cell_type: "code", source: ["import pandas as pd\n", "from sklearn import svm"] }] },
    null,
    1,
  );

  it("are served as pages", async () => {
    const service = await serviceOf({ "Analysis.ipynb": cells });
    expect(service).toMatchObject({
      kind: "Web",
      framework: "voila",
      start: "voila --no-browser --Voila.ip=0.0.0.0 --port=$PORT Analysis.ipynb",
      recipe: { install: "pip install pandas scikit-learn 'voila>=0.5,<1' 'ipykernel>=6,<8'" },
    });
  });

  it("are served with a token where Jupyter itself is wanted", async () => {
    const service = await serviceOf({ "a.ipynb": cells, "requirements.txt": "jupyterlab\npandas\n" });
    expect(service).toMatchObject({ framework: "jupyter", recipe: { install: "pip install -r requirements.txt" } });
    expect(service.env).toContainEqual(expect.objectContaining({ name: "JUPYTER_TOKEN", source: "Generated" }));
  });

  it("stand behind a server", async () => {
    const app = { "app.py": "from flask import Flask\napp = Flask(__name__)\n", "requirements.txt": "flask\n" };
    expect((await serviceOf({ ...app, "a.ipynb": cells })).framework).toBe("flask");
  });
});

describe("environment.yml", () => {
  const environment =
    "name: a\nchannels: [x]\ndependencies:\n- python=3.11\n- numpy=1.26\n- conda-forge::pytorch>=2.3\n- cudatoolkit=11\n- pip\n- pip:\n  - flask==3.0.0\n  - -r evil.txt\n  - a; rm -rf /\n";

  it("is installed from the Python index, as far as that has it", async () => {
    const service = await serviceOf({
      "environment.yml": environment,
      "app.py": "from flask import Flask\napp = Flask(__name__)\n",
    });
    expect(service.recipe.install).toBe("pip install 'numpy==1.26.*' 'torch>=2.3' 'flask==3.0.0' 'gunicorn>=23,<28'");
    expect(service.runtime).toMatchObject({ version: "3.11", from: "environment.yml" });
  });
});

it("still runs Python 2, and makes its environment as that can", async () => {
  const bare = await serviceOf({ "main.py": 'print "hello"\n', ".python-version": "2.7" });
  expect(bare).toMatchObject({ runtime: { version: "2.7" }, start: "python main.py", recipe: { tools: [] } });
  const { recipe } = await serviceOf({
    "main.py": 'print "hello"\n',
    ".python-version": "2.7",
    "requirements.txt": "six\n",
  });
  expect(recipe.tools[0]).toBe("pip install 'virtualenv<20.22' && virtualenv /opt/venv");
});

it("installs nothing where pyproject.toml names nothing", async () => {
  const { recipe } = await serviceOf({ ...main, "pyproject.toml": '[project]\nname="a"\ndependencies=[]\n' });
  expect(recipe).toMatchObject({ install: null, tools: [] });
});

it("believes a library that calls itself one, whatever commands it brings", async () => {
  const detection = await detectIn(python, {
    "pyproject.toml":
      '[build-system]\nbuild-backend="flit_core.buildapi"\n[project]\nname="a"\nclassifiers=["Topic :: Software Development :: Libraries :: Application Frameworks"]\n',
    "src/a/__main__.py": "from http.server import HTTPServer\nHTTPServer(('', 80), None).serve_forever()\n",
  });
  expect(detection).toMatchObject({ services: [], notAService: "a Python library (flit_core, no entry point)" });
});

it("takes plain builds in place of those for a GPU where there is none", async () => {
  const files = {
    "app.py": "import torch\nfrom flask import Flask\napp = Flask(__name__)\n",
    "requirements.txt": "flask\ntorch==2.1.0+cu118\ntorchvision==0.15.1+cu118\n",
  };
  const cluster = { place: "Kubernetes", because: "KUBERNETES_SERVICE_HOST is set" } as const;
  const installOn = async (environment: typeof cluster | undefined, limits?: Record<string, number>) => {
    const platform = { ...anyPlatform, ...(environment === undefined ? {} : { environment }) };
    const service = limits === undefined ? undefined : { name: "web", resources: { limits } };
    const found = await detectIn(python, files, ".", { ...noWishes, platform, service });
    const [web] = found?.services ?? [];
    return { install: web?.recipe.install ?? "", why: JSON.stringify(web?.why) };
  };
  const { install, why } = await installOn(cluster);
  expect(install).toContain("torch==2.1.0");
  expect(install).toContain("torchvision==0.16.*");
  expect(install).not.toContain("torchvision==0.15.1");
  expect(why).toContain("torch 2.1.0+cu118 is for a GPU, and Kubernetes gives none");
  expect((await installOn(cluster, { "nvidia.com/gpu": 1 })).install).not.toContain("torch==2.1.0");
  expect((await installOn(undefined)).why).not.toContain("is for a GPU");
});
