import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attemptCommand, runCommand } from "../../../deploy/local/command.ts";
import { StepFailure, type Report } from "../../../deploy/local/step-failure.ts";

const root = join(import.meta.dirname, "../../..");
const step = "install";

/** A cluster that the chart is installed into, and by what. */
export interface InstallTarget {
  readonly helm: string;
  readonly kubectl: string;
  /** Flags of both programs that name the cluster. */
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** Installs or upgrades the chart and waits until the controller answers; an installation that is the same already is left alone. */
export async function installChart(
  target: InstallTarget,
  values: { readonly files: readonly string[]; readonly machine: Readonly<Record<string, unknown>> },
  report: Report,
): Promise<void> {
  const startedAt = Date.now();
  report.live(step, "chart repo-runner");
  const folder = mkdtempSync(join(tmpdir(), "repo-runner-values-"));
  try {
    const machine = join(folder, "values.json");
    writeFileSync(machine, JSON.stringify(values.machine), { mode: 0o600 });
    const files = [...values.files, machine].flatMap((file) => ["--values", file]);
    for (const namespace of ["demo", "repo-runner-system"]) await ensureNamespace(target, namespace);
    await forgetUnfinished(target);
    const done = await attemptCommand(
      target.helm,
      [
        "upgrade",
        "--install",
        "repo-runner",
        join(root, "helm/repo-runner"),
        "--namespace",
        "repo-runner-system",
        ...files,
        // What somebody changed by hand meanwhile (a scaled Deployment) is taken back, and is no reason to refuse.
        "--server-side=true",
        "--force-conflicts",
        "--wait",
        "--timeout",
        "5m",
        ...helmFlags(target),
      ],
      {
        timeoutMs: 330_000,
        env: {
          HELM_CACHE_HOME: join(folder, "cache"),
          HELM_CONFIG_HOME: join(folder, "config"),
          HELM_DATA_HOME: join(folder, "data"),
        },
      },
    );
    if (!done.ok) {
      const pods = await attemptCommand(
        target.kubectl,
        [...kubectlFlags(target), "get", "pods", "--namespace", "repo-runner-system"],
        { timeoutMs: 20_000 },
      );
      throw new StepFailure(step, `helm ${done.why}`, {
        lines: [...done.stderr.trim().split("\n").slice(-6), ...pods.stdout.trim().split("\n").slice(0, 6)],
        next: "kubectl describe pod -n repo-runner-system",
      });
    }
    const ready = await runCommand(
      target.kubectl,
      [
        ...kubectlFlags(target),
        "get",
        "deployment",
        "repo-runner",
        "--namespace",
        "repo-runner-system",
        "--output",
        "jsonpath={.status.readyReplicas} of {.spec.replicas}",
      ],
      { step, timeoutMs: 20_000 },
    );
    report.done(step, `chart repo-runner · controller ${ready} ready · crd reporuns`, (Date.now() - startedAt) / 1000);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Applies a file of the checkout. */
export async function applyFile(target: InstallTarget, file: string, namespace: string, report: Report): Promise<void> {
  const startedAt = Date.now();
  await runCommand(
    target.kubectl,
    [...kubectlFlags(target), "apply", "--namespace", namespace, "--filename", join(root, file)],
    {
      step: "sample",
      timeoutMs: 30_000,
    },
  );
  report.done("sample", `${file} applied in namespace ${namespace}`, (Date.now() - startedAt) / 1000);
}

/** An installation that was killed half way would be "in progress" for ever, and refuse every other. */
async function forgetUnfinished(target: InstallTarget): Promise<void> {
  const selector = "owner=helm,name=repo-runner,status in (pending-install,pending-upgrade,pending-rollback)";
  const args = ["delete", "secret", "--namespace", "repo-runner-system", "--selector", selector, "--ignore-not-found"];
  await attemptCommand(target.kubectl, [...kubectlFlags(target), ...args], { timeoutMs: 30_000 });
}

async function ensureNamespace(target: InstallTarget, name: string): Promise<void> {
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  const there = await attemptCommand(target.kubectl, [...kubectlFlags(target), "get", "namespace", name], {
    timeoutMs: 20_000,
  });
  if (there.ok) return;
  const object = { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
  await runCommand(target.kubectl, [...kubectlFlags(target), "apply", "--filename", "-"], {
    step,
    input: JSON.stringify(object),
    timeoutMs: 20_000,
  });
}

function kubectlFlags(target: InstallTarget): readonly string[] {
  return [
    ...(target.kubeconfig === undefined ? [] : ["--kubeconfig", target.kubeconfig]),
    ...(target.context === undefined ? [] : ["--context", target.context]),
  ];
}

function helmFlags(target: InstallTarget): readonly string[] {
  return [
    ...(target.kubeconfig === undefined ? [] : ["--kubeconfig", target.kubeconfig]),
    ...(target.context === undefined ? [] : ["--kube-context", target.context]),
  ];
}
