import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { Transport } from "../src/controller/transport.ts";
import { until } from "../test/api/apiserver.ts";
import { buildServices, list, read, type Thing } from "./floor-cluster.ts";

/** Seconds of the same work by hand. */
export interface HandSeconds {
  readonly clone: number;
  readonly build: number;
  readonly boot: number;
  readonly total: number;
}

interface PodTemplate {
  readonly metadata: object;
  readonly spec: { readonly containers: readonly [Readonly<Record<string, unknown>>] };
}

/** Does by hand what Repo Runner has just done for `run`: its plan's Dockerfile, its tenant's builder and registry, its pod without probes. */
export async function byHand(
  transport: Transport,
  namespace: string,
  sample: string,
  run: string,
): Promise<HandSeconds> {
  const folder = mkdtempSync(join(tmpdir(), "repo-runner-floor-"));
  try {
    const setting = await prepare(transport, namespace, run, folder);
    const address = (await read(transport, "/api/v1/namespaces/repo-runner-e2e-git/services/git")).spec?.["clusterIP"];
    const times = [performance.now()];
    const source = join(folder, "source");
    await execa("git", ["clone", "--quiet", "--depth=1", `http://${String(address)}/${sample}.git`, source], {
      timeout: 120_000,
    });
    times.push(performance.now());
    const image = `${setting.push}/tenants/${namespace}/${run}/web:by-hand`;
    await execa(findBuildctl(), buildArguments(setting, folder, source, image), {
      timeout: 600_000,
      env: { DOCKER_CONFIG: join(folder, "docker") },
    });
    times.push(performance.now());
    await boot(transport, namespace, run, setting.deployment);
    times.push(performance.now());
    const [start = 0, cloned = 0, built = 0, answered = 0] = times.map((at) => at / 1000);
    return { clone: cloned - start, build: built - cloned, boot: answered - built, total: answered - start };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Setting {
  readonly builder: string;
  readonly serverName: string;
  readonly push: string;
  readonly deployment: Thing;
}

/** What a person would have at hand: the Dockerfile, the builder's certificates, the registry's password. */
async function prepare(transport: Transport, namespace: string, run: string, folder: string): Promise<Setting> {
  const core = `/api/v1/namespaces/${namespace}`;
  const services = await list(transport, buildServices(namespace));
  const secrets = await list(transport, `${core}/secrets`);
  const builder = services[0];
  const papers = secrets.find(({ metadata }) => metadata.name.startsWith("repo-runner-builder-"));
  const registry = secrets.find(({ metadata }) => metadata.name === "repo-runner-registry");
  const plan = await read(transport, `${core}/configmaps/${run}-plan-1`);
  if (!builder || !papers?.data || !registry?.data) throw new Error(`${namespace} has no builder`);
  for (const name of ["docker", "papers", "dockerfile"]) mkdirSync(join(folder, name), { mode: 0o700 });
  for (const name of ["ca.crt", "tls.crt", "tls.key"])
    writeFileSync(join(folder, "papers", name), plain(papers.data[name]), { mode: 0o600 });
  writeFileSync(join(folder, "docker", "config.json"), plain(registry.data[".dockerconfigjson"]), { mode: 0o600 });
  writeFileSync(join(folder, "dockerfile", "Dockerfile"), plan.data?.["Dockerfile.web"] ?? "");
  return {
    builder: `tcp://${String(builder.spec?.["clusterIP"])}:1234`,
    serverName: `${builder.metadata.name}.repo-runner-builds.svc`,
    push: "registry.repo-runner-registry.svc:5000",
    deployment: await read(transport, `/apis/apps/v1/namespaces/${namespace}/deployments/${run}-web`),
  };
}

function plain(base64: string | undefined): Buffer {
  return Buffer.from(base64 ?? "", "base64");
}

function buildArguments(setting: Setting, folder: string, source: string, image: string): string[] {
  const papers = join(folder, "papers");
  return [
    `--addr=${setting.builder}`,
    `--tlsservername=${setting.serverName}`,
    `--tlscacert=${join(papers, "ca.crt")}`,
    `--tlscert=${join(papers, "tls.crt")}`,
    `--tlskey=${join(papers, "tls.key")}`,
    "build",
    "--frontend=dockerfile.v0",
    `--local=context=${source}`,
    `--local=dockerfile=${join(folder, "dockerfile")}`,
    `--output=type=image,name=${image},push=true,registry.insecure=true,oci-mediatypes=true,compression=zstd,compression-level=1`,
  ];
}

/** From the POST of Deployment and Service to the first 200. */
async function boot(transport: Transport, namespace: string, run: string, deployment: Thing): Promise<void> {
  const name = `${run}-by-hand`;
  const labels = { app: name };
  const template = deployment.spec?.["template"] as PodTemplate | undefined;
  if (!template) throw new Error(`the Deployment of ${run} has no pod template`);
  const pod = template.spec;
  const { livenessProbe: _l, readinessProbe: _r, startupProbe: _s, ...container } = pod.containers[0];
  await transport.text({
    method: "POST",
    path: `/apis/apps/v1/namespaces/${namespace}/deployments`,
    body: {
      metadata: { name },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { ...pod, containers: [container] } },
      },
    },
  });
  const ports = container["ports"] as readonly { readonly containerPort: number }[];
  const services = `/api/v1/namespaces/${namespace}/services`;
  const made = await transport.json<Thing>({
    method: "POST",
    path: services,
    body: { metadata: { name }, spec: { selector: labels, ports: [{ port: ports[0]?.containerPort }] } },
  });
  const url = `http://${String(made.spec?.["clusterIP"])}:${ports[0]?.containerPort ?? 0}/`;
  await until(async () => await answers(url), 120_000, `${url} answers`);
  await transport.text({ method: "DELETE", path: `${services}/${name}` });
  await transport.text({ method: "DELETE", path: `/apis/apps/v1/namespaces/${namespace}/deployments/${name}` });
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(1000) })).status === 200;
  } catch {
    return false;
  }
}

/** The one that `up` has built, else whichever is found by name. */
function findBuildctl(): string {
  const programs = join(process.env["REPO_RUNNER_CACHE"] ?? join(homedir(), ".cache", "repo-runner"), "programs");
  try {
    const folder = readdirSync(programs).find((name) => name.startsWith("buildkit-"));
    return folder === undefined ? "buildctl" : join(programs, folder, "buildctl");
  } catch {
    return "buildctl";
  }
}
