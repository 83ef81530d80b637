import type { z } from "zod";
import type { Recipe, Service } from "../../plan.ts";

/** A recipe of which only what differs from an empty one is said. */
export function newRecipe(parts: Partial<Recipe>): Recipe {
  return {
    copies: [],
    context: ".",
    borrows: [],
    buildPackages: [],
    runPackages: [],
    tools: [],
    manifests: [],
    install: null,
    build: null,
    prune: null,
    workdir: ".",
    caches: [],
    buildEnv: {},
    runEnv: {},
    artifacts: [],
    files: [],
    ...parts,
  };
}

/** A service of which only what a language knows is said; all that others decide is left empty. */
export function newService(parts: Omit<z.input<typeof Service>, "recipe"> & { readonly recipe: Recipe }): Service {
  return {
    otherStarts: [],
    releaseSteps: [],
    dependsOn: [],
    volumes: [],
    routes: [],
    aliases: [],
    extraPorts: [],
    root: false,
    bridge: false,
    why: [],
    ...parts,
    port: { readsPort: false, ...parts.port },
    probe: { startupSeconds: 120, ...parts.probe },
    env: (parts.env ?? []).map((variable) => ({ phase: "Run", ...variable })),
  } as Service;
}
