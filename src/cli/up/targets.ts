import { join } from "node:path";
import { machineValues, valuesFile } from "../../../deploy/local/chart-values.ts";
import { ensureClientPrograms } from "../../../deploy/local/client-programs.ts";
import { attemptCommand, runCommand } from "../../../deploy/local/command.ts";
import { ensureCluster } from "../../../deploy/local/embedded.ts";
import { ensureOwnImages } from "../../../deploy/local/own-images.ts";
import type { LocalPaths } from "../../../deploy/local/paths.ts";
import { StepFailure, type Report } from "../../../deploy/local/step-failure.ts";
import type { Io } from "../io.ts";
import { installChart, type InstallTarget } from "./install.ts";
import { checkMachine } from "./machine-check.ts";

const root = join(import.meta.dirname, "../../..");
/** What the sample and the chart need. */
const firstImages = ["library/node:24-slim", "library/registry:3", "moby/buildkit:v0.34.2"];

/** A node on this machine with Repo Runner in it. */
export async function upEmbedded(paths: LocalPaths, report: Report, io: Pick<Io, "signal">): Promise<InstallTarget> {
  await checkMachine(paths, report);
  const cluster = await ensureCluster({ paths, signal: io.signal, images: firstImages }, report);
  const images = await ensureOwnImages(paths, cluster.programs, report);
  const target = { ...(await ensureClientPrograms(paths)), kubeconfig: cluster.kubeconfig };
  await installChart(target, { files: [valuesFile], machine: machineValues(paths, images) }, report);
  return target;
}

/** A cluster that is there: `CONTEXT=`, with the image from a registry that it reaches (`IMAGE=`). */
export async function upContext(paths: LocalPaths, report: Report, io: Pick<Io, "env">): Promise<InstallTarget> {
  const context = io.env["CONTEXT"] ?? "";
  const target = { ...(await ensureClientPrograms(paths)), context };
  const answers = await attemptCommand(target.kubectl, ["--context", context, "version", "--output", "json"], {
    timeoutMs: 30_000,
  });
  if (!answers.ok) {
    throw new StepFailure("check", `the cluster of context ${context} does not answer`, {
      lines: answers.stderr.trim().split("\n").slice(-3),
      next: "kubectl config get-contexts   shows those that there are",
      turn: "Person",
    });
  }
  const image = io.env["IMAGE"] ?? "";
  const images = image === "" ? {} : { runner: image, looker: lookerOf(image) };
  await installChart(
    target,
    { files: [], machine: { namespaces: ["demo"], samples: { enabled: true }, images } },
    report,
  );
  return target;
}

/** A cluster in the Docker engine of this machine, made by kind, with images built from this checkout. */
export async function upKind(paths: LocalPaths, report: Report): Promise<InstallTarget> {
  const startedAt = Date.now();
  const name = "repo-runner";
  const target = { ...(await ensureClientPrograms(paths)), kubeconfig: paths.kubeconfig };
  const there = await runCommand("kind", ["get", "clusters"], { step: "start", timeoutMs: 60_000 });
  report.live("start", "kind makes a cluster");
  if (there.split("\n").includes(name))
    await runCommand("kind", ["export", "kubeconfig", "--name", name, "--kubeconfig", paths.kubeconfig], {
      step: "start",
    });
  else
    await runCommand(
      "kind",
      ["create", "cluster", "--name", name, "--kubeconfig", paths.kubeconfig, "--wait", "120s"],
      { step: "start", timeoutMs: 600_000 },
    );
  report.done("start", "kind", (Date.now() - startedAt) / 1000);
  const builtAt = Date.now();
  report.live("own images", "docker build");
  await runCommand(join(root, "node_modules/.bin/rolldown"), ["-c", "rolldown.config.js"], {
    cwd: root,
    step: "own images",
    timeoutMs: 120_000,
  });
  const images = {
    runner: "ghcr.io/repo-runner/repo-runner:0.1.0",
    looker: "ghcr.io/repo-runner/repo-runner-looker:0.1.0",
  };
  await runCommand(
    "docker",
    ["build", "--tag", images.runner, "--file", join(root, "deploy/images/repo-runner/Dockerfile"), root],
    { step: "own images", timeoutMs: 900_000 },
  );
  await runCommand("docker", ["build", "--tag", images.looker, join(root, "deploy/images/looker")], {
    step: "own images",
    timeoutMs: 900_000,
  });
  for (const image of Object.values(images))
    await runCommand("kind", ["load", "docker-image", "--name", name, image], {
      step: "own images",
      timeoutMs: 300_000,
    });
  report.done("own images", "built and loaded", (Date.now() - builtAt) / 1000);
  await installChart(
    target,
    { files: [], machine: { namespaces: ["demo"], samples: { enabled: true }, images } },
    report,
  );
  return target;
}

/** `registry.example.org/repo-runner:0.1.0` → `registry.example.org/repo-runner-looker:0.1.0` */
export function lookerOf(image: string): string {
  const at = image.lastIndexOf(":");
  return at > image.lastIndexOf("/") ? `${image.slice(0, at)}-looker${image.slice(at)}` : `${image}-looker`;
}
