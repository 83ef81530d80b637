import { z } from "zod";
import { parseToml } from "../toml.ts";

const Word = z.string().max(200).optional().catch(undefined);
const Words = z.array(z.string().max(300)).max(256).optional().catch(undefined);
const Table = z.record(z.string(), z.unknown()).catch({});

const Binary = z.object({ name: Word, path: Word, "required-features": Words });

const Manifest = z.object({
  package: z
    .object({
      name: Word,
      edition: Word,
      "rust-version": Word,
      "default-run": Word,
      autobins: z.boolean().optional().catch(undefined),
      metadata: Table.optional(),
    })
    .optional()
    .catch(undefined),
  lib: Table.optional(),
  bin: z.array(Binary).max(64).optional().catch(undefined),
  dependencies: Table.optional(),
  "build-dependencies": Table.optional(),
  target: Table.optional(),
  workspace: z
    .object({
      members: Words,
      exclude: Words,
      "default-members": Words,
      package: z.object({ "rust-version": Word, edition: Word }).optional().catch(undefined),
      metadata: Table.optional(),
    })
    .optional()
    .catch(undefined),
});

/** What Cargo.toml says, as far as it matters here; what is of another form is left out. */
export type CargoManifest = z.infer<typeof Manifest>;

/** Reads a Cargo.toml; undefined for what is none. */
export function parseCargo(text: string): CargoManifest | undefined {
  const value = parseToml(text);
  const read = Manifest.safeParse(value);
  return value !== undefined && read.success ? read.data : undefined;
}

/** Names of the crates that a package asks for, those of a target among them; what is renamed by its real name. */
export function dependenciesOf(manifest: CargoManifest): readonly string[] {
  const targets = Object.values(manifest.target ?? {}).flatMap((one) => {
    const dependencies = one !== null && typeof one === "object" && "dependencies" in one ? one.dependencies : {};
    return Object.entries(Table.parse(dependencies));
  });
  return [
    ...Object.entries(manifest.dependencies ?? {}),
    ...Object.entries(manifest["build-dependencies"] ?? {}),
    ...targets,
  ]
    .slice(0, 600)
    .map(([name, told]) => {
      const real: unknown = told !== null && typeof told === "object" && "package" in told ? told.package : undefined;
      return typeof real === "string" ? real : name;
    });
}

/** Local folders that a package depends on, as written. */
export function localDependencies(manifest: CargoManifest): readonly string[] {
  return Object.values({ ...manifest.dependencies, ...manifest["build-dependencies"] }).flatMap((told) => {
    const path: unknown = told !== null && typeof told === "object" && "path" in told ? told.path : undefined;
    return typeof path === "string" ? [path] : [];
  });
}
