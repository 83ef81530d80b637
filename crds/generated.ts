import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { customResourceDefinition, kustomizeSchema } from "./resource.ts";
import type { SchemaNode } from "./schema.ts";

const root = join(import.meta.dirname, "..");
const origin = "# Generated from src/repo-run.ts by `npm run generate`. Do not edit.\n";
const samples = "deploy/samples/repos";

/** Every file that is derived from another one of this checkout, by its path from the root; only `deploy/repo-runner.yaml` is rendered, after these, by Helm. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const crd = customResourceDefinition();
  const schema = `${JSON.stringify(kustomizeSchema(), null, 2)}\n`;
  return new Map([
    ["crds/repo-runner.dev_reporuns.yaml", origin + toYaml(crd)],
    ["helm/repo-runner/templates/crd.yaml", templated(crd)],
    ["deploy/kustomize/schema.json", schema],
    // Kustomize reads nothing above the folder of an overlay.
    ["deploy/kustomize/example/overlay/schema.json", schema],
    ...chartSamples(),
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

/** The sample repositories, where the chart's own git server finds them: a template reads nothing outside its chart. */
function chartSamples(): [string, string][] {
  return readdirSync(join(root, samples), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, samples).length + 1))
    .toSorted()
    .map((path) => [`helm/repo-runner/samples/${path}`, readFileSync(join(root, samples, path), "utf8")]);
}

function toYaml(value: unknown): string {
  // YAML 1.1, as kubectl and Helm read it: there a bare Off is false.
  return stringify(value, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false });
}
