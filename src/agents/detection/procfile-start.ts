import type { ReleaseStep } from "../../plan.ts";
import { joinPath } from "../config/service-files.ts";
import { parseProcfile } from "./procfile/procfile.ts";
import type { SourceTree } from "./source-tree.ts";

/** What a Procfile says of one folder: its `web`, else its `worker`. */
export interface ProcfileStart {
  readonly kind: "Web" | "Worker";
  readonly line: string;
  readonly releaseSteps: readonly ReleaseStep[];
  readonly from: string;
  readonly where: string;
  readonly warnings: readonly string[];
}

/** Reads the Procfile of a folder; migrations before the program, and `release`, become steps of the release. */
export async function procfileStart(tree: SourceTree, folder: string): Promise<ProcfileStart | undefined> {
  const where = joinPath(folder, "Procfile") ?? "Procfile";
  const processes = parseProcfile((await tree.read(where)) ?? "");
  const name = ["web", "worker"].find((each) => processes.has(each));
  const said = name === undefined ? undefined : processes.get(name);
  if (name === undefined || said === undefined) return undefined;
  const { steps, line } = withoutMigrations(said, `Procfile ${name}`);
  const release = processes.get("release");
  return {
    kind: name === "web" ? "Web" : "Worker",
    line,
    releaseSteps: [...(release === undefined ? [] : [releaseStep(release)]), ...steps],
    from: `Procfile ${name}`,
    where,
    warnings: [],
  };
}

function releaseStep(line: string): ReleaseStep {
  return { name: migration.test(line) ? "Migrate" : "Release", line, from: "Procfile release" };
}

const migration =
  /^(?:RAILS_ENV=production[ \t]+)?(?:bundle exec[ \t]+)?(?:(?:\.\/)?bin\/)?(?:rake|rails)[ \t]+db:(?:migrate|prepare)(?:[ \t:]|$)|^php[ \t]+(?:artisan[ \t]+migrate|bin\/console[ \t]+doctrine:migrations:migrate)(?:[ \t]|$)|^mix[ \t]+ecto\.migrate(?:[ \t]|$)/;

/** `rake db:migrate && puma` is a step of the release and `puma`: a migration is made once, not by each program that starts. */
export function withoutMigrations(
  said: string,
  from: string,
): { readonly steps: readonly ReleaseStep[]; readonly line: string } {
  const parts = said.split(/[ \t]*&&[ \t]*/);
  const steps: ReleaseStep[] = [];
  while (parts.length > 1 && migration.test(parts[0]?.trim() ?? "")) {
    steps.push({ name: "Migrate", line: (parts.shift() ?? "").trim(), from });
  }
  return { steps, line: parts.join(" && ") };
}
