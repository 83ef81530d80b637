import { joinPath } from "../../config/service-files.ts";
import { readYaml } from "../json5.ts";
import type { SourceTree } from "../source-tree.ts";

/** What an environment.yml asks for, as far as the Python index has it. */
export interface CondaEnvironment {
  readonly file: string;
  /** Requirements as pip takes them: `numpy==1.24.*`. */
  readonly requirements: readonly string[];
  readonly python: string | undefined;
  /** Names that only conda has. */
  readonly passedOver: readonly string[];
}

/** Packages that are called otherwise outside of conda. */
const elsewhere: Readonly<Record<string, string>> = {
  pytorch: "torch",
  "pytorch-cpu": "torch",
  opencv: "opencv-python-headless",
  "msgpack-python": "msgpack",
  "python-graphviz": "graphviz",
  "matplotlib-base": "matplotlib",
  pytables: "tables",
  "ruamel.yaml": "ruamel.yaml",
  dask: "dask[complete]",
  psycopg2: "psycopg2-binary",
  "prompt-toolkit": "prompt-toolkit",
  "tensorflow-cpu": "tensorflow",
};

/** Packages of conda's that an image has by itself, or that are no Python. */
const notPython =
  /^(?:python|pip|setuptools|wheel|conda.*|cudatoolkit|cudnn|cuda.*|pytorch-cuda|pytorch-mutex|cpuonly|mkl.*|blas|lib.*|_.*|gcc.*|gxx.*|compilers|cmake|make|nodejs|r-.*|r|git|ca-certificates|openssl|zlib|ffmpeg|geos|gdal|proj|graphviz)$/;

/** Reads environment.yml of a folder; undefined where there is none. Names and versions that are no such thing are left out. */
export async function readConda(tree: SourceTree, folder: string): Promise<CondaEnvironment | undefined> {
  for (const file of ["environment.yml", "environment.yaml", "conda.yml"]) {
    const source = await tree.read(joinPath(folder, file) ?? file);
    const value = source === undefined ? undefined : readYaml(source.slice(0, 65_536));
    const list: unknown =
      value !== null && typeof value === "object" && "dependencies" in value ? value.dependencies : undefined;
    if (Array.isArray(list)) return environmentOf(file, list.slice(0, 300));
  }
  return undefined;
}

function environmentOf(file: string, list: readonly unknown[]): CondaEnvironment {
  const requirements: string[] = [];
  const passedOver: string[] = [];
  let python: string | undefined;
  for (const entry of list) {
    const pip: unknown = entry !== null && typeof entry === "object" && "pip" in entry ? entry.pip : undefined;
    if (Array.isArray(pip)) requirements.push(...pip.slice(0, 300).filter(isRequirement));
    if (typeof entry !== "string") continue;
    const [, name = "", said = ""] =
      /^(?:[\w./-]{1,60}::)?([A-Za-z_][\w.-]{0,60})\s*([=<>!~ ].{0,60})?$/.exec(entry.trim()) ?? [];
    const version = /^\s*(={1,2}|[<>]=?|!=|~=)?\s*(\d[\w.]*)/.exec(said);
    if (name === "python") python = version?.[2];
    else if (notPython.test(name) || name === "") passedOver.push(name);
    else requirements.push(requirementOf(name, version?.[1], version?.[2]));
  }
  return {
    file,
    requirements: requirements.filter(isRequirement),
    python,
    passedOver: passedOver.filter((name) => /^(?:gdal|geos|proj|ffmpeg|r)/.test(name)),
  };
}

/** conda's `=1.24` is any 1.24. */
function requirementOf(name: string, operator: string | undefined, version: string | undefined): string {
  const known = Object.hasOwn(elsewhere, name) ? (elsewhere[name] ?? name) : name;
  if (version === undefined) return known;
  if (operator === undefined || operator === "=")
    return `${known}==${version}${version.split(".").length > 2 ? "" : ".*"}`;
  return `${known}${operator}${version}`;
}

function isRequirement(line: unknown): line is string {
  return (
    typeof line === "string" &&
    /^[A-Za-z0-9][\w.-]{0,80}(?:\[[\w,-]{1,80}\])?(?:(?:==|>=|<=|~=|!=|<|>)[\w.*,<>=!~]{1,60})?$/.test(line)
  );
}
