import type { Recipe } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import { slimDebian, sourceFolder } from "../native-service.ts";
import { runtimeFiles } from "../runtime-files.ts";
import type { SourceTree } from "../source-tree.ts";
import { nativePackages } from "./crates.ts";
import { parseToml } from "../toml.ts";
import { rocketPort, type RustProgram } from "./programs.ts";
import type { CargoProject } from "./project.ts";
import type { RustChoice } from "./rust-version.ts";

const cargoHome = "/usr/local/cargo";
/** A cache of the tenant, one for each name of a program: Cargo locks the folder, and other projects' builds would wait. */
const targetFolder = "/var/cache/cargo-target";

/** Where programs and their files lie, in the build and in the final image. */
export function folderInImage(project: CargoProject, folder = project.folder): string {
  const inside = folder === project.root ? "." : project.root === "." ? folder : folder.slice(project.root.length + 1);
  return inside === "." ? sourceFolder : `${sourceFolder}/${inside}`;
}

/** One image with all the programs that run: services of one recipe share it. */
export async function rustRecipe(
  tree: SourceTree,
  project: CargoProject,
  programs: readonly RustProgram[],
  choice: RustChoice,
): Promise<Partial<Recipe>> {
  const locked = project.lock === undefined ? "" : " --locked";
  const target = (await hasOwnTarget(tree, project)) ? ` --target ${host}` : "";
  const home = folderInImage(project);
  return {
    context: project.root,
    workdir: home === sourceFolder ? "." : home.slice(sourceFolder.length + 1),
    buildImage: `docker.io/library/rust:${choice.version}`,
    runImage: runImageFor(choice.version),
    ...nativePackages(project),
    install: `cargo fetch${locked} --target ${host}`,
    build: buildLine(project, programs, locked, target),
    caches: [
      { id: "cargo-registry", target: `${cargoHome}/registry` },
      { id: "cargo-git", target: `${cargoHome}/git` },
      { id: `cargo-target-${programs[0]?.binary.name ?? "none"}`.slice(0, 64), target: targetFolder },
    ],
    buildEnv: {
      CARGO_TARGET_DIR: targetFolder,
      // Without a lock the newest crates that this compiler understands are taken.
      ...(project.lock === undefined ? { CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS: "fallback" } : {}),
      ...((await hasOfflineQueries(tree, project)) ? { SQLX_OFFLINE: "true" } : {}),
      ...(choice.nightly ? { RUSTC_BOOTSTRAP: "1" } : {}),
    },
    runEnv: runEnvOf(programs),
    artifacts: [
      ...programs.map(({ binary }) => `${home}/bin/${binary.name}`),
      ...(await filesOf(tree, project, programs)),
    ]
      .slice(0, 30)
      .map((path) => ({ from: path, to: path })),
  };
}

const host = `"$(rustc -vV | sed -n 's/^host: //p')"`;

/**
 * The target folder outlives the build, and Cargo tells what is new by the time of its files, which a layer that was kept has old: sources
 * are made new first, so that only what came from a registry is taken as compiled.
 */
function buildLine(project: CargoProject, programs: readonly RustProgram[], locked: string, target: string): string {
  const built = `"$CARGO_TARGET_DIR"/${target === "" ? "" : `${host}/`}release`;
  const byFolder = Map.groupBy(programs, (program) => program.package.folder);
  // A package is named by its file: a crate of the same name may be among its dependencies.
  const builds = [...byFolder].map(([folder, group]) => {
    const inside = project.folder === "." ? folder : folder.slice(project.folder.length + 1);
    const features = [...new Set(group.flatMap(({ binary }) => binary.features))];
    return [
      `cargo build --release${locked}${target}`,
      ...(folder === project.folder ? [] : [`--manifest-path ${inside}/Cargo.toml`]),
      ...group.map(({ binary }) => `--bin ${binary.name}`),
      ...(features.length === 0 ? [] : [`--features ${features.join(",")}`]),
    ].join(" ");
  });
  const copies = programs.map(({ binary }) => `cp ${built}/${binary.name} bin/`);
  return ["find /app -name '*.rs' -exec touch {} +", ...builds, "mkdir -p bin", ...copies].join(" && ");
}

/** As many programs as one line of a plan can build, which has a bound. */
export function buildable(project: CargoProject, programs: readonly RustProgram[]): readonly RustProgram[] {
  const worst = ` --target ${host}`;
  for (let count = Math.min(8, programs.length); count > 1; count -= 1) {
    const some = programs.slice(0, count);
    if (buildLine(project, some, " --locked", worst).length <= 2000) return some;
  }
  return programs.slice(0, 1);
}

/** `.cargo/config.toml` names a target (musl, wasm): what runs here is this machine's. */
async function hasOwnTarget(tree: SourceTree, project: CargoProject): Promise<boolean> {
  for (const folder of new Set([project.folder, project.root])) {
    for (const name of [".cargo/config.toml", ".cargo/config"]) {
      const build = parseToml((await tree.read(joinPath(folder, name) ?? name)) ?? "")?.["build"];
      if (build !== null && typeof build === "object" && "target" in build) return true;
    }
  }
  return false;
}

async function hasOfflineQueries(tree: SourceTree, project: CargoProject): Promise<boolean> {
  const folders = new Set([project.folder, project.root, ...project.packages.map(({ folder }) => folder)]);
  for (const folder of folders) {
    if (await tree.has(joinPath(folder, "sqlx-data.json") ?? "")) return true;
    if ((await tree.list(joinPath(folder, ".sqlx") ?? ".sqlx")).length > 0) return true;
  }
  return false;
}

/** Files beside the workspace, where `cargo run` is called, and beside each program's package, which knows its own folder. */
async function filesOf(
  tree: SourceTree,
  project: CargoProject,
  programs: readonly RustProgram[],
): Promise<readonly string[]> {
  const folders = new Set([project.folder, ...programs.map((program) => program.package.folder)]);
  const found: string[] = [];
  for (const folder of folders) {
    const names = await runtimeFiles(tree, folder, /\.rs$|(?:^|\/)Cargo\.(?:toml|lock)$/);
    found.push(...names.map((name) => `${folderInImage(project, folder)}/${name}`));
  }
  return found.filter((path) => !/[\s,]/.test(path));
}

function runEnvOf(programs: readonly RustProgram[]): Readonly<Record<string, string>> {
  const frameworks = new Set(programs.map(({ framework }) => framework));
  return frameworks.has("rocket") ? { ROCKET_ADDRESS: "0.0.0.0", ROCKET_PORT: String(rocketPort) } : {};
}

/** Debian of the official image's day where today's lacks the libraries that it links with. */
function runImageFor(version: string): string {
  const [major = 1, minor = 0] = version.split(".").map(Number);
  return major === 1 && minor < 71 ? "docker.io/library/debian:bullseye-slim" : slimDebian;
}
