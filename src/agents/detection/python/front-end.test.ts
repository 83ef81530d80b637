import { expect, it } from "vitest";
import { detectIn } from "../language.contract.ts";
import { python } from "./python.ts";

it.each([
  ["panel", "import panel as pn\npn.Row('a').servable()\n", "panel serve app.py --address 0.0.0.0 --port $PORT --allow-websocket-origin '*' --index app", 5006],
  ["bokeh", "from bokeh.plotting import curdoc\ncurdoc().add_root(p)\n", "bokeh serve app.py --address 0.0.0.0 --port $PORT --allow-websocket-origin '*' --index", 5006],
  ["shiny", "from shiny import App\napp = App(a, b)\n", "shiny run app.py --host 0.0.0.0 --port $PORT", 8000],
  ["solara", "import solara\n", "solara run app.py --host 0.0.0.0 --port $PORT --production", 8765],
  ["marimo", "import marimo\napp = marimo.App()\n", "marimo run app.py --host 0.0.0.0 --port $PORT --headless", 2718],
  ["chainlit", "import chainlit as cl\n", "chainlit run app.py --host 0.0.0.0 --port $PORT --headless", 8000],
  ["gradio", "import gradio as gr\n", "GRADIO_SERVER_PORT=$PORT python app.py", 7860],
])("serves what is made with %s", async (name, text, start, port) => {
  const found = await detectIn(python, { "app.py": text, "requirements.txt": `${name}\n` });
  expect(found?.services[0]).toMatchObject({ framework: name, start, port: { number: port } });
}); // prettier-ignore

it("serves no file that only takes something from them", async () => {
  const found = await detectIn(python, {
    "app.py": "import bokeh.palettes\nprint(1)\n",
    "requirements.txt": "bokeh\n",
  });
  expect(found?.services[0]?.kind).toBe("Job");
});

it.each([
  ["the one that is marked", "@functions_framework.http\ndef menu(request):\n    return ''\n\ndef other(req):\n    return ''\n", {}, "menu"],
  ["the one that the buildpack is told of", "def menu(request):\n    return ''\n\ndef hello(request):\n    return ''\n", { "project.toml": '[[build.env]]\nname = "GOOGLE_FUNCTION_TARGET"\nvalue = "hello"\n' }, "hello"],
  ["the only one that takes a request", "def helper(x):\n    return x\n\ndef hello(request):\n    return ''\n", {}, "hello"],
])("serves a function by Google's framework: %s", async (_, text, files, name) => {
  const found = await detectIn(python, { "main.py": text, "requirements.txt": "functions-framework==3.*\n", ...files });
  expect(found?.services[0]).toMatchObject({
    framework: "functions-framework",
    start: `functions-framework --target=${name} --source=main.py --host=0.0.0.0 --port=$PORT`,
  });
}); // prettier-ignore
