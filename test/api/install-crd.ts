import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type ApiServer, until } from "./apiserver.ts";

/** Where RepoRuns of the namespace `default` are. */
export const runs = "/apis/repo-runner.dev/v1alpha1/namespaces/default/reporuns";

interface Definition {
  readonly spec: { readonly names: { readonly plural: string } };
}

/** Installs the real CRDs, and waits until they are served; `instead` stands in for those of the same kind. */
export async function installCrd(server: ApiServer, instead: readonly Definition[] = []): Promise<void> {
  const folder = join(import.meta.dirname, "..", "..", "crds");
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".yaml"))) {
    const real = parse(readFileSync(join(folder, file), "utf8")) as Definition;
    const { plural } = real.spec.names;
    const crd = instead.find(({ spec }) => spec.names.plural === plural) ?? real;
    await server.must("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", crd);
    const served = runs.replace(/reporuns$/, plural);
    await until(async () => (await server.ask("GET", served)).code === 200, 20_000, `${plural} are served`);
  }
}
