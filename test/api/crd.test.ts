import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type ApiServer, startApiServer } from "./apiserver.ts";
import { installCrd, runs } from "./install-crd.ts";
import { refusals } from "./refusals.ts";

const apply = "application/apply-patch+yaml";
const source = { git: { url: "https://git.example.org/demo/guestbook.git" } };

let api: ApiServer;

beforeAll(async () => {
  api = await startApiServer();
  await installCrd(api);
});
afterAll(async () => {
  await api.stop();
});

function run(name: string, spec: unknown): Record<string, unknown> {
  return { apiVersion: "repo-runner.dev/v1alpha1", kind: "RepoRun", metadata: { name, namespace: "default" }, spec };
}

it("is structural, and its rules are within the API server's cost limits", async () => {
  const crd = await api.must<{ status: { conditions: { type: string; status: string }[] } }>(
    "GET",
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/reporuns.repo-runner.dev",
  );
  expect(crd.status.conditions.filter(({ type }) => type === "NonStructuralSchema")).toEqual([]);
  expect(crd.status.conditions).toContainEqual(expect.objectContaining({ type: "Established", status: "True" }));
});

it.each(["min", "max"])("takes %s.yaml as it is, without a warning and without dropping a field", async (name) => {
  const text = readFileSync(join(import.meta.dirname, "samples", `${name}.yaml`), "utf8");
  const sample = parse(text) as { metadata: { namespace: string }; spec: unknown };
  sample.metadata.namespace = "default";
  const made = await api.must<{ spec: unknown }>("POST", `${runs}?fieldValidation=Strict`, sample);
  expect(made.spec).toEqual(sample.spec);
});

describe("refuses, with a sentence,", () => {
  it.each(refusals)("$what", async ({ spec, says, hides }) => {
    const { code, body } = await api.ask("POST", `${runs}?dryRun=All&fieldValidation=Strict`, run("refused", spec));
    expect(code).toBeGreaterThanOrEqual(400);
    expect(code).toBeLessThan(500);
    const { message } = JSON.parse(body) as { message: string };
    for (const sentence of says) expect(message).toContain(sentence);
    expect(body.includes(hides ?? "\0")).toBe(false);
    // A regular expression is no answer to a person.
    expect(message).not.toContain("should match");
  });

  it("a name whose children's names would be too long", async () => {
    const { code, body } = await api.ask("POST", `${runs}?dryRun=All`, run("a".repeat(53), { source }));
    expect(code).toBe(422);
    expect(body).toContain("metadata.name must be at most 52 characters");
    expect((await api.ask("POST", `${runs}?dryRun=All`, run("a".repeat(52), { source }))).code).toBe(201);
  });

  it("another engine for a database that has data", async () => {
    await api.must("POST", runs, run("engine", { source, databases: [{ name: "db", engine: "Postgres" }] }));
    const patch = { spec: { databases: [{ name: "db", engine: "MySQL" }] } };
    const { code, body } = await api.ask("PATCH", `${runs}/engine`, patch, "application/merge-patch+json");
    expect(code).toBe(422);
    expect(body).toContain("engine cannot be changed: add a database of another name");
  });
});

it("merges services by name when two people apply", async () => {
  const one = run("merged", {
    source,
    services: [
      { name: "web", port: 3000 },
      { name: "worker", replicas: 2 },
    ],
  });
  await api.must("PATCH", `${runs}/merged?fieldManager=one&fieldValidation=Strict`, one, apply);
  const { metadata: _, ...other } = run("merged", { source, services: [{ name: "web", start: "node a.js" }] });
  const both = await api.must<{ spec: { services: unknown[] } }>(
    "PATCH",
    `${runs}/merged?fieldManager=two`,
    { ...other, metadata: { name: "merged" } },
    apply,
  );
  expect(both.spec.services).toEqual([
    { name: "web", port: 3000, start: "node a.js" },
    { name: "worker", replicas: 2 },
  ]);
});

it("keeps status apart from spec, and selects by maturity", async () => {
  await api.must("POST", runs, { ...run("seen", { source }), status: { maturity: "Verified" } });
  const before = await api.must<{ status?: unknown }>("GET", `${runs}/seen`);
  expect(before.status).toBeUndefined();
  const status = { spec: { suspend: true }, status: { maturity: "Verified", url: "http://192.0.2.1/" } };
  const after = await api.must<{ spec: unknown; metadata: { generation: number } }>(
    "PATCH",
    `${runs}/seen/status`,
    status,
    "application/merge-patch+json",
  );
  expect(after.spec).toEqual({ source });
  expect(after.metadata.generation).toBe(1);
  const selected = await api.must<{ items: { metadata: { name: string } }[] }>(
    "GET",
    `${runs}?fieldSelector=status.maturity%3DVerified`,
  );
  expect(selected.items.map((item) => item.metadata.name)).toEqual(["seen"]);
});
