import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { eventually, type Kube } from "./kube.ts";

const system = "repo-runner-system";
const root = join(import.meta.dirname, "../../..");

/** Where a process kills itself: before, or just after the answer to, the n-th request that changes one of these namespaces. */
export interface FaultPoint {
  readonly when: "before" | "after";
  readonly count: number;
  readonly namespaces: readonly string[];
}

/** This checkout's controller as a process of this machine, with the rights and the settings of the installed one, which rests meanwhile. */
export class HostController {
  readonly #kube: Kube;
  readonly #folder = mkdtempSync(join(tmpdir(), "host-controller-"));
  #child: ChildProcess | undefined;
  #lines: string[] = [];
  #replicas = 2;

  constructor(kube: Kube) {
    this.#kube = kube;
  }

  /** Puts the installed controller to rest, and fetches what it is given in its pod. */
  async takeOver(): Promise<void> {
    const deployment = await this.#kube.get("Deployment", system, "repo-runner");
    this.#replicas = Number((deployment?.spec as { replicas?: number } | undefined)?.replicas ?? 2) || 2;
    await this.#scale(0);
    await eventually(
      "the installed controller rests",
      async () =>
        (await this.#kube.list("Pod", system, "app.kubernetes.io/component=controller")).length === 0
          ? true
          : undefined,
      { timeoutMs: 120_000 },
    );
    await this.#kube.remove("Lease", system, "repo-runner");
    await this.#writeSettings();
    await this.#writeKubeconfig();
    this.#bundle();
  }

  async giveBack(): Promise<void> {
    await this.kill();
    await this.#kube.remove("Lease", system, "repo-runner");
    await this.#scale(this.#replicas);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  start(fault?: FaultPoint): void {
    this.#lines = [];
    const child = spawn(process.execPath, [join(this.#folder, "app/main.js"), "controller"], {
      cwd: this.#folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"],
        HOME: this.#folder,
        REPO_RUNNER_SETTINGS: join(this.#folder, "settings.yaml"),
        KUBECONFIG: join(this.#folder, "kubeconfig"),
        POD_NAMESPACE: system,
        POD_NAME: "host-controller",
        PORT: "0",
        ...(fault
          ? {
              REPO_RUNNER_FAULTS_ALLOWED: "1",
              REPO_RUNNER_FAULT: `${fault.when}:${fault.count}`,
              REPO_RUNNER_FAULT_IN: fault.namespaces.join(","),
            }
          : {}),
      },
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#lines = [...this.#lines, ...text.split("\n")].slice(-40);
      });
    this.#child = child;
  }

  get isAlive(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** How it ended: `SIGKILL` where it killed itself. */
  get end(): string {
    return this.#child?.signalCode ?? String(this.#child?.exitCode ?? "");
  }

  get lastLines(): string {
    return this.#lines.join("\n");
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || !this.isAlive) return;
    await new Promise<void>((resolve) => {
      child.once("exit", () => {
        resolve();
      });
      child.kill("SIGKILL");
    });
  }

  /** As the image has it; and whoever edits the checkout meanwhile does not disturb. */
  #bundle(): void {
    execFileSync(
      process.execPath,
      [join(root, "node_modules/rolldown/bin/cli.mjs"), "-c", "rolldown.config.js", "--dir", join(this.#folder, "app")],
      { cwd: root, stdio: "ignore", timeout: 120_000 },
    );
    this.#write("package.json", '{"type":"module"}\n');
  }

  async #scale(replicas: number): Promise<void> {
    await this.#kube.patch("Deployment", system, "repo-runner", { spec: { replicas } });
  }

  async #writeSettings(): Promise<void> {
    const text = (await this.#kube.get("ConfigMap", system, "repo-runner"))?.data?.["settings.yaml"] ?? "";
    const settings = parse(text) as { registry: { keyFile?: string }; caBundleFile?: string };
    const key = (await this.#kube.get("Secret", system, "repo-runner-registry-key"))?.data ?? {};
    settings.registry.keyFile = this.#write("key", Buffer.from(Object.values(key)[0] ?? "", "base64"));
    if (settings.caBundleFile !== undefined) {
      const ca = (await this.#kube.get("ConfigMap", system, "repo-runner-ca"))?.data?.["ca.crt"] ?? "";
      settings.caBundleFile = this.#write("ca.crt", ca);
    }
    this.#write("settings.yaml", stringify(settings));
  }

  async #writeKubeconfig(): Promise<void> {
    const path = `/api/v1/namespaces/${system}/serviceaccounts/repo-runner/token`;
    const { text } = await this.#kube.ask("POST", path, {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { expirationSeconds: 3600 },
    });
    const { token } = (JSON.parse(text) as { status: { token: string } }).status;
    const { url, ca } = this.#kube.server;
    this.#write(
      "kubeconfig",
      stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name: "c", cluster: { server: url, "certificate-authority-data": ca } }],
        users: [{ name: "u", user: { token } }],
        contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
        "current-context": "x",
      }),
    );
  }

  #write(name: string, content: string | Buffer): string {
    const file = join(this.#folder, name);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  }
}
