import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findAccess, InCluster } from "./auth.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "auth-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("a pod's service account", () => {
  it("is read from its folder, and its token again once it was refused", async () => {
    writeFileSync(join(folder, "ca.crt"), "the CA");
    writeFileSync(join(folder, "token"), "first\n");
    const access = new InCluster("fd00::1", "6443", folder);
    expect(access.server.href).toBe("https://[fd00::1]:6443/");
    expect(String(access.tls.ca)).toBe("the CA");
    expect(await access.authorization()).toBe("Bearer first");
    writeFileSync(join(folder, "token"), "second");
    expect(await access.authorization()).toBe("Bearer first");
    access.forget();
    expect(await access.authorization()).toBe("Bearer second");
  });
});

describe("a kubeconfig", () => {
  const write = (config: object): string => {
    const file = join(folder, "config");
    writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "Config", ...config }));
    return file;
  };

  it("gives server and token", async () => {
    const file = write({
      clusters: [{ name: "c", cluster: { server: "https://192.0.2.1:6443", "insecure-skip-tls-verify": true } }],
      users: [{ name: "u", user: { token: "secret" } }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      "current-context": "x",
    });
    const access = await findAccess(file);
    expect(access.server.host).toBe("192.0.2.1:6443");
    expect(access.tls.rejectUnauthorized).toBe(false);
    expect(await access.authorization()).toBe("Bearer secret");
    access.forget();
    expect(await access.authorization()).toBe("Bearer secret");
  });

  it("without a cluster is said to be so", async () => {
    const file = write({ clusters: [], users: [], contexts: [], "current-context": "none" });
    await expect(findAccess(file)).rejects.toThrow("no current context");
  });
});
