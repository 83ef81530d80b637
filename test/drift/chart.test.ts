import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { renderChart, renderedManifests } from "../../crds/rendered.ts";
import { Settings } from "../../src/settings.ts";

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
  readonly data?: Readonly<Record<string, string>>;
}

const root = join(import.meta.dirname, "..", "..");

async function render(...values: readonly string[]): Promise<Manifest[]> {
  return parseAllDocuments(await renderChart(values)).flatMap((document) => {
    expect(document.errors).toEqual([]);
    const manifest = document.toJS() as Manifest | null;
    return manifest === null ? [] : [manifest];
  });
}

function settingsOf(manifests: readonly Manifest[]): Settings {
  const map = manifests.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === "repo-runner");
  return Settings.parse(parse(map?.data?.["settings.yaml"] ?? ""));
}

// Fetches Helm into the cache the first time.
beforeAll(async () => {
  await renderChart();
}, 300_000);

it("deploy/repo-runner.yaml is what `npm run generate` makes", async () => {
  expect(readFileSync(join(root, "deploy", "repo-runner.yaml"), "utf8")).toBe(await renderedManifests());
});

it("is rendered the same twice: nothing random, no key, no certificate", async () => {
  const once = await renderChart();
  expect(await renderChart()).toBe(once);
  expect(once).not.toMatch(/BEGIN [A-Z ]*(PRIVATE KEY|CERTIFICATE)/);
  expect(once).not.toMatch(/^kind: Secret$/m);
});

describe("the controller's settings", () => {
  it("are the program's own defaults", async () => {
    expect(settingsOf(await render())).toEqual(Settings.parse({}));
  });

  it("say what the values say", async () => {
    const settings = settingsOf(
      await render(
        "registry.install=false",
        "registry.credentials=Secret",
        "registry.push=registry.example.org",
        "registry.pull=registry.example.org",
        "registry.insecure=false",
        "mirror.host=mirror.example.org:5000",
        "mirror.insecure=true",
        "caBundle=x",
        "links.nodeAddress=apps.example.org",
        "links.gateway.name=public",
        "links.gateway.namespace=gateways",
        "builder.allow={10.0.0.10/32}",
        "clone.maxBytes=2147483648",
        "buildEnv.GOFLAGS=-mod=mod",
        "baseImages.mode=Listed",
        "baseImages.listed.node={24-slim}",
        "observe=Off",
      ),
    );
    expect(settings).toMatchObject({
      registry: { push: "registry.example.org", credentials: "Secret", insecure: false },
      mirror: { host: "mirror.example.org:5000", insecure: true },
      caBundleFile: "/etc/repo-runner/ca/ca.crt",
      links: { via: "Auto", nodeAddress: "apps.example.org", gateway: { name: "public", namespace: "gateways" } },
      builder: { allow: ["10.0.0.10/32"] },
      clone: { maxBytes: 2_147_483_648 },
      buildEnv: { GOFLAGS: "-mod=mod" },
      baseImages: { mode: "Listed", listed: { node: ["24-slim"] } },
      observe: "Off",
    });
  });
});

it("gives the controller no right to read a Secret, by any verb that answers with one", async () => {
  const roles = (await render("clusterWide=true")).filter(({ kind }) => kind === "ClusterRole" || kind === "Role");
  const rules = roles.flatMap((role) => (role as unknown as { rules: Rule[] }).rules);
  const onSecrets = rules.filter(({ resources }) => resources.some((resource) => /^(secrets|\*)$/.test(resource)));
  expect(onSecrets.length).toBeGreaterThan(0);
  for (const { verbs } of onSecrets) expect(["create", "delete"]).toEqual(expect.arrayContaining([...verbs]));
  for (const { verbs } of rules) expect(verbs).not.toContain("*");
});

interface Rule {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

it("lets in only the namespaces that are named", async () => {
  const bound = (manifests: readonly Manifest[]) =>
    manifests.flatMap((manifest) =>
      (manifest as unknown as { roleRef?: { name: string } }).roleRef?.name === "repo-runner-tenant"
        ? [`${manifest.kind} ${manifest.metadata.namespace ?? ""}`]
        : [],
    );
  expect(bound(await render())).toEqual([]);
  expect(bound(await render("namespaces={team-a,team-b}"))).toEqual(["RoleBinding team-a", "RoleBinding team-b"]);
  expect(bound(await render("clusterWide=true"))).toEqual(["ClusterRoleBinding "]);
});

it.each([
  ["a word that is no value", "controler.replicas=3"],
  ["a bare Off, which is false", "observe=false"],
  ["no registry at all", "registry.install=false"],
])("refuses %s", async (_, value) => {
  await expect(renderChart([value])).rejects.toThrow("helm");
});
