import { describe, expect, it } from "vitest";
import { Settings } from "../../settings.ts";
import { FakeCluster } from "../fake-cluster.ts";
import { ensureGeneratedSecret } from "./generated-secret.ts";
import { childName } from "./names.ts";
import { quantity, resourcesOf } from "./resources.ts";
import { sampleRequest, sampleService } from "./sample-request.ts";
import { identityOf } from "./security.ts";
import { recallSeen, rememberSeen } from "./seen.ts";
import { mountsOf } from "./volumes.ts";

describe("childName", () => {
  it("is readable, and cut with a hash only where it has to be", () => {
    expect(childName({ name: "shop" }, "web")).toBe("shop-web");
    const long = childName({ name: "r".repeat(52) }, "s".repeat(40));
    expect(long).toMatch(/^r{52}-s{3}-[a-z0-9]{6}$/);
    expect(childName({ name: "r".repeat(52) }, `${"s".repeat(39)}t`)).not.toBe(long);
    expect(childName({ name: "3.shop" }, "web")).toMatch(/^r-[a-z0-9-]*shop-web-[a-z0-9]{6}$/);
  });
});

describe("identityOf", () => {
  const settings = Settings.parse({});
  const without = Settings.parse({ userNamespaces: false });
  it.each([
    [false, "", settings, 10_001, false],
    [true, "1000:1000", settings, 1000, false],
    [true, "", settings, 0, true],
    [true, "root", settings, 0, true],
    [true, "0", settings, 0, true],
    [true, "node", settings, undefined, true],
    [true, "", without, 10_001, false],
    [true, "node", without, 10_001, false],
  ])("own Dockerfile %s, USER %j → uid", (own, user, set, uid, userNamespace) => {
    expect(identityOf(own, user, set)).toMatchObject({ uid, userNamespace });
  });
});

describe("resourcesOf", () => {
  it("lets the person win, and never asks for more than the limit", () => {
    const request = sampleRequest();
    const wish = (resources: { requests?: Record<string, string>; limits?: Record<string, string> }) =>
      resourcesOf({ service: request.service, spec: { ...request.spec, services: [{ name: "web", resources }] } });
    expect(wish({ limits: { memory: "32Mi" } })).toMatchObject({
      requests: { memory: "32Mi" },
      limits: { memory: "32Mi" },
    });
    expect(wish({ requests: { memory: "1Gi" } })).toMatchObject({
      requests: { memory: "1Gi" },
      limits: { memory: "1Gi" },
    });
  });

  it("reads quantities", () => {
    expect([quantity("100m"), quantity("1Gi"), quantity("1.5"), quantity("2k")]).toEqual([0.1, 2 ** 30, 1.5, 2000]);
  });
});

describe("mountsOf", () => {
  const placesOf = (to: string) => {
    const request = sampleRequest();
    const { service } = request;
    const recipe = { ...service.recipe, copies: [{ from: "conf/site.conf", to }] };
    return mountsOf({ ...request, service: { ...service, recipe } }).mounts.map(({ mountPath }) => mountPath);
  };

  it("gives a scratch folder, unless that would hide what the image was given there", () => {
    expect(placesOf("/etc/site.conf")).toEqual(["/tmp"]);
    expect(placesOf("/tmp/site.conf")).toEqual([]);
  });
});

describe("seen", () => {
  it("is recalled only of the same thing", () => {
    const annotations = rememberSeen({ port: 8000 }, "sha256:a");
    expect(recallSeen(annotations, "sha256:a")).toEqual({ port: 8000 });
    expect(recallSeen(annotations, "sha256:b")).toEqual({});
    expect(recallSeen({ "repo-runner.dev/seen": "{broken" }, "sha256:a")).toEqual({});
  });
});

describe("ensureGeneratedSecret", () => {
  const run = { namespace: "team-a", name: "shop", uid: "u1" };
  const services = [sampleService({ env: [{ name: "SESSION_SECRET", source: "Generated", phase: "Run" }] })];

  it("makes random values once and keeps them", async () => {
    const cluster = new FakeCluster();
    const first = await ensureGeneratedSecret(cluster, run, services);
    const [secret] = [...cluster.objects.values()] as unknown as {
      immutable: boolean;
      stringData: Record<string, string>;
    }[];
    expect(secret?.immutable).toBe(true);
    expect(secret?.stringData["SESSION_SECRET"]).toMatch(/^[0-9a-f]{64}$/);
    const kept = JSON.stringify(secret);
    expect(await ensureGeneratedSecret(cluster, run, services)).toEqual(first);
    expect(JSON.stringify([...cluster.objects.values()][0])).toBe(kept);
    expect(cluster.takeRequests()).toEqual(["create Secret", "create Secret"]);
  });

  it("writes a key as its framework wants it", async () => {
    const cluster = new FakeCluster();
    const env = [{ name: "APP_KEY", source: "Generated", form: "Base64Key", phase: "Run" }] as const;
    await ensureGeneratedSecret(cluster, run, [sampleService({ env: [...env] })]);
    const [secret] = [...cluster.objects.values()] as unknown as { stringData: Record<string, string> }[];
    const key = secret?.stringData["APP_KEY"] ?? "";
    expect(key.startsWith("base64:")).toBe(true);
    expect(Buffer.from(key.slice("base64:".length), "base64")).toHaveLength(32);
  });

  it("has another name for another run of the same name", async () => {
    const cluster = new FakeCluster();
    const first = await ensureGeneratedSecret(cluster, run, services);
    expect(await ensureGeneratedSecret(cluster, { ...run, uid: "u2" }, services)).not.toEqual(first);
  });
});
