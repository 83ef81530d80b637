import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { survey, SurveyRequest } from "./survey.ts";

const work = mkdtempSync(join(tmpdir(), "survey-"));
afterAll(() => {
  rmSync(work, { recursive: true, force: true });
});

it.each(["", "once upon a time", "2026-11-22T18:00:00Z"])(
  "plans a source whose date is told as %j",
  async (committedAt) => {
    mkdirSync(join(work, "src"), { recursive: true });
    writeFileSync(join(work, "src/requirements.txt"), "flask\ngunicorn\n");
    writeFileSync(join(work, "src/app.py"), "from flask import Flask\napp = Flask(__name__)\n");
    const source = {
      commit: "4f1c9e2a".repeat(5),
      revision: "folder@1",
      subject: "",
      committedAt,
      files: 2,
      bytes: 60,
    };
    writeFileSync(join(work, "source.json"), JSON.stringify(source));
    const request = SurveyRequest.parse({
      inputDigest: "sha256:1",
      name: "page",
      spec: { source: { git: { url: "https://git.example.org/page.git" } } },
      baseImages: { mode: "Any", listed: {} },
    });
    const answer = await survey(request, work);
    expect(answer).toMatchObject({
      state: "done",
      value: { plan: { services: [{ language: "python", runtime: { from: "default" } }] } },
    });
  },
);

it("says first what of the source was left out", async () => {
  mkdirSync(join(work, "src"), { recursive: true });
  writeFileSync(join(work, "src/index.html"), "<title>parts</title>\n");
  const words = "submodule part is left out: it lies on another host than the repository";
  const source = {
    commit: "4f1c9e2a".repeat(5),
    revision: "main@1",
    subject: "",
    committedAt: "",
    files: 1,
    bytes: 21,
  };
  writeFileSync(join(work, "source.json"), JSON.stringify({ ...source, skippedSubmodules: [words] }));
  const request = SurveyRequest.parse({
    inputDigest: "sha256:1",
    name: "parts",
    spec: { source: { git: { url: "https://git.example.org/parts.git" } } },
    baseImages: { mode: "Any", listed: {} },
  });
  const answer = await survey(request, work);
  expect(answer).toMatchObject({ state: "done", value: { plan: { warnings: [words] } } });
});
