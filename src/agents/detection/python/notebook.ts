import { joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";
import type { PythonStart } from "./start.ts";
import { isPlainPath } from "./start.ts";

const usual = /^(?:index|main|app|dashboard|demo|home|start)\.ipynb$/i;

/** Notebooks of a folder and of its `notebooks/`, relative to it. */
export async function findNotebooks(tree: SourceTree, folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const below of [".", "notebooks"]) {
    const names = await tree.list(joinPath(folder, below) ?? folder);
    for (const name of names) {
      const path = below === "." ? name : `${below}/${name}`;
      if (name.endsWith(".ipynb") && isPlainPath(path)) found.push(path);
    }
  }
  return found.slice(0, 50);
}

/**
 * How notebooks are served: as pages, by Voilà, which runs them and shows no code; by JupyterLab with a token where the requirements ask
 * for that one. Undefined where there is none.
 */
export function notebookStart(notebooks: readonly string[], names: ReadonlySet<string>): PythonStart | undefined {
  const [first] = notebooks;
  if (first === undefined) return undefined;
  const wantsLab = ["jupyterlab", "notebook", "jupyter"].some((name) => names.has(name)) && !names.has("voila");
  if (wantsLab) {
    return {
      kind: "Web",
      framework: "jupyter",
      line: "jupyter lab --ip=0.0.0.0 --port=$PORT --no-browser",
      because: "notebooks, and Jupyter among the requirements",
      where: first,
      sure: "Likely",
      port: { number: 8888, readsPort: true },
      servers: ["jupyterlab"],
      probePath: "/api",
      env: [{ name: "JUPYTER_TOKEN", source: "Generated", why: "who knows it may run code", where: first }],
    };
  }
  const lone = notebooks.length === 1 ? first : notebooks.find((name) => usual.test(name));
  return {
    kind: "Web",
    framework: "voila",
    line: `voila --no-browser --Voila.ip=0.0.0.0 --port=$PORT ${lone ?? "."}`,
    because: lone === undefined ? `${notebooks.length} notebooks` : `${lone} is there`,
    where: lone ?? first,
    sure: "Likely",
    port: { number: 8866, readsPort: true },
    servers: ["voila", "ipykernel"],
  };
}

/** Modules that the code cells of a notebook import. */
export function importsOfNotebook(source: string): readonly string[] {
  // Cells are lists of JSON strings: `"import numpy as np\n",`.
  const lines = source.slice(0, 400_000).matchAll(/"\s*(?:import|from)\s+([A-Za-z_][\w.]{0,80})/g);
  return [...new Set([...lines].map(([, module = ""]) => module))].slice(0, 100);
}
