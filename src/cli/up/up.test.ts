import { expect, it } from "vitest";
import { StepFailure } from "../../../deploy/local/step-failure.ts";
import type { Io } from "../io.ts";
import { Voice } from "../voice.ts";
import { renderStepFailure } from "./step-failure-view.ts";
import { StepReporter } from "./step-reporter.ts";
import { lookerOf } from "./targets.ts";

function listening(): { lines: string[]; reporter: StepReporter } {
  const lines: string[] = [];
  const io = {
    stderr: { write: (text: string) => lines.push(text) },
    stdout: { write: () => true },
    env: { NO_COLOR: "1" },
    isTTY: { stdin: false, stdout: false, stderr: false },
    columns: 120,
  };
  return { lines, reporter: new StepReporter(new Voice(io as unknown as Io, "Terminal")) };
}

it("steps that found everything in the cache share a line, in front of the first that did something", () => {
  const { lines, reporter } = listening();
  reporter.done("check", "from the cache", 0.1);
  reporter.done("tools", "from the cache", 0.2);
  reporter.done("start", "node ready 4 s", 4.2);
  reporter.flush();
  expect(lines.map((line) => line.replaceAll(/\s+/g, " ").trim())).toEqual([
    "✓ check tools · from the cache 0.3 s",
    "✓ start node ready 4 s 4 s",
  ]);
});

it("what was kept back is said at the end, once", () => {
  const { lines, reporter } = listening();
  reporter.done("check", "from the cache", 0.1);
  reporter.flush();
  reporter.flush();
  expect(lines).toHaveLength(1);
});

it("a failed step says which, why, where its log is, what it said, whose turn and what next", () => {
  const failure = new StepFailure("programs", "kube: the compiler was killed, out of memory; it needs 4 GiB free", {
    log: "/home/ann/.cache/repo-runner/log/kube.log",
    lines: ["k8s.io/kubernetes/pkg/apis/core/validation: compile: signal: killed\u001B[0m"],
    next: "free memory and make up",
  });
  expect(renderStepFailure(failure, 423).map((line) => line.replaceAll(/ {2,}/g, "  ").trim())).toEqual([
    "✗ programs  kube: the compiler was killed, out of memory; it needs 4 GiB free  7 min 3 s",
    "where  /home/ann/.cache/repo-runner/log/kube.log",
    "k8s.io/kubernetes/pkg/apis/core/validation: compile: signal: killed",
    "whose turn  you: this machine",
    "next  free memory and make up",
  ]);
});

it("the looker's image stands beside the runner's", () => {
  expect(lookerOf("registry.example.org:5000/repo-runner:0.1.0")).toBe(
    "registry.example.org:5000/repo-runner-looker:0.1.0",
  );
  expect(lookerOf("registry.example.org:5000/repo-runner")).toBe("registry.example.org:5000/repo-runner-looker");
});
