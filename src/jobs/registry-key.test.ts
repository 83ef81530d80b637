import { expect, it } from "vitest";
import { type AskApi, ensureKey } from "./registry-key.ts";

/** An API server that knows Secrets by create and delete alone. */
function fakeApi(present: Readonly<Record<string, string>>) {
  const keys = new Map(Object.entries(present));
  const ask: AskApi = (method, path, body) => {
    const namespace = path.split("/")[4] ?? "";
    if (method === "DELETE") return Promise.resolve(keys.delete(namespace) ? 200 : 404);
    if (keys.has(namespace)) return Promise.resolve(409);
    if (!path.endsWith("?dryRun=All"))
      keys.set(namespace, (body as { readonly stringData: { readonly key: string } }).stringData.key);
    return Promise.resolve(201);
  };
  return { keys, ask };
}

it("puts the same new key into each namespace", async () => {
  const { keys, ask } = fakeApi({});
  expect(await ensureKey("k", ["a", "b"], ask)).toBe("made");
  expect(keys.get("a")).toMatch(/^[0-9a-f]{64}$/);
  expect(keys.get("b")).toBe(keys.get("a"));
});

it("leaves a key that is in place everywhere", async () => {
  const { keys, ask } = fakeApi({ a: "old", b: "old" });
  expect(await ensureKey("k", ["a", "b"], ask)).toBe("kept");
  expect([...keys.values()]).toEqual(["old", "old"]);
});

it.each([{ a: "old" }, { b: "old" }])("makes a new pair where one half is missing: %o", async (present) => {
  const { keys, ask } = fakeApi(present);
  expect(await ensureKey("k", ["a", "b"], ask)).toBe("made");
  expect(keys.get("a")).not.toBe("old");
  expect(keys.get("b")).toBe(keys.get("a"));
});

it("fails when it is refused, so that the Job tries again", async () => {
  await expect(ensureKey("k", ["a"], () => Promise.resolve(403))).rejects.toThrow("403");
});
