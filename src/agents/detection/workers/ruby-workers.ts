import type { Service } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import type { FurtherProgram } from "../further-program.ts";
import type { SourceTree } from "../source-tree.ts";

/** Workers of a Rails application's queue, by its gem. Solid Queue in Puma's own process is left there. */
export async function findRubyWorkers(tree: SourceTree, service: Service): Promise<readonly FurtherProgram[]> {
  if (service.framework !== "rails") return [];
  const where = joinPath(service.path, "Gemfile") ?? "Gemfile";
  const text = (await tree.read(where)) ?? "";
  const has = (gem: string): boolean => new RegExp(`^[ \\t]*gem[ \\t]+["']${gem}["']`, "m").test(text);
  const worker = (line: string, gem: string): readonly FurtherProgram[] => [
    { name: "worker", kind: "Worker", line, because: `${gem} is a gem of it`, where },
  ];
  if (has("sidekiq")) return worker("bundle exec sidekiq", "sidekiq");
  if (has("good_job")) return worker("bundle exec good_job start", "good_job");
  if (has("resque")) return worker("QUEUE=* bundle exec rake resque:work", "resque");
  if (has("delayed_job_active_record")) return worker("bundle exec rake jobs:work", "delayed_job");
  const puma = (await tree.read(joinPath(service.path, "config/puma.rb") ?? "")) ?? "";
  const isInPuma = /^[ \t]*plugin[ \t]+:solid_queue(?![^\n]*\bif\b)/m.test(puma);
  const jobs = await tree.has(joinPath(service.path, "bin/jobs") ?? "bin/jobs");
  return has("solid_queue") && jobs && !isInPuma ? worker("bin/jobs", "solid_queue") : [];
}
