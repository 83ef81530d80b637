import { findInCode, placeOf } from "../../config/code-text.ts";
import { joinPath } from "../../config/service-files.ts";
import { normalName } from "../../detection/python/dependencies.ts";
import { packageJsonOf } from "../node-facts.ts";
import { type Foreseen, pathIn, type PredictionRule, type Scene, startedCode } from "../prediction-rule.ts";
import { projectOf } from "../python-facts.ts";

/** The surest other start that code found, in place of one whose file is not there. */
function instead({ service }: Scene, missing: string): readonly Foreseen[] {
  const other = service.otherStarts.find(({ line }) => line !== service.start && !line.includes(missing));
  if (other === undefined) return [];
  const where = service.why.find(({ about }) => about === "start")?.where;
  const because = `it is started by ${missing}, which is not there; started by ${other.line} (${other.from}) instead`;
  return [{ action: { kind: "SetStart", start: other.line }, because, ...(where === undefined ? {} : { where }) }];
}

/** A server told to load a module that neither the folder nor a distribution has. */
async function module(scene: Scene): Promise<readonly Foreseen[]> {
  const { service, tree } = scene;
  const start = service.start ?? "";
  // Elsewhere than in its own folder, modules are looked for elsewhere, too.
  if (/[;&|<>()`\n]|--chdir|--app-dir|--pythonpath|PYTHONPATH/.test(start)) return [];
  const named =
    /^(?:exec )?(?:python -m )?(?:gunicorn|uvicorn|hypercorn)\s(?:[^\n]{0,300}\s)?(?<module>[A-Za-z_]\w{0,60}(?:\.\w{1,60}){0,6}):(?<object>[A-Za-z_]\w{0,60})(?:\(\))?(?=\s|$)/;
  const { module: name, object } = named.exec(start)?.groups ?? {};
  if (name === undefined || object === undefined) return [];
  const [top = ""] = name.split(".");
  const project = await projectOf(scene);
  const isInstalled = [...(project?.dependencies.keys() ?? [])].some((each) => each.startsWith(normalName(top)));
  if (isInstalled || project?.backend !== undefined) return [];
  for (const root of [".", "src"]) {
    const names = await tree.list(joinPath(service.path, root) ?? service.path);
    if (!names.some((each) => each === `${top}.py` || each === `${top}/`)) continue;
    return (await lacksName(scene, root, name, object)) ? instead(scene, `${name}:${object}`) : [];
  }
  return instead(scene, name);
}

/** Whether a module's file nowhere speaks of a name, so that nothing of that name can be loaded from it. */
async function lacksName({ service, tree }: Scene, root: string, module: string, name: string): Promise<boolean> {
  const stem = joinPath(service.path, root, module.replaceAll(".", "/")) ?? module;
  const text = (await tree.read(`${stem}.py`)) ?? (await tree.read(`${stem}/__init__.py`));
  if (text === undefined || /import \*|globals\(|__getattr__|setattr\(/.test(text)) return false;
  return !text.split(/\W+/).includes(name);
}

/** A script that is not there, where no build could make it. */
async function script(scene: Scene): Promise<readonly Foreseen[]> {
  const { service, tree } = scene;
  if (service.recipe.build !== null) return [];
  const file = /^(?:exec )?node (?:--[\w-]{1,40}(?:=\S{1,80})? ){0,4}(?:\.\/)?(?<file>[\w][\w./-]{0,120})$/.exec(
    service.start ?? "",
  )?.groups?.["file"];
  const manifest = await packageJsonOf(scene);
  const makes = ["preinstall", "install", "postinstall", "prepare", "prestart"].some(
    (name) => manifest?.scripts[name] !== undefined,
  );
  if (file === undefined || makes || file.startsWith("node_modules/")) return [];
  for (const ending of ["", ".js", ".mjs", ".cjs", "/index.js"])
    if (await tree.has(pathIn(service, `${file}${ending}`))) return [];
  return instead(scene, file);
}

/** Calls that fetch a model of hundreds of megabytes before a program listens. */
const fetches =
  /\b(?:[A-Z]\w{0,60}\.from_pretrained|SentenceTransformer|snapshot_download|hf_hub_download|whisper\.load_model|spacy\.cli\.download|torch\.hub\.load|load_checkpoint_in_model|pipeline)\(\s*(?:repo_id\s*=\s*|model\s*=\s*|task\s*=\s*)?["']/g;
const libraries = /\b(?:transformers|sentence_transformers|huggingface_hub|whisper|spacy|torch|diffusers)\b/;

/** A program that has to fetch a model first is given ten minutes to come up. */
async function model(scene: Scene): Promise<readonly Foreseen[]> {
  const { service } = scene;
  if (service.kind !== "Web" || service.probe.startupSeconds >= 600) return [];
  for (const source of await startedCode(scene, ["python"])) {
    if (!libraries.test(source.text)) continue;
    const [found] = findInCode(source, fetches);
    if (!found) continue;
    const because = "it fetches a model before it listens; ten minutes are given to come up";
    return [{ action: { kind: "SetProbe", startupSeconds: 600 }, because, where: placeOf(source, found.index) }];
  }
  return [];
}

/** Starts of what is not there, and of what takes its time. */
export const starts: readonly PredictionRule[] = [
  { id: "V60", forestalls: "P27", sees: "a server that is told to load a module, or an object of one, which is not there", of: ["python"], foresee: module },
  { id: "V61", forestalls: "N15b", sees: "a start of a script that is not there, where nothing builds", of: ["node"], foresee: script },
  { id: "V62", forestalls: "K17", sees: "code that fetches a model before it listens", origin: "how transformers, spaCy and Whisper load", of: ["python"], foresee: model },
]; // prettier-ignore
