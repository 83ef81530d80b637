import type { Service } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import { nativeService, sourceFolder } from "../native-service.ts";
import { newRecipe, newService } from "../new-service.ts";
import { serviceNameOf } from "../service-name.ts";
import type { SourceTree } from "../source-tree.ts";
import { caddyService, caddyStage } from "../static/caddy.ts";
import type { RustProgram } from "./programs.ts";
import type { CargoProject } from "./project.ts";
import { folderInImage } from "./recipe.ts";
import type { RustChoice } from "./rust-version.ts";

const wasmTarget = "rustup target add wasm32-unknown-unknown";
const registry = { id: "cargo-registry", target: "/usr/local/cargo/registry" };

/** A front end that is compiled to WebAssembly: pages by Trunk, which are served, or a server and its pages by cargo-leptos. */
export async function findWasmSite(
  tree: SourceTree,
  project: CargoProject,
  programs: readonly RustProgram[],
  choice: RustChoice,
): Promise<Service | undefined> {
  return leptosServer(project, programs, choice) ?? (await trunkSite(tree, project, programs, choice));
}

async function trunkSite(
  tree: SourceTree,
  project: CargoProject,
  programs: readonly RustProgram[],
  choice: RustChoice,
): Promise<Service | undefined> {
  const at = (name: string): string => joinPath(project.folder, name) ?? name;
  const page = (await tree.read(at("index.html"))) ?? "";
  const told = await tree.has(at("Trunk.toml"));
  if (page === "" || !(told || /\bdata-trunk\b/.test(page)) || programs.some(({ kind }) => kind === "Web"))
    return undefined;
  const home = folderInImage(project);
  return newService({
    name: serviceNameOf(project.folder, "Web"),
    kind: "Web",
    path: project.folder,
    language: "rust",
    framework: "trunk",
    runtime: { name: "rust", version: choice.version, from: choice.from },
    manager: {
      name: "cargo",
      version: null,
      lockFile: project.lock === undefined ? null : "Cargo.lock",
      mode: project.lock === undefined ? "Unfrozen" : "Frozen",
    },
    recipe: newRecipe({
      context: project.root,
      workdir: home === sourceFolder ? "." : home.slice(sourceFolder.length + 1),
      buildImage: `docker.io/library/rust:${choice.version}`,
      tools: [`${wasmTarget} && cargo install --locked trunk`],
      build: "trunk build --release --dist dist",
      caches: [registry],
      ...caddyStage(`${home}/dist`, true),
    }),
    sure: "Certain",
    ...caddyService,
    why: [
      { about: "runtime", value: `rust ${choice.version}`, because: choice.from },
      {
        about: "framework",
        value: "trunk",
        because: told ? "Trunk.toml" : "index.html has data-trunk",
        where: told ? at("Trunk.toml") : at("index.html"),
      },
    ],
  });
}

function leptosServer(
  project: CargoProject,
  programs: readonly RustProgram[],
  choice: RustChoice,
): Service | undefined {
  const shared = project.manifest.workspace?.metadata;
  const told = [project.manifest.package?.metadata, shared].some(
    (one) => one !== null && typeof one === "object" && "leptos" in one,
  );
  const server =
    programs.find(({ package: one }) => one.folder === project.folder || programs.length === 1) ?? programs[0];
  if (!told || server === undefined) return undefined;
  const home = folderInImage(project);
  const { name } = server.binary;
  return nativeService({
    path: project.folder,
    language: "rust",
    framework: "leptos",
    kind: "Web",
    runtime: { name: "rust", choice },
    manager: {
      name: "cargo",
      version: null,
      lockFile: project.lock === undefined ? null : "Cargo.lock",
      mode: "Unfrozen",
    },
    recipe: {
      context: project.root,
      workdir: home === sourceFolder ? "." : home.slice(sourceFolder.length + 1),
      buildImage: `docker.io/library/rust:${choice.version}`,
      tools: [`${wasmTarget} && cargo install --locked cargo-leptos`],
      build: `cargo leptos build --release && mkdir -p bin && cp target/release/${name} bin/`,
      caches: [registry],
      runEnv: { LEPTOS_SITE_ADDR: "0.0.0.0:3000", LEPTOS_SITE_ROOT: "target/site", LEPTOS_OUTPUT_NAME: name },
      artifacts: [`${home}/bin/${name}`, `${home}/target/site`].map((path) => ({ from: path, to: path })),
    },
    start: `./bin/${name}`,
    port: { number: 3000, from: "Framework", readsPort: false },
    because: "metadata.leptos in Cargo.toml: cargo-leptos builds the server and its pages",
  });
}
