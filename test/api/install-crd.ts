import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type ApiServer, until } from "./apiserver.ts";

/** Where RepoRuns of the namespace `default` are. */
export const runs = "/apis/repo-runner.dev/v1alpha1/namespaces/default/reporuns";

/** Installs the real CRD, and waits until it is served. */
export async function installCrd(server: ApiServer): Promise<void> {
  const file = join(import.meta.dirname, "..", "..", "crds", "repo-runner.dev_reporuns.yaml");
  await server.must(
    "POST",
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    parse(readFileSync(file, "utf8")),
  );
  await until(async () => (await server.ask("GET", runs)).code === 200, 20_000, "the CRD is served");
}
