import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { RepoRunSpec } from "../../src/repo-run.ts";

const root = join(import.meta.dirname, "..", "..");

/** A RepoRun as a person writes it; strict, since a misspelt word in a paper is what is looked for. */
const Written = z.strictObject({
  apiVersion: z.literal("repo-runner.dev/v1alpha1"),
  kind: z.literal("RepoRun"),
  metadata: z.looseObject({ name: z.string().max(52).optional() }),
  spec: RepoRunSpec,
  status: z.unknown().optional(),
});

interface Found {
  readonly where: string;
  readonly manifest: unknown;
}

function manifestsOf(where: string, text: string): Found[] {
  return parseAllDocuments(text).flatMap((document) => {
    expect(document.errors.map((error) => `${where}: ${error.message}`)).toEqual([]);
    const manifest: unknown = document.toJS();
    const isRun =
      typeof manifest === "object" && manifest !== null && "kind" in manifest && manifest.kind === "RepoRun";
    return isRun ? [{ where, manifest }] : [];
  });
}

function read(folder: string, ending: string): { where: string; text: string }[] {
  return readdirSync(join(root, folder))
    .filter((file) => file.endsWith(ending))
    .map((file) => ({ where: join(folder, file), text: readFileSync(join(root, folder, file), "utf8") }));
}

const samples = read("deploy/samples", ".yaml").flatMap(({ where, text }) => manifestsOf(where, text));
const fenced = [...read(".", ".md"), ...read("docs", ".md")].flatMap(({ where, text }) =>
  [...text.matchAll(/^```ya?ml\n(?<body>.*?)^```/gms)].flatMap((match) =>
    manifestsOf(where, match.groups?.["body"] ?? ""),
  ),
);

it("finds samples and manifests in the papers", () => {
  expect(samples.length).toBeGreaterThan(4);
  expect(fenced.length).toBeGreaterThan(0);
});

it.each([...samples, ...fenced])("$where holds a RepoRun as it has to be", ({ manifest }) => {
  expect(Written.safeParse(manifest).error?.issues).toBeUndefined();
  // zod drops what it does not know: what is left has to be all that was written.
  expect((Written.parse(manifest) as { spec: unknown }).spec).toEqual((manifest as { spec: unknown }).spec);
});
