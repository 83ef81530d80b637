import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { usage } from "../arguments.ts";
import { connect, type ClusterClient } from "../cluster/client.ts";
import { findPlan } from "../cluster/plan-seen.ts";
import { ApiProblem, refusal } from "../cluster/problems.ts";
import { getRun } from "../cluster/runs.ts";
import type { RunSeen } from "../cluster/run-seen.ts";
import { self, word, type Invocation } from "../command.ts";
import { CommandError, exitCode } from "../exit-code.ts";
import { clean } from "../text.ts";
import { cleanObject, type Manifest } from "./manifests.ts";
import { renderReadme } from "./readme.ts";

const kinds = [
  { apiVersion: "v1", kind: "ServiceAccount", path: "/api/v1", plural: "serviceaccounts" },
  { apiVersion: "v1", kind: "Service", path: "/api/v1", plural: "services" },
  { apiVersion: "apps/v1", kind: "Deployment", path: "/apis/apps/v1", plural: "deployments" },
  { apiVersion: "batch/v1", kind: "Job", path: "/apis/batch/v1", plural: "jobs" },
] as const;

/** kubectl reads YAML 1.1, where a bare `Off` or `yes` is a boolean: such texts are quoted. */
const kubectlYaml = { version: "1.1" } as const;

/** `eject NAME -d FOLDER`: what runs, as files that need no Repo Runner. Never writes over a file. */
export async function eject(invocation: Invocation): Promise<number> {
  const { command, flags, io } = invocation;
  const folder = flags.text("dir");
  if (folder === undefined) throw usage(command, "eject needs -d FOLDER");
  const name = word(invocation, 0);
  const there = await readdir(folder).catch(() => []);
  if (there.length > 0)
    throw new CommandError(exitCode.usage, `${folder} is not empty, and nothing is written over`, [
      `${self} eject ${name} -d ${folder}-2`,
    ]);
  const client = await connect(io, flags);
  const run = await getRun(client, name);
  const record = await findPlan(client, run);
  if (!record)
    throw new CommandError(exitCode.platform, `${name} has no plan yet, or its ConfigMap may not be read`, [
      `${self} status ${name}`,
    ]);
  const image = (service: string): string => `${name}-${service}`;
  const manifests = await manifestsOf(client, run, image);
  const files = new Map<string, string>();
  for (const [service, text] of record.dockerfiles) files.set(`Dockerfile.${service}`, text);
  for (const manifest of manifests) files.set(`manifests/${fileOf(manifest)}`, stringify(manifest, kubectlYaml));
  files.set(
    "manifests/kustomization.yaml",
    stringify(
      kustomization(
        manifests,
        record.plan.services.map((service) => image(service.name)),
      ),
      kubectlYaml,
    ),
  );
  files.set("README.md", renderReadme(run, record));
  await mkdir(join(folder, "manifests"), { recursive: true });
  for (const [file, text] of files) await writeFile(join(folder, file), text, { flag: "wx" });
  io.stdout.write(`${[...files.keys()].map((file) => join(folder, file)).join("\n")}\n`);
  io.stderr.write(
    `${name} is ejected into ${folder}: start with README.md. The run itself goes on; undo: remove the folder\n`,
  );
  return exitCode.done;
}

async function manifestsOf(
  client: ClusterClient,
  run: RunSeen,
  image: (service: string) => string,
): Promise<readonly Manifest[]> {
  const selector = encodeURIComponent(`repo-runner.dev/run=${run.metadata.name},repo-runner.dev/stage=release`);
  const out: Manifest[] = [];
  for (const { apiVersion, kind, path, plural } of kinds) {
    try {
      const list = (await client.get(
        `${path}/namespaces/${run.metadata.namespace}/${plural}?labelSelector=${selector}&limit=100`,
      )) as { items?: unknown[] };
      for (const object of list.items ?? []) out.push(cleanObject(object, { apiVersion, kind }, image));
    } catch (error) {
      throw error instanceof ApiProblem ? refusal(error, `list ${plural}`, client.namespace) : error;
    }
  }
  return out;
}

function fileOf(manifest: Manifest): string {
  const { kind, metadata } = manifest as { kind: string; metadata: { name: string } };
  return `${kind.toLowerCase()}-${clean(metadata.name, 80)}.yaml`;
}

function kustomization(manifests: readonly Manifest[], images: readonly string[]): Manifest {
  return {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: manifests.map(fileOf),
    images: images.map((name) => ({ name, newName: `registry.example.org/${name}`, newTag: "1" })),
  };
}
