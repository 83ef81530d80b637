import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { customResourceDefinition, kustomizeSchema, resources } from "./resource.ts";
import type { SchemaNode } from "./schema.ts";

const root = join(import.meta.dirname, "..");
const originOf = (file: string): string => `# Generated from ${file} by \`npm run generate\`. Do not edit.\n`;
const samples = "deploy/samples/repos";

/** Every file that is derived from another one of this checkout, by its path from the root; only `deploy/repo-runner.yaml` is rendered, after these, by Helm. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const schema = `${JSON.stringify(kustomizeSchema(), null, 2)}\n`;
  const crds = resources.map((resource) => {
    const path = `crds/repo-runner.dev_${resource.plural}.yaml`;
    return [path, originOf(resource.origin) + toYaml(customResourceDefinition(resource))] as const;
  });
  return new Map([
    ...crds,
    ["helm/repo-runner/templates/crd.yaml", templated(resources.map(customResourceDefinition))],
    ["deploy/kustomize/schema.json", schema],
    // Kustomize reads nothing above the folder of an overlay.
    ["deploy/kustomize/example/overlay/schema.json", schema],
    ...chartSamples(),
  ]);
}

/** A chart's `crds/` folder is never upgraded by Helm; a template is. `keep` leaves every RepoRun in place when the chart is uninstalled. */
function templated(crds: readonly SchemaNode[]): string {
  const bodies = crds.map(({ metadata, ...rest }) =>
    toYaml({
      apiVersion: rest["apiVersion"],
      kind: rest["kind"],
      metadata: { ...(metadata as SchemaNode), annotations: { "helm.sh/resource-policy": "keep" } },
      spec: rest["spec"],
    }),
  );
  const body = bodies.join("---\n");
  if (body.includes("{{")) throw new Error("a CRD holds a template mark");
  return `${originOf("src/")}{{- if .Values.crd.install }}\n${body}{{- end }}\n`;
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
