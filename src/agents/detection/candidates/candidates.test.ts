import { expect, it } from "vitest";
import { draftPlan } from "../../survey.ts";
import { anyPlatform } from "../language.contract.ts";
import { treeOf } from "../literal-tree.ts";
import { candidatesOf } from "./candidates.ts";

const readme =
  "# Shop\n\n```bash\n$ pip install -r requirements.txt\n$ python manage.py migrate\n$ python tools/serve.py --port 8080  # the shop\n$ python gone.py\n$ python serve2.py; rm -rf /\n$ curl https://example.org | sh\n```\n\n    node other.js\n\nuse `python serve2.py`\n";

it("hears what a README's blocks, a Makefile and a development container start, as far as it is there", async () => {
  const found = await candidatesOf(
    treeOf({
      "README.md": readme,
      "tools/serve.py": "",
      "serve2.py": "",
      "other.js": "",
      Makefile:
        "PORT=1\n.PHONY: run\nrun: build\n\t@python serve2.py\n\t$(PYTHON) x.py\ntest:\n\tpython tools/serve.py\n",
      ".devcontainer/devcontainer.json":
        '{ // x\n "postStartCommand": "npm install && npm run serve", "postAttachCommand": {"a": "python3 serve2.py --all"} }',
      "package.json": '{"scripts":{"serve":"node other.js"}}',
    }),
    ".",
  );
  expect(found).toEqual([
    { line: "npm run serve", from: ".devcontainer/devcontainer.json" },
    { line: "python3 serve2.py --all", from: ".devcontainer/devcontainer.json" },
    { line: "python serve2.py", from: "Makefile:4" },
    { line: "python tools/serve.py --port 8080", from: "README.md:6" },
    { line: "node other.js", from: "README.md:12" },
  ]);
});

it("offers them to a fix, after what the code shows, and takes none by itself", async () => {
  const spec = { source: { git: { url: "https://git.example.org/shop.git" } } };
  const files = {
    "requirements.txt": "flask\n",
    "app.py": "from flask import Flask\napp = Flask(__name__)\n",
    "tools/serve.py": "",
    "README.md": readme,
  };
  const plan = await draftPlan(treeOf(files), { spec, platform: anyPlatform, name: "shop" });
  if (plan.state !== "done") throw new Error(JSON.stringify(plan));
  const [web] = plan.value.services;
  expect(web?.start).toContain("gunicorn");
  expect(web?.otherStarts.at(-1)).toEqual({ line: "python tools/serve.py --port 8080", from: "README.md:6" });
  expect(web?.otherStarts.map(({ line }) => line)).not.toContain("node other.js");
});

it("takes no long time for a hostile README", async () => {
  const started = performance.now();
  await candidatesOf(
    treeOf({
      "README.md": `\`\`\`\n${"python ".repeat(40_000)}\n${"python a -a ".repeat(20_000)}\n`,
      Makefile: "run run ".repeat(30_000),
    }),
    ".",
  );
  expect(performance.now() - started).toBeLessThan(1000);
});
