import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { canonical } from "../../digest.ts";
import type { ClusterClient } from "../cluster/client.ts";
import { ApiProblem } from "../cluster/problems.ts";
import type { Check } from "./check.ts";

const name = "reporuns.repo-runner.dev";
const Definition = z.object({
  spec: z.object({
    versions: z.array(z.object({ name: z.string(), served: z.boolean().default(false), schema: z.unknown() })),
  }),
});

/** Is the resource there, and as this version has it? */
export async function crdCheck(client: ClusterClient): Promise<Check> {
  const part = "cluster";
  try {
    const live = Definition.parse(await client.get(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`));
    const version = live.spec.versions.find((each) => each.name === "v1alpha1" && each.served);
    if (!version)
      return { part, state: "mend", text: `crd reporuns: v1alpha1 is not served`, next: ["kubectl apply -f crds/"] };
    const own = ownSchema();
    if (own === undefined) return { part, state: "ok", text: "crd reporuns v1alpha1" };
    if (canonical(version.schema) === canonical(own))
      return { part, state: "ok", text: "crd reporuns v1alpha1, as this version has it" };
    return {
      part,
      state: "know",
      text: "crd reporuns v1alpha1 is not the one of this version",
      next: ["kubectl apply --server-side -f crds/", "or helm upgrade, if the cluster's is older"],
    };
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.status === 403) return { part, state: "know", text: "crd: not visible with your rights" };
    return {
      part,
      state: "mend",
      text: "crd reporuns is missing: Repo Runner is not installed",
      next: ["helm install repo-runner ./helm/repo-runner -n repo-runner-system --create-namespace"],
    };
  }
}

function ownSchema(): unknown {
  for (const place of ["../../../crds/repo-runner.dev_reporuns.yaml", "../crds/repo-runner.dev_reporuns.yaml"]) {
    try {
      const own = Definition.parse(parse(readFileSync(new URL(place, import.meta.url), "utf8")));
      return own.spec.versions.find((each) => each.name === "v1alpha1")?.schema;
    } catch {
      // not in this installation: the next place
    }
  }
  return undefined;
}
