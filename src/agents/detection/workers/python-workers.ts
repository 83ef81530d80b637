import type { Service } from "../../../plan.ts";
import { type CodeText, findInCode, placeOf } from "../../config/code-text.ts";
import { folderOf, readCodes, serviceCodePaths } from "../../config/service-files.ts";
import type { FurtherProgram } from "../further-program.ts";
import { readPythonProject } from "../python/project.ts";
import { inFolder, isPlainPath } from "../python/start.ts";
import type { SourceTree } from "../source-tree.ts";

/** A Python service's sources, as far as workers are looked for in them. */
export interface PythonCode {
  readonly sources: readonly CodeText[];
  /** Folder of the service. */
  readonly folder: string;
  /** Normalised names of what is installed. */
  readonly names: ReadonlySet<string>;
}

/** Workers of the queues that a Python service uses: Celery, RQ, Dramatiq, Huey, arq, Taskiq, Django's own. */
export async function findPythonWorkers(tree: SourceTree, service: Service): Promise<readonly FurtherProgram[]> {
  const project = await readPythonProject(tree, service.path);
  const paths = (await serviceCodePaths(tree, service.path, ["python"])).slice(0, 200);
  const names = new Set(project?.dependencies.keys());
  return pythonWorkers({ sources: await readCodes(tree, paths), folder: service.path, names });
}

/** The same over code that has been read. */
export function pythonWorkers(code: PythonCode): readonly FurtherProgram[] {
  for (const find of [celery, redisQueue, dramatiq, huey, arq, taskiq, djangoQueue]) {
    const found = find(code);
    if (found.length > 0) return found;
  }
  return [];
}

/** A module, how it is imported, and from which folder below the service's. */
interface Module {
  readonly name: string;
  readonly folder: string;
}

/** An object of a module's top level that is made by a call: `app = Celery(`. */
interface Made extends Module {
  readonly object: string;
  readonly where: string;
}

function made({ sources, folder }: PythonCode, call: string): readonly Made[] {
  const pattern = new RegExp(
    `(?<=^|\\n)(?<object>[A-Za-z_]\\w{0,60})(?:[ \\t]*:[^=\\n]{1,60})?[ \\t]*=[ \\t]*${call}`,
    "g",
  );
  return sources.flatMap((source) => {
    const [match] = findInCode(source, pattern);
    const module = moduleOf(source.path, folder, sources);
    const object = match?.groups["object"];
    return match === undefined || object === undefined || module === undefined
      ? []
      : [{ ...module, object, where: placeOf(source, match.index) }];
  });
}

/** How a file is imported: from the folder of manage.py, from `src`, or from the service's own. */
function moduleOf(path: string, folder: string, sources: readonly CodeText[]): Module | undefined {
  const inside = folder === "." ? path : path.slice(folder.length + 1);
  const roots = sources
    .filter((source) => /(?:^|\/)manage\.py$/.test(source.path))
    .map((source) => folderOf(folder === "." ? source.path : source.path.slice(folder.length + 1)));
  const root =
    roots.find((each) => each === "." || inside.startsWith(`${each}/`)) ?? (inside.startsWith("src/") ? "src" : ".");
  const name = (root === "." ? inside : inside.slice(root.length + 1))
    .replace(/(?:\/__init__)?\.py$/, "")
    .replaceAll("/", ".");
  return /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){0,8}$/.test(name) && (root === "." || isPlainPath(root))
    ? { name, folder: root }
    : undefined;
}

function anyOf({ sources }: PythonCode, pattern: RegExp): boolean {
  return sources.some(({ text }) => pattern.test(text));
}

