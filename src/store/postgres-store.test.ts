import { expect, it } from "vitest";
import { PostgresStore } from "./postgres-store.ts";
import { holdsStoreContract } from "./store-contract.ts";

/** A PostgreSQL to try it on: `postgres://user:password@host:port/database`. What is in its schema repo_runner is lost. */
const url = process.env["REPO_RUNNER_TEST_POSTGRES"];

it.skipIf(url === undefined)("is tried where REPO_RUNNER_TEST_POSTGRES names a server", async () => {
  const store = await PostgresStore.open(url ?? "", () => undefined);
  await store.close();
  expect(store.epoch).toMatch(/^[0-9a-f]{8}$/);
});

it("says where no server is", async () => {
  await expect(PostgresStore.open("postgres://nobody@127.0.0.1:1/none", () => undefined)).rejects.toThrow(
    /ECONNREFUSED/,
  );
});

if (url !== undefined) {
  const wipe = async (): Promise<void> => {
    const { default: pg } = await import("pg");
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query("DROP SCHEMA IF EXISTS repo_runner CASCADE");
    await client.end();
  };
  holdsStoreContract("PostgreSQL", async () => await PostgresStore.open(url, () => undefined), wipe);
}
