import type { CodeText } from "../../config/code-text.ts";
import { findInCode } from "../../config/code-text.ts";
import { importsPackage } from "./imports.ts";
import type { PythonStart } from "./start.ts";
import { isPlainPath } from "./start.ts";

interface Tool {
  readonly package: string;
  readonly port: number;
  readonly files: readonly string[];
  readonly line: (path: string) => string;
  readonly probePath?: string;
  readonly runEnv?: Readonly<Record<string, string>>;
  /** What stands in the code of a file that is to be served; without it an import is enough. */
  readonly shown?: RegExp;
}

/** Tools that bring a server of their own and are told by flags or variables where to listen. */
const tools: readonly Tool[] = [
  {
    package: "streamlit",
    port: 8501,
    files: [
      "streamlit_app.py",
      "app.py",
      "main.py",
      "Home.py",
      "home.py",
      "Main.py",
      "dashboard.py",
      "src/app.py",
      "src/main.py",
      "app/main.py",
    ],
    line: (path) =>
      `streamlit run ${path} --server.address 0.0.0.0 --server.port $PORT --server.headless true --browser.gatherUsageStats false`,
    probePath: "/_stcore/health",
  },
  {
    package: "chainlit",
    port: 8000,
    files: ["app.py", "main.py"],
    line: (path) => `chainlit run ${path} --host 0.0.0.0 --port $PORT --headless`,
  },
  {
    package: "gradio",
    port: 7860,
    files: ["app.py", "main.py", "demo.py", "gradio_app.py", "webui.py", "src/app.py"],
    line: (path) => `GRADIO_SERVER_PORT=$PORT python ${path}`,
    runEnv: { GRADIO_SERVER_NAME: "0.0.0.0", GRADIO_ANALYTICS_ENABLED: "False" },
  },
  {
    package: "dash",
    port: 8050,
    files: ["app.py", "main.py", "index.py", "dashboard.py", "src/app.py"],
    line: (path) => `python ${path}`,
    runEnv: { HOST: "0.0.0.0" },
  },
  {
    package: "panel",
    port: 5006,
    files: ["app.py", "main.py", "dashboard.py", "src/app.py"],
    line: (path) =>
      `panel serve ${path} --address 0.0.0.0 --port $PORT --allow-websocket-origin '*' --index ${stemOf(path)}`,
    shown: /\.servable\(/g,
  },
  {
    package: "bokeh",
    port: 5006,
    files: ["app.py", "main.py", "dashboard.py"],
    line: (path) => `bokeh serve ${path} --address 0.0.0.0 --port $PORT --allow-websocket-origin '*' --index`,
    shown: /\bcurdoc\(/g,
  },
  {
    package: "shiny",
    port: 8000,
    files: ["app.py", "main.py", "src/app.py"],
    line: (path) => `shiny run ${path} --host 0.0.0.0 --port $PORT`,
  },
  {
    package: "solara",
    port: 8765,
    files: ["app.py", "main.py", "sol.py"],
    line: (path) => `solara run ${path} --host 0.0.0.0 --port $PORT --production`,
  },
  {
    package: "marimo",
    port: 2718,
    files: ["app.py", "notebook.py", "main.py"],
    line: (path) => `marimo run ${path} --host 0.0.0.0 --port $PORT --headless`,
    shown: /\bmarimo\.App\(/g,
  },
  {
    package: "sanic",
    port: 8000,
    files: ["server.py", "app.py", "main.py"],
    line: (path) => `sanic ${path.replace(/\.py$/, "").replaceAll("/", ".")}:app --host 0.0.0.0 --port $PORT`,
  },
];

/** Streamlit, Gradio and their like: the file that imports the tool and is nearest to the usual names. */
export function findFrontEnd(sources: readonly CodeText[], folder: string): PythonStart | undefined {
  for (const tool of tools) {
    const [source] = sources
      .filter((one) => importsPackage(one, tool.package) && !one.path.includes("/pages/"))
      .filter((one) => tool.shown === undefined || findInCode(one, tool.shown).length > 0)
      .toSorted((one, other) => rank(tool, one, folder) - rank(tool, other, folder));
    if (source === undefined) continue;
    const below = folder === "." ? source.path : source.path.slice(folder.length + 1);
    if (!isPlainPath(below)) continue;
    const dashServer = tool.package === "dash" ? dashObject(source, below) : undefined;
    return {
      kind: "Web",
      framework: tool.package,
      line: dashServer ?? tool.line(below),
      because: `${below} imports ${tool.package}`,
      where: source.path,
      sure: "Certain",
      port: { number: tool.port, readsPort: true },
      ...(dashServer === undefined ? {} : { servers: ["gunicorn"] }),
      ...(tool.probePath === undefined ? {} : { probePath: tool.probePath }),
      ...(tool.runEnv === undefined ? {} : { runEnv: tool.runEnv }),
    };
  }
  return undefined;
}

function stemOf(path: string): string {
  return path.replace(/\.py$/, "").split("/").at(-1) ?? path;
}

function rank(tool: Tool, source: CodeText, folder: string): number {
  const below = folder === "." ? source.path : source.path.slice(folder.length + 1);
  const at = tool.files.indexOf(below);
  return at === -1 ? 100 + below.split("/").length : at;
}

/** `server = app.server`: Dash hands out its Flask application, and gunicorn can serve it. */
function dashObject(source: CodeText, below: string): string | undefined {
  const object = findInCode(source, /(?<=^)(?<object>[A-Za-z_]\w*)[ \t]*=[ \t]*\w+\.server\b/gm)[0]?.groups["object"];
  const module = below.replace(/\.py$/, "").replaceAll("/", ".");
  return object === undefined || !/^[A-Za-z_][\w.]*$/.test(module)
    ? undefined
    : `gunicorn --bind 0.0.0.0:$PORT ${module}:${object}`;
}
