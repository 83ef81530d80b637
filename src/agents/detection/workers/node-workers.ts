import type { Service } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import type { FurtherProgram } from "../further-program.ts";
import { signsOf } from "../node/kind.ts";
import { type NodePackage, readPackage } from "../node/package-json.ts";
import { fromScript } from "../node/start.ts";
import type { SourceTree } from "../source-tree.ts";

/** Libraries of queues and schedules: what uses one may have a program of its own that does the work. */
const queues =
  /^(?:bullmq|bull|bee-queue|amqplib|amqp-connection-manager|rascal|kafkajs|agenda|@hokify\/agenda|pg-boss|graphile-worker|node-cron|cron|croner|node-schedule|bree|nats|@temporalio\/worker|@google-cloud\/pubsub|sqs-consumer|kue|rsmq|redis|ioredis|faktory-worker|@nestjs\/(?:bull|bullmq|schedule|microservices))$/;

const scriptNames =
  /^(?:start[:-])?(?:workers?|queues?|jobs?|consumers?|scheduler|crons?|background)(?:[:-](?:start|prod|production))?$/;
const fileNames = [
  "worker",
  "workers",
  "worker/index",
  "workers/index",
  "queue-worker",
  "consumer",
  "jobs/worker",
  "queues/worker",
];

/** The worker of a Node service's queue: a script that is called so, else a file that is called so and waits for work. */
export async function findNodeWorkers(tree: SourceTree, service: Service): Promise<readonly FurtherProgram[]> {
  const pkg = await readPackage(tree, service.path);
  if (pkg === undefined || ![...pkg.dependencies.keys()].some((name) => queues.test(name))) return [];
  const found: FurtherProgram[] = [];
  for (const name of Object.keys(pkg.json.scripts)
    .filter((each) => scriptNames.test(each))
    .toSorted(byProduction)) {
    const start = fromScript(pkg, name);
    if (start === undefined || /\bwrangler\b/.test(start.line) || start.line === service.start) continue;
    const { kind } = await signsOf(tree, pkg, start.file);
    if (kind !== "Worker" && kind !== undefined) continue;
    const plain = /workers?|queues?|jobs?|consumers?|scheduler|crons?|background/.exec(name)?.[0] ?? "worker";
    if (found.some((each) => each.name === plain || each.line === start.line)) continue;
    found.push({
      name: plain,
      kind: "Worker",
      line: start.line,
      because: `package.json scripts.${name}`,
      where: pkg.file,
    });
  }
  return found.length > 0 ? found : await fromFile(tree, pkg, service);
}

/** `worker:prod` before `worker`. */
function byProduction(one: string, other: string): number {
  return Number(/prod/.test(other)) - Number(/prod/.test(one)) || (one < other ? -1 : 1);
}

async function fromFile(tree: SourceTree, pkg: NodePackage, service: Service): Promise<readonly FurtherProgram[]> {
  const started = /^(?<program>node|bun|tsx|ts-node)(?<flags>(?: --?[\w=:./-]+)*) (?<file>[\w@./-]+)$/.exec(
    service.start ?? "",
  )?.groups;
  if (started === undefined) return [];
  const { program = "node", flags = "", file = "" } = started;
  const built = /^(?<out>(?:\.\/)?(?:dist|build|lib|out))\//.exec(file)?.groups?.["out"];
  for (const name of ["", "src/", "server/", "app/"].flatMap((folder) => fileNames.map((each) => folder + each))) {
    for (const ending of ["js", "mjs", "cjs", "ts", "mts"]) {
      const source = `${name}.${ending}`;
      const where = joinPath(pkg.path, source) ?? source;
      if (!(await tree.has(where)) || (await signsOf(tree, pkg, source)).kind !== "Worker") continue;
      const text = (await tree.read(where)) ?? "";
      if (
        !/\bnew\s+Worker\s*\(|\.process\s*\(|\.consume\s*\(|\.subscribe\s*\(|\.run\s*\(|\.work\s*\(|\bsetInterval\s*\(|blpop|brpop/i.test(
          text,
        )
      )
        continue;
      // What is compiled is started from where it is compiled to, as the first program is.
      const line =
        built === undefined
          ? `${program}${flags} ${source}`
          : `${program}${flags} ${built}/${name.replace(/^src\//, "")}.js`;
      if (await isTakenBy(tree, pkg, file, where)) return [];
      return [
        {
          name: "worker",
          kind: "Worker",
          line,
          because: `${source} waits for work, and nothing else starts it`,
          where,
        },
      ];
    }
  }
  return [];
}

/** Whether the first program takes the worker in by itself. */
async function isTakenBy(tree: SourceTree, pkg: NodePackage, file: string, worker: string): Promise<boolean> {
  const stem =
    worker
      .replace(/\.[cm]?[jt]s$/, "")
      .split("/")
      .at(-1) ?? "worker";
  const source = file.replace(/^(?:\.\/)?(?:dist|build|lib|out)\//, "").replace(/\.[cm]?[jt]s$/, "");
  for (const path of [
    file,
    ...["ts", "js", "mts", "mjs"].flatMap((ending) => [`src/${source}.${ending}`, `${source}.${ending}`]),
  ]) {
    const text = await tree.read(joinPath(pkg.path, path) ?? path);
    if (text === undefined) continue;
    return new RegExp(
      `(?:from|require\\(|import\\(|import)\\s{0,3}["'][^"'\\n]{0,80}${stem.replaceAll(/[^\w-]/g, ".")}(?:\\.[cm]?[jt]s)?["']`,
    ).test(text);
  }
  return false;
}
