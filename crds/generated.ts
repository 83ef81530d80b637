import { stringify } from "yaml";
import { customResourceDefinition, kustomizeSchema } from "./resource.ts";
import type { SchemaNode } from "./schema.ts";

const origin = "# Generated from src/repo-run.ts by `npm run generate`. Do not edit.\n";

/** Every generated file, by its path from the root of the checkout. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const crd = customResourceDefinition();
  return new Map([
    ["crds/repo-runner.dev_reporuns.yaml", origin + toYaml(crd)],
    ["helm/repo-runner/templates/crd.yaml", templated(crd)],
    ["deploy/kustomize/schema.json", `${JSON.stringify(kustomizeSchema(), null, 2)}\n`],
  ]);
}

/** A chart's `crds/` folder is never upgraded by Helm; a template is. `keep` leaves every RepoRun in place when the chart is uninstalled. */
function templated(crd: SchemaNode): string {
  const { metadata, ...rest } = crd;
  const body = toYaml({
    apiVersion: rest["apiVersion"],
    kind: rest["kind"],
    metadata: { ...(metadata as SchemaNode), annotations: { "helm.sh/resource-policy": "keep" } },
    spec: rest["spec"],
  });
  if (body.includes("{{")) throw new Error("the CRD holds a template mark");
  return `${origin}{{- if .Values.crd.install }}\n${body}{{- end }}\n`;
}

function toYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
