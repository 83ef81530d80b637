import type { ReleaseStep, Service } from "../../../plan.ts";
import type { SourceTree } from "../../detection/source-tree.ts";

/** What a tool's finder looks at. */
export interface Look {
  readonly tree: SourceTree;
  readonly service: Service;
  /** Paths of the service's files, relative to its folder. */
  readonly files: readonly string[];
  readonly has: (dependency: RegExp) => boolean;
  /** Script of package.json by its name. */
  readonly scripts: Readonly<Record<string, string>>;
  readonly texts: ReadonlyMap<string, string>;
}

/** What a tool has to do, and what it needs for it. */
export interface Found {
  readonly steps: readonly ReleaseStep[];
  /** The image has to keep what only development needs: the tool is among it. */
  readonly keepsTools?: boolean;
  /** A program that the build stage makes and the image takes. */
  readonly program?: { readonly tool: string; readonly from: string; readonly to: string };
  /** Address of the database under a name of ours, for a tool that reads none. */
  readonly address?: { readonly name: string; readonly scheme: "Url" | "GoMysql" };
}

/** The tool is there, and nothing has to be done. */
export const none: Found = { steps: [] };

/** One step that changes the tables. */
export function migrate(line: string, from: string): ReleaseStep {
  return { name: "Migrate", line, from: from.slice(0, 256) };
}

/** One step that fills them. */
export function seed(line: string, from: string): ReleaseStep {
  return { name: "Seed", line, from: from.slice(0, 256) };
}

/** How the folder of a tool is entered from the folder in which the program starts. */
export function inFolder(folder: string, line: string): string {
  return folder === "." || folder === "" ? line : `cd ${folder} && ${line}`;
}
