import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { canonical } from "../../digest.ts";
import type { ClusterClient } from "../cluster/client.ts";
import { ApiProblem } from "../cluster/problems.ts";
import type { Check } from "./check.ts";

/** Every kind that the controller watches: without one of them it does not begin to work. */
const kinds = ["reporuns", "reporunapprovals", "fixlessons", "modelpolicies"] as const;
const Definition = z.object({
  spec: z.object({
    versions: z.array(z.object({ name: z.string(), served: z.boolean().default(false), schema: z.unknown() })),
  }),
});

/** Are the resources there, and as this version has them? The first that is not is told. */
export async function crdCheck(client: ClusterClient): Promise<Check> {
  for (const plural of kinds) {
    const trouble = await troubleOf(client, plural);
    if (trouble) return trouble;
  }
  return { part, state: "ok", text: "crd reporuns v1alpha1, as this version has it" };
}

const part = "cluster";

async function troubleOf(client: ClusterClient, plural: string): Promise<Check | undefined> {
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.repo-runner.dev`;
  try {
    const live = Definition.parse(await client.get(path));
    const version = live.spec.versions.find((each) => each.name === "v1alpha1" && each.served);
    if (!version)
      return { part, state: "mend", text: `crd ${plural}: v1alpha1 is not served`, next: ["kubectl apply -f crds/"] };
    const own = ownSchema(plural);
    if (own === undefined || canonical(version.schema) === canonical(own)) return undefined;
    return {
      part,
      state: "know",
      text: `crd ${plural} v1alpha1 is not the one of this version`,
      next: ["kubectl apply --server-side -f crds/", "or helm upgrade, if the cluster's is older"],
    };
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.status === 403) return { part, state: "know", text: "crd: not visible with your rights" };
    const missing = plural === "reporuns" ? "Repo Runner is not installed" : "the controller waits for it";
    return {
      part,
      state: "mend",
      text: `crd ${plural} is missing: ${missing}`,
      next:
        plural === "reporuns"
          ? ["helm install repo-runner ./helm/repo-runner -n repo-runner-system --create-namespace"]
          : ["kubectl apply --server-side -f crds/"],
    };
  }
}

function ownSchema(plural: string): unknown {
  const file = `crds/repo-runner.dev_${plural}.yaml`;
  for (const place of [`../../../${file}`, `../${file}`]) {
    try {
      const own = Definition.parse(parse(readFileSync(new URL(place, import.meta.url), "utf8")));
      return own.spec.versions.find((each) => each.name === "v1alpha1")?.schema;
    } catch {
      // not in this installation: the next place
    }
  }
  return undefined;
}
