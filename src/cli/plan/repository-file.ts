import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { isServedFiles } from "../../agents/detection/static/caddy.ts";
import type { Plan } from "../../plan.ts";
import { CommandError, exitCode } from "../exit-code.ts";

/** Text of `repo-runner.yaml`: the plan as a person may keep and change it, in the words of the spec. No secrets, hosts or images stand in it. */
export function repositoryFile(plan: Plan): string {
  const services = plan.services.map((service) => {
    const { recipe } = service;
    const literals = service.env.filter((variable) => variable.source === "Literal" && variable.value !== undefined);
    const own = recipe.dockerfile !== undefined;
    // Caddy's own line stands for files that are served: said as a start, it would be a program to run.
    const start = isServedFiles(service) ? null : service.start;
    return {
      name: service.name,
      kind: service.kind,
      ...(service.path === "." ? {} : { path: service.path }),
      ...(own ? { dockerfile: recipe.dockerfile } : {}),
      ...(own || !service.runtime ? {} : { runtime: { name: service.runtime.name, version: service.runtime.version } }),
      ...(own ? {} : { install: recipe.install ?? "", build: recipe.build ?? "" }),
      ...(start === null ? {} : { start }),
      ...(service.command === undefined ? {} : { command: service.command }),
      ...(service.schedule === undefined ? {} : { schedule: service.schedule }),
      ...(service.port.number === undefined || service.kind !== "Web" ? {} : { port: service.port.number }),
      ...(service.probe.path === undefined || service.kind !== "Web" ? {} : { probe: { path: service.probe.path } }),
      ...(literals.length === 0 ? {} : { env: literals.map(({ name, value }) => ({ name, value })) }),
    };
  });
  const databases = plan.databases.map(({ name, engine, version }) => ({ name, engine, version }));
  const document = { services, ...(databases.length === 0 ? {} : { databases }) };
  return `# How Repo Runner runs this repository, in the words of a RepoRun's spec. What stands here wins over what it would find, and a RepoRun's own spec over this.\n${stringify(document)}`;
}

/** Writes it into a folder; a file that is there stays unless `force`. */
export async function writeRepositoryFile(folder: string, plan: Plan, force: boolean): Promise<string> {
  const file = join(folder, "repo-runner.yaml");
  try {
    await writeFile(file, repositoryFile(plan), { flag: force ? "w" : "wx" });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") {
      throw new CommandError(exitCode.usage, `${file} is there already`, ["--force writes over it"]);
    }
    throw error;
  }
  return file;
}
