import type { Service } from "../../../plan.ts";
import type { Detection, Language, Wishes } from "../language.ts";
import { nativeService } from "../native-service.ts";
import { plainText } from "../plain-text.ts";
import { serviceNameOf } from "../service-name.ts";
import type { SourceTree } from "../source-tree.ts";
import { findRustPrograms, type RustProgram } from "./programs.ts";
import { type CargoProject, readCargoProject } from "./project.ts";
import { buildable, rustRecipe } from "./recipe.ts";
import { chooseRust, type RustChoice } from "./rust-version.ts";
import { findWasmSite } from "./wasm.ts";

/** Rust: packages and workspaces of Cargo, several programs; Axum, Actix, Rocket and their like; pages made by Trunk or cargo-leptos. */
export const rust: Language = {
  name: "rust",
  async detect(tree, path, wishes): Promise<Detection | undefined> {
    const project = await readCargoProject(tree, path);
    if (project === undefined) return undefined;
    const programs = await findRustPrograms(tree, project);
    const choice = await chooseRust(tree, project, wishes);
    const warnings = choice.warning === undefined ? [] : [choice.warning];
    const site = await findWasmSite(tree, project, programs, choice);
    if (site !== undefined) return { sure: "Certain", services: [site], warnings };
    const chosen = buildable(project, chooseRunning(programs, project, wishes));
    if (chosen.length === 0) return library(project);
    const services = await describe(tree, project, chosen, choice);
    const sure = services.some((service) => service.sure === "Certain") ? "Certain" : "Likely";
    return { sure, services, warnings: [...warnings, ...left(programs, chosen)] };
  },
};

/** What a person named; what Cargo would run; everything that serves or waits, where nobody says; else the first. */
function chooseRunning(
  programs: readonly RustProgram[],
  project: CargoProject,
  { env }: Wishes,
): readonly RustProgram[] {
  const told = (name: string): string | undefined =>
    [name, `RAILPACK_${name}`, `NIXPACKS_${name}`].map((one) => env[one]).find((value) => value !== undefined);
  const [binary, member] = [told("RUST_BIN"), told("CARGO_WORKSPACE")];
  const named = programs.filter(
    (program) =>
      (binary === undefined || program.binary.name === binary) &&
      (member === undefined || program.package.name === member),
  );
  if ((binary !== undefined || member !== undefined) && named.length > 0) return named.slice(0, 1);
  const usual = project.manifest.package?.["default-run"];
  const byCargo = programs.filter((program) => program.binary.name === usual);
  if (byCargo.length > 0) return byCargo.slice(0, 1);
  const running = programs.filter(({ kind }) => kind !== "Job");
  // Several programs that listen in one package are ways to do one thing; in several packages they are several services.
  const chosen = running.filter(
    (program) =>
      program.kind === "Worker" ||
      program === running.find((one) => one.kind === "Web" && one.package === program.package),
  );
  return chosen.length > 0 ? chosen : programs.slice(0, 1);
}

async function describe(
  tree: SourceTree,
  project: CargoProject,
  programs: readonly RustProgram[],
  choice: RustChoice,
): Promise<readonly Service[]> {
  const recipe = await rustRecipe(tree, project, programs, choice);
  const webs = programs.filter(({ kind }) => kind === "Web").length;
  return programs.map((program) => {
    const { binary, kind, framework } = program;
    const lone = programs.length === 1 || (kind === "Web" && webs === 1);
    return nativeService({
      path: project.folder,
      name: lone ? undefined : serviceNameOf(`./${binary.name}`, kind),
      language: "rust",
      framework,
      kind,
      runtime: { name: "rust", choice },
      manager: {
        name: "cargo",
        version: null,
        lockFile: project.lock === undefined ? null : "Cargo.lock",
        mode: project.lock === undefined ? "Unfrozen" : "Frozen",
      },
      recipe,
      start: startOf(program),
      port: program.port,
      because: program.because,
      where: program.where,
    });
  });
}

/** Loco's programs take the word that says what to do. */
function startOf({ binary, framework, kind }: RustProgram): string {
  return `./bin/${binary.name}${framework === "loco-rs" && kind === "Web" ? " start --binding 0.0.0.0" : ""}`;
}

function left(programs: readonly RustProgram[], chosen: readonly RustProgram[]): readonly string[] {
  const others = programs.filter((program) => !chosen.includes(program)).map(({ binary }) => binary.name);
  if (others.length === 0) return [];
  const run = chosen.map(({ binary }) => binary.name).join(", ");
  return [plainText(`${run} ${chosen.length > 1 ? "are" : "is"} run; there are also ${others.slice(0, 5).join(", ")}`)];
}

function library(project: CargoProject): Detection {
  return {
    sure: "Likely",
    services: [],
    notAService: project.manifest.package === undefined ? "a Cargo workspace without programs" : "a Rust library",
    lookedFor: [
      ["src/main.rs and src/bin/", "none"],
      ["[[bin]] in Cargo.toml", "none whose file is there"],
      ["members of the workspace", `${project.packages.length} looked at`],
    ],
  };
}
