import { expect, it } from "vitest";
import type { RepoRunSpec } from "../../../repo-run.ts";
import { draftPlan } from "../../survey.ts";
import { anyPlatform } from "../language.contract.ts";
import { treeOf } from "../literal-tree.ts";

async function endOf(files: Readonly<Record<string, string>>, spec: Partial<RepoRunSpec> = {}) {
  const request = {
    spec: { source: { git: { url: "https://git.example.org/a.git" } }, ...spec },
    platform: anyPlatform,
    name: "a",
  };
  const plan = await draftPlan(treeOf(files), request);
  return plan.state === "failed" ? plan.failure : plan.state;
}

it.each([
  ["a browser extension (manifest version 3)", { "manifest.json": '{"manifest_version": 3}', "a.js": "" }],
  ["an extension of an editor", { "package.json": '{"name":"a","engines":{"vscode":"^1"},"main":"a.js"}', "a.js": "" }],
  ["a GitHub Action", { "action.yml": "name: a\nruns:\n  using: node20\n", "index.js": "1" }],
  ["an Android app", { "app/src/main/AndroidManifest.xml": "<manifest/>", "app/A.kt": "" }],
  ["an app for Apple's devices (an Xcode project)", { "A.xcodeproj/project.pbxproj": "", "A/App.swift": "" }],
  ["a Helm chart (shop)", { "Chart.yaml": "name: shop\n", "templates/a.yaml": "a: {{ .x }}" }],
  ["2 Helm charts", { "charts/a/Chart.yaml": "name: a\n", "charts/b/Chart.yaml": "name: b\n" }],
  ["Terraform or OpenTofu code", { "main.tf": "", "README.md": "" }],
  ["Ansible roles or playbooks", { "roles/web/tasks/main.yml": "- a: 1\n", "site.yml": "- b: 1\n" }],
  ["Kubernetes manifests", { "a.yaml": "apiVersion: v1\nkind: Service\n" }],
  ["a game (Godot)", { "project.godot": "", "a.gd": "" }],
  ["documents to be typeset (LaTeX, Typst)", { "thesis.tex": "" }],
  ["definitions of interfaces", { "a.proto": "", "b.proto": "", "README.md": "" }],
  ["data, and no program", { "a.csv": "", "b.csv": "", "README.md": "" }],
  ["documents, and no program", { "README.md": "# a", "guides/a.md": "", LICENSE: "", ".github/workflows/a.yml": "" }],
  ["a desktop program (electron)", { "package.json": '{"name":"a","main":"main.js","scripts":{"start":"electron ."},"devDependencies":{"electron":"33"}}', "main.js": "require('electron')" }],
  ["a desktop program (tkinter)", { "main.py": "import tkinter\ntkinter.Tk().mainloop()\n" }],
  ["a desktop program (eframe)", { "Cargo.toml": '[package]\nname="a"\nversion="0.1.0"\n[dependencies]\neframe = "0.29"\n', "src/main.rs": "fn main() {}" }],
  ["a desktop program (Swing, JavaFX or Compose)", { "pom.xml": "<project><groupId>a</groupId><artifactId>a</artifactId><version>1</version></project>", "src/main/java/A.java": "public class A extends JFrame {\n public static void main(String[] a) { }\n}\n" }],
])("says that it is %s, and what may be done", async (what, files) => {
  const failure = await endOf(files);
  expect(failure).toMatchObject({ reason: "NotAService", message: `${what}: there is nothing to run` });
  expect(typeof failure === "string" ? "" : failure.hint).toMatch(/\w{3}/);
}); // prettier-ignore

it("runs what serves, whatever lies beside it", async () => {
  const server = {
    "package.json": '{"scripts":{"start":"node a.js"}}',
    "a.js": "require('http').createServer(f).listen(1)",
  };
  expect(await endOf({ ...server, "chart/Chart.yaml": "name: a\n", "main.tf": "", "action.yml": "runs:\n" })).toBe(
    "done",
  );
  const flask = {
    "main.py": "import pygame\nfrom flask import Flask\napp = Flask(__name__)\n",
    "requirements.txt": "flask\n",
  };
  expect(await endOf(flask)).toBe("done");
});

it("leaves a desktop program's start to a person's word", async () => {
  const files = { "main.py": "import tkinter\ntkinter.Tk().mainloop()\n" };
  expect(await endOf(files, { services: [{ name: "job", start: "python main.py --headless" }] })).toBe("done");
});

it("keeps a language's own word for a library that brings a chart, and shows what its README starts", async () => {
  const failure = await endOf({
    "go.mod": "module a\n\ngo 1.24\n",
    "a.go": "package a\n",
    "deploy/Chart.yaml": "name: a\n",
    "README.md": "```\n$ python tool.py --all\n```\n",
    "tool.py": "",
  });
  expect(failure).toMatchObject({ message: "a Go library (no package main): there is nothing to run" });
  expect(typeof failure === "string" ? [] : failure.lines).toContain("README.md:2: python tool.py --all");
});
