import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type ApiServer, until } from "./apiserver.ts";

/** Where RepoRuns of the namespace `default` are. */
export const runs = "/apis/repo-runner.dev/v1alpha1/namespaces/default/reporuns";

/** Installs the real CRDs, and waits until they are served. */
export async function installCrd(server: ApiServer): Promise<void> {
  const folder = join(import.meta.dirname, "..", "..", "crds");
  const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".yaml"))) {
    const crd = parse(readFileSync(join(folder, file), "utf8")) as { spec: { names: { plural: string } } };
    await server.must("POST", definitions, crd);
    const served = runs.replace(/reporuns$/, crd.spec.names.plural);
    await until(async () => (await server.ask("GET", served)).code === 200, 20_000, `${file} is served`);
  }
}
