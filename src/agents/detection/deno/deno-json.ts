import { z } from "zod";
import { joinPath } from "../../config/service-files.ts";
import { parseRelaxedJson } from "../comments.ts";
import type { SourceTree } from "../source-tree.ts";

const DenoJson = z.object({
  name: z.string().max(214).optional().catch(undefined),
  exports: z.unknown().optional(),
  tasks: z
    .record(z.string(), z.union([z.string(), z.object({ command: z.string() }).transform(({ command }) => command)]))
    .catch({})
    .default({}),
  imports: z.record(z.string(), z.unknown()).catch({}).default({}),
  nodeModulesDir: z.unknown().optional(),
});

/** What deno.json or deno.jsonc says. */
export interface DenoSettings {
  readonly file: string;
  readonly tasks: Readonly<Record<string, string>>;
  /** Specifiers that its import map leads to: `jsr:@fresh/core@^2`, `npm:hono@4`. */
  readonly imports: readonly string[];
  /** It describes a package: a name and what others may import. */
  readonly isPackage: boolean;
}

/** Reads the settings of a folder; undefined where there are none that can be read. */
export async function readDenoJson(tree: SourceTree, folder: string): Promise<DenoSettings | undefined> {
  for (const name of ["deno.json", "deno.jsonc"]) {
    const file = joinPath(folder, name) ?? name;
    const json = DenoJson.safeParse(parseRelaxedJson((await tree.read(file)) ?? "")).data;
    if (json === undefined) continue;
    return {
      file,
      tasks: Object.fromEntries(Object.entries(json.tasks).filter(([, line]) => line.length <= 1024)),
      imports: Object.values(json.imports).filter((one) => typeof one === "string"),
      isPackage: json.name !== undefined && json.exports !== undefined,
    };
  }
  return undefined;
}
