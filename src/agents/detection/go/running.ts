import { joinPath } from "../../config/service-files.ts";
import type { Wishes } from "../language.ts";
import type { SourceTree } from "../source-tree.ts";
import { type GoProject, readGoProject } from "./module.ts";
import { findGoPrograms, type GoProgram } from "./program.ts";

/** One program of a module or of a workspace. */
export interface Found {
  /** The module that it belongs to. */
  readonly project: GoProject;
  readonly program: GoProgram;
  /** The program's folder, relative to the folder that was looked at. */
  readonly folder: string;
}

const maxRunning = 12;

/** Programs of the folder's own module, then those of a workspace's members; servers before the others. */
export async function findPrograms(tree: SourceTree, project: GoProject): Promise<readonly Found[]> {
  const found: Found[] = [];
  if (project.module !== undefined || project.members.length === 0) {
    for (const program of await findGoPrograms(tree, project)) found.push({ project, program, folder: program.folder });
  }
  for (const member of project.members.filter((one) => one !== ".")) {
    const inside = await readGoProject(tree, joinPath(project.folder, member) ?? member);
    if (inside === undefined) continue;
    for (const program of await findGoPrograms(tree, inside)) {
      const folder = program.folder === "." ? member : `${member}/${program.folder}`;
      found.push({
        project: { ...inside, hasSum: inside.hasSum && project.hasSum, vendored: project.vendored },
        program,
        folder,
      });
    }
  }
  const order = { Web: 0, Worker: 1, Job: 2, Cron: 3 } as const;
  return found.toSorted((one, other) => order[one.program.kind] - order[other.program.kind]);
}

/** Commands that people call, and what only a developer starts. */
const byHand =
  /(?:^|[-_])(?:client|cli|ctl|migrat\w*|seed\w*|tools?|gen|generator|test\w*|mock\w*|bench\w*|examples?|demo|debug|fake\w*|stub|load\w*|simulat\w*|healthcheck|probe)(?:$|[-_])/;

/**
 * What of it runs: what a person names by GO_BIN or GO_WORKSPACE_MODULE; a program in a module's own folder is what the module is for; else every
 * command that serves or goes on, `cmd/api` and `cmd/worker`, and those of each member of a workspace. One at least.
 */
export function chooseRunning(found: readonly Found[], { env }: Wishes): readonly Found[] {
  const told = (name: string): string | undefined =>
    [name, `RAILPACK_${name}`, `NIXPACKS_${name}`].map((one) => env[one]).find((value) => value !== undefined);
  const [binary, member] = [told("GO_BIN"), told("GO_WORKSPACE_MODULE")];
  const named = found.filter(
    ({ folder, project }) =>
      (binary === undefined || folder.split("/").at(-1) === binary) &&
      (member === undefined || joinPath(project.folder) === joinPath(member) || folder.split("/")[0] === joinPath(member)),
  );
  if ((binary !== undefined || member !== undefined) && named.length > 0) return named.slice(0, 1);
  const main = new Set(found.filter(({ program }) => program.folder === "." && program.kind !== "Job").map(({ project }) => project.folder));
  const running = found.filter(
    ({ program, project, folder }) =>
      program.kind !== "Job" &&
      (program.folder === "." || !main.has(project.folder)) &&
      (!byHand.test(folder.split("/").at(-1) ?? "") || found.length === 1),
  );
  return running.length > 0 ? running.slice(0, maxRunning) : found.slice(0, 1);
} // prettier-ignore