/** `celery -A shop.tasks:app worker`, with a beat where a schedule is set. The number of processes would else be that of the node's cores. */
function celery(code: PythonCode): readonly FurtherProgram[] {
  if (!code.names.has("celery")) return [];
  if (!anyOf(code, /\b(?:redis|rediss|amqp|pyamqp|sqs):\/\/|BROKER|REDIS|RABBIT|AMQP|broker_url/)) return [];
  const call = String.raw`(?:(?:celery\.)?Celery\(|(?:make|create|init)_celery\w{0,20}\(|celery_init_app\(|\w{1,40}\.extensions\[["']celery["']\])`;
  const [app] = made(code, call);
  if (app === undefined) return [];
  const target = `-A ${app.name}:${app.object}`;
  const because = `Celery in ${app.where}, and no file says who works for it`;
  const worker = inFolder(app.folder, `celery ${target} worker --loglevel info --concurrency 2`);
  const found: FurtherProgram[] = [{ name: "worker", kind: "Worker", line: worker, because, where: app.where }];
  const inDatabase = code.names.has("django-celery-beat");
  if (inDatabase || anyOf(code, /\bbeat_schedule\b|\bCELERY_?BEAT_SCHEDULE\b|\badd_periodic_task\(/)) {
    const scheduler = inDatabase
      ? "--scheduler django_celery_beat.schedulers:DatabaseScheduler"
      : "--schedule /tmp/celerybeat-schedule";
    const line = inFolder(app.folder, `celery ${target} beat --loglevel info ${scheduler}`);
    found.push({ name: "beat", kind: "Worker", line, because: "a schedule for Celery", where: app.where });
  }
  return found;
}

/** A file of the repository's own that works, else `rq worker` with the address that the code reads. */
function redisQueue(code: PythonCode): readonly FurtherProgram[] {
  const { sources, folder, names } = code;
  if (names.has("django-rq")) return manage(code, "rqworker default", "django-rq is among the dependencies");
  if (!names.has("rq")) return [];
  for (const source of sources) {
    const file = folder === "." ? source.path : source.path.slice(folder.length + 1);
    const [works] = findInCode(source, /\b(?:Simple)?Worker\((?=[^]{0,400}\.work\()/g);
    if (works === undefined || !isPlainPath(file)) continue;
    const where = placeOf(source, works.index);
    return [{ name: "worker", kind: "Worker", line: `python ${file}`, because: `an RQ worker in ${where}`, where }];
  }
  const queues = sources.flatMap((source) =>
    findInCode(source, /\bQueue\([ \t\n]*(?:name[ \t]*=[ \t]*)?(?:["'](?<name>[\w.-]{1,40})["'])?/g).map((match) => ({
      name: match.groups["name"] ?? "default",
      where: placeOf(source, match.index),
      address: /\bos\.(?:environ(?:\.get)?|getenv)[[(][ \t]*["'](?<variable>[A-Z][A-Z0-9_]{0,40}UR[IL])["']/.exec(
        source.text,
      )?.groups?.["variable"],
    })),
  );
  const known = queues.find(({ address }) => address !== undefined);
  if (known?.address === undefined) return [];
  const line = `rq worker --url "$${known.address}" ${[...new Set(queues.map(({ name }) => name))].slice(0, 8).join(" ")}`;
  return [{ name: "worker", kind: "Worker", line, because: `an RQ queue in ${known.where}`, where: known.where }];
}

function dramatiq(code: PythonCode): readonly FurtherProgram[] {
  if (code.names.has("django-dramatiq"))
    return manage(code, "rundramatiq --processes 1 --threads 4", "django-dramatiq is among the dependencies");
  if (!code.names.has("dramatiq")) return [];
  const actors = code.sources.filter((source) => findInCode(source, /@(?:dramatiq\.)?actor\b/g).length > 0);
  const modules = actors.flatMap(({ path }) => moduleOf(path, code.folder, code.sources) ?? []);
  const [first] = modules;
  if (first === undefined) return [];
  const names = modules.filter(({ folder }) => folder === first.folder).map(({ name }) => name);
  const line = inFolder(first.folder, `dramatiq ${names.slice(0, 8).join(" ")} --processes 1 --threads 4`);
  return [
    { name: "worker", kind: "Worker", line, because: `actors of Dramatiq in ${first.name}`, where: actors[0]?.path },
  ];
}

function huey(code: PythonCode): readonly FurtherProgram[] {
  if (!code.names.has("huey")) return [];
  if (anyOf(code, /["']huey\.contrib\.djhuey["']/)) return manage(code, "run_huey", "Huey is one of its applications");
  const [app] = made(code, String.raw`(?:huey\.)?(?:Priority)?Redis(?:Expire)?Huey\(`);
  if (app === undefined) return [];
  const line = inFolder(app.folder, `huey_consumer ${app.name}.${app.object}`);
  return [{ name: "worker", kind: "Worker", line, because: `Huey in ${app.where}`, where: app.where }];
}

function arq(code: PythonCode): readonly FurtherProgram[] {
  if (!code.names.has("arq")) return [];
  for (const source of code.sources) {
    const [settings] = findInCode(source, /(?<=^|\n)class[ \t]+(?<object>WorkerSettings)\b/g);
    const module = settings === undefined ? undefined : moduleOf(source.path, code.folder, code.sources);
    if (module === undefined) continue;
    const line = inFolder(module.folder, `arq ${module.name}.WorkerSettings`);
    return [
      { name: "worker", kind: "Worker", line, because: `WorkerSettings of arq in ${source.path}`, where: source.path },
    ];
  }
  return [];
}

function taskiq(code: PythonCode): readonly FurtherProgram[] {
  if (!code.names.has("taskiq")) return [];
  const [app] = made(code, String.raw`(?!InMemoryBroker)\w{1,40}Broker\(`);
  if (app === undefined) return [];
  const line = inFolder(app.folder, `taskiq worker --workers 1 ${app.name}:${app.object}`);
  return [{ name: "worker", kind: "Worker", line, because: `a broker of Taskiq in ${app.where}`, where: app.where }];
}

function djangoQueue(code: PythonCode): readonly FurtherProgram[] {
  if (!code.names.has("django-q") && !code.names.has("django-q2")) return [];
  return manage(code, "qcluster", "django-q is among the dependencies");
}

function manage({ sources, folder }: PythonCode, command: string, because: string): readonly FurtherProgram[] {
  const file = sources.find(({ path }) => /(?:^|\/)manage\.py$/.test(path))?.path;
  if (file === undefined) return [];
  const place = folderOf(folder === "." ? file : file.slice(folder.length + 1));
  if (place !== "." && !isPlainPath(place)) return [];
  return [
    { name: "worker", kind: "Worker", line: inFolder(place, `python manage.py ${command}`), because, where: file },
  ];
}
