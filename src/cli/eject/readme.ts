import type { PlanRecordSeen } from "../cluster/plan-seen.ts";
import type { RunSeen } from "../cluster/run-seen.ts";
import { clean } from "../text.ts";

/** The README beside ejected files: how to build and run them without Repo Runner. */
export function renderReadme(run: RunSeen, record: PlanRecordSeen): string {
  const { name } = run.metadata;
  const url = clean(run.spec.source.git?.url ?? "SOURCE", 300);
  const builds = record.plan.services.map((service) => {
    const own = service.recipe.dockerfile;
    const file = own === undefined ? `../Dockerfile.${service.name}` : clean(own, 300);
    const target = service.recipe.target === undefined ? "" : ` --target ${clean(service.recipe.target, 100)}`;
    return `docker build -f ${file}${target} -t registry.example.org/${name}-${service.name}:1 ${clean(service.recipe.context, 200)}`;
  });
  const secrets = record.plan.services.flatMap((service) =>
    service.env.filter(
      (variable) => variable.source === "Needed" || variable.source === "Generated" || variable.source === "Secret",
    ),
  );
  const names = [...new Map(secrets.map((variable) => [variable.name, variable.source])).entries()];
  const lines = [
    `# ${name}, without Repo Runner`,
    "",
    `Made from ${url} at ${clean(record.commit, 64)}, plan ${String(record.revision)}: ${clean(record.plan.summary, 256)}.`,
    "",
    "1. Sources: the same commit, in a folder beside the Dockerfiles.",
    "",
    "   ```",
    `   git clone ${url} source && git -C source checkout ${clean(record.commit, 64)} && cd source`,
    "   ```",
    "",
    "2. Images: a registry of your own in place of registry.example.org, here and in manifests/kustomization.yaml.",
    "",
    "   ```",
    ...builds.map((line) => `   ${line}`),
    "   ```",
    "",
    ...(names.length === 0
      ? []
      : [
          "3. Secrets. Values were not read; `Generated` ones were random, and any long random text does.",
          "",
          ...names.map(([variable, source]) => `   - ${clean(variable, 128)} (${source})`),
          "",
        ]),
    `${names.length === 0 ? "3" : "4"}. Objects: \`kubectl apply -k manifests -n NAMESPACE\`. In the namespace of the run itself, delete the run first: the names are the same.`,
    "",
  ];
  return lines.join("\n");
}
