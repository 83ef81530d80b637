import type { Service } from "../../../plan.ts";
import { parseEnvFile } from "../../config/example-file.ts";
import { joinPath } from "../../config/service-files.ts";
import type { FurtherProgram } from "../further-program.ts";
import type { SourceTree } from "../source-tree.ts";

/** Laravel's queue, where it has jobs and a queue that somebody has to empty, and its scheduler, where something is scheduled. */
export async function findPhpWorkers(tree: SourceTree, service: Service): Promise<readonly FurtherProgram[]> {
  const at = (path: string): string => joinPath(service.path, path) ?? path;
  if (!(await tree.has(at("artisan")))) return [];
  const found: FurtherProgram[] = [];
  const where = at(".env.example");
  const example = parseEnvFile((await tree.read(where)) ?? "", where);
  const queue = (example.get("QUEUE_CONNECTION") ?? example.get("QUEUE_DRIVER"))?.value ?? "sync";
  const jobs = (await tree.list(at("app/Jobs"))).some((name) => name.endsWith(".php"));
  if (jobs && !["sync", "null", ""].includes(queue)) {
    const because = `jobs in app/Jobs, and ${queue} as their queue`;
    found.push({ name: "worker", kind: "Worker", line: "php artisan queue:work --tries=3", because, where });
  }
  for (const file of ["routes/console.php", "app/Console/Kernel.php", "bootstrap/app.php"]) {
    const text = ((await tree.read(at(file))) ?? "").replaceAll(/\/\/[^\n]*|\/\*[^]{0,4000}?\*\//g, "");
    if (!/(?:\bSchedule::|\$schedule->)(?:command|job|call|exec)\s*\(/.test(text)) continue;
    found.push({
      name: "scheduler",
      kind: "Worker",
      line: "php artisan schedule:work",
      because: `a schedule in ${file}`,
      where: at(file),
    });
    break;
  }
  return found;
}
