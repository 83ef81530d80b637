import type { Service } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import { type FurtherProgram, furtherService } from "../further-program.ts";
import type { SourceTree } from "../source-tree.ts";
import { findNodeWorkers } from "./node-workers.ts";
import { findPhpWorkers } from "./php-workers.ts";
import { findPythonWorkers } from "./python-workers.ts";
import { findRubyWorkers } from "./ruby-workers.ts";

/** What does in the background the work that a service puts into a queue. */
type Finder = (tree: SourceTree, service: Service) => Promise<readonly FurtherProgram[]>;

const finders: Readonly<Record<string, Finder>> = {
  node: findNodeWorkers,
  python: findPythonWorkers,
  ruby: findRubyWorkers,
  php: findPhpWorkers,
};

/**
 * The workers that a web service's queue needs, where no file of the repository names them: a page that puts work into a queue which nobody empties
 * answers, and does nothing. Each is a service of the same recipe.
 */
export async function withWorkers(tree: SourceTree, services: readonly Service[]): Promise<readonly Service[]> {
  const out = [...services];
  for (const service of services) {
    const { recipe, kind, path } = service;
    const find = finders[service.language];
    if (kind !== "Web" || find === undefined || recipe.dockerfile !== undefined || recipe.image !== undefined) continue;
    // Somebody has said which programs there are.
    if (services.some((other) => other.path === path && other !== service)) continue;
    if (await tree.has(joinPath(path, "Procfile") ?? "Procfile")) continue;
    for (const program of (await find(tree, service)).slice(0, 3)) {
      if (program.line !== service.start) out.push(furtherService(service, program, out));
    }
  }
  return out.slice(0, 32);
}
