import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FakeEndpoint, startFakeEndpoint } from "../../../test/model/fake-endpoint.ts";

let server: FakeEndpoint;
let folder: string;
beforeAll(async () => {
  server = await startFakeEndpoint();
  folder = mkdtempSync(join(tmpdir(), "doctor-"));
  writeFileSync(join(folder, "key"), "sk-doctor-0123456789\n");
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function doctor(model: string, url = server.url) {
  const args = ["doctor", "--endpoint", url, "--model", model, "--key-file", join(folder, "key")];
  return await execa(process.execPath, [join(import.meta.dirname, "../../main.ts"), ...args], {
    reject: false,
    timeout: 60_000,
    all: true,
  });
}

it("says of an endpoint that answers how long it took and whether it keeps to a schema", async () => {
  const { exitCode, stdout } = await doctor("ok:by package.json");
  expect(stdout).toMatch(
    /✓ ok:by package\.json answers in [\d.]+ s, keeps to a schema, chose rightly; 200 tokens in, 40 out/,
  );
  expect(exitCode).toBe(0);
});

it("says what to do of one that refuses its key, and does not show it", async () => {
  const { exitCode, all } = await doctor("unauthorized");
  expect(all).toMatch(/✗ unauthorized: Unauthorized[\s\S]*next {3}give the right key/);
  expect(all).not.toContain("sk-doctor");
  expect(exitCode).toBe(5);
});

it("says what to do of an address that is none", async () => {
  expect((await doctor("ok", "ftp://host")).exitCode).toBe(2);
  expect((await doctor("ok", "http://127.0.0.1:1/v1")).all).toMatch(/Unreachable[\s\S]*whether the server runs/);
});
