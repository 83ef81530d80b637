import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RepoRunStatus } from "../../src/repo-run.ts";
import { oddTree, ownFrontend, spyTree, tellingBuild, tellingProgram, tooLongName } from "./support/hostile-trees.ts";
import { Kube } from "./support/kube.ts";
import { nodeAddress, pushedGit, type PushedGit } from "./support/pushed-git.ts";
import { awaitEnd, condition } from "./support/run-case.ts";
import { dismiss, tenant } from "./support/world.ts";

const gitNamespace = "repo-runner-e2e-pushed-hostile";
const namespace = "repo-runner-e2e-hostile";
const names = ["spy", "telling-build", "telling-program", "frontend", "odd", "long"] as const;
/** Planted where only the product uses them: none may come out anywhere. */
const planted = {
  git: "git-pa55-6f1d0c9be2",
  stripe: "sk_live_51PlantedPlantedPlanted77",
  printed: "ghp_PlantedInTheBuildLog0123456789abcd",
};
let kube: Kube;
let git: PushedGit;

interface Found {
  readonly reached: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly token: string;
  readonly taken: string;
  readonly git: readonly string[];
  readonly tls: readonly string[];
  readonly registry: readonly string[];
  readonly podToken: boolean;
}

describe.runIf(process.env["REPO_RUNNER_E2E"] === "all")("hostile repositories", () => {
  beforeAll(async () => {
    kube = new Kube(process.env["REPO_RUNNER_E2E_KUBECONFIG"] ?? "");
    await tenant(kube, namespace);
    git = await pushedGit(kube, gitNamespace, { password: planted.git, secret: names });
    await kube.create("Secret", namespace, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "git", namespace },
      stringData: { username: "pusher", password: planted.git },
    });
    for (const name of ["spy", "telling-program"])
      await kube.create("Secret", namespace, {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: `${name}-env`, namespace },
        stringData: { STRIPE_SECRET_KEY: planted.stripe },
      });
  });

  afterAll(async () => {
    for (const each of [namespace, gitNamespace]) await dismiss(kube, each);
  });

  it("a RUN step reaches the name server and the outside, and nothing of the cluster", async () => {
    const node = await nodeAddress(kube);
    const [resolver = ""] = await addressesOfNames();
    const builders = await builderAddresses();
    const denied = [
      "10.96.0.1:443",
      "kubernetes.default.svc:443",
      `${node}:6443`,
      `${node}:10250`,
      "169.254.169.254:80",
      "198.18.0.1:1234",
      "127.0.0.1:1234",
      "registry.repo-runner-registry.svc:5000",
      ...builders,
    ];
    git.push("spy", spyTree([`${resolver}:53`, ...denied], planted.printed));
    const status = await run("spy");
    expect(condition(status, "Ready")?.message).toContain("200");
    const answer = await fetch(status.url ?? "", { signal: AbortSignal.timeout(10_000) });
    const text = await answer.text();
    const found = JSON.parse(text) as Found;
    console.log(JSON.stringify(found.reached));
    expect(found.reached[`${resolver}:53`]).toBe("OPEN");
    for (const target of denied) expect([target, found.reached[target]]).not.toEqual([target, "OPEN"]);
    expect(found.token).toBe("");
    expect(found.podToken).toBe(false);
    expect(found.secrets).toEqual({});
    expect(found.taken).not.toMatch(/GIT_AUTH_TOKEN|registry|STRIPE/);
    expect([...found.tls, ...found.registry]).toEqual([]);
    for (const value of [planted.git, planted.stripe]) expect(text).not.toContain(value);
  });

  it("a frontend of its own is refused by name", async () => {
    git.push("frontend", ownFrontend);
    const status = await run("frontend");
    expect(condition(status, "Ready")).toMatchObject({ status: "False", reason: "FrontendRefused" });
  });

  it("odd names, links and texts do not stop a run, nor reach a terminal", async () => {
    git.push("odd", oddTree);
    const status = await run("odd");
    expect(condition(status, "Ready")?.reason, condition(status, "Ready")?.message).toBe("Verified");
    const answer = await fetch(status.url ?? "", { signal: AbortSignal.timeout(10_000) });
    expect(await answer.text()).toContain("odd but well");
    // Control characters, as JSON writes them.
    expect(JSON.stringify(status)).not.toMatch(/\\u00(?:0[0-9a-f]|1[0-9a-f]|7f|9b)|\\[bfr]/i);
  });

  it("a name that no file system takes ends in words", async () => {
    git.push("long", tooLongName);
    const status = await run("long");
    const ready = condition(status, "Ready");
    expect(ready?.status).toBe("False");
    expect(ready?.message).toMatch(/name/i);
    expect(status.failure?.blame).toBe("Repo");
  });

  it("secrets that programs print are not told on", async () => {
    git.push("telling-build", tellingBuild(planted.printed));
    git.push("telling-program", tellingProgram());
    const build = await run("telling-build");
    const program = await run("telling-program");
    for (const status of [build, program]) expect(condition(status, "Ready")?.status).toBe("False");
    // What is masked is the value, not the story.
    expect(JSON.stringify(await kube.list("ConfigMap", namespace))).toContain("[redacted]");
  });

  it("no planted secret is anywhere but in its Secret", async () => {
    const values = [planted.git, planted.stripe, planted.printed];
    const forms = values.flatMap((value) => [
      value,
      Buffer.from(value).toString("base64").replace(/=+$/, ""),
      encodeURIComponent(value),
    ]);
    const places: [string, string][] = [];
    for (const kind of ["RepoRun", "Event", "ConfigMap", "Job", "Pod", "Deployment", "Service"])
      places.push([kind, JSON.stringify(await kube.list(kind, namespace))]);
    for (const [where, selector] of [
      ["repo-runner-system", "app.kubernetes.io/component=controller"],
      [namespace, "repo-runner.dev/stage in (survey,build)"],
    ] as const) {
      for (const pod of await kube.list("Pod", where, selector)) {
        const containers = (pod.spec as { containers: { name: string }[] }).containers;
        for (const { name } of containers)
          places.push([`log of ${pod.metadata.name}`, await kube.log(where, pod.metadata.name, name)]);
      }
    }
    expect(places.length).toBeGreaterThan(7);
    const leaks = places.flatMap(([place, text]) =>
      forms.filter((form) => text.includes(form)).map((form) => `${place}: ${form}`),
    );
    expect(leaks).toEqual([]);
  });
});

async function run(name: (typeof names)[number]): Promise<RepoRunStatus> {
  await kube.create("RepoRun", namespace, {
    apiVersion: "repo-runner.dev/v1alpha1",
    kind: "RepoRun",
    metadata: { name, namespace },
    spec: { source: { git: { url: git.url(name), secretRef: { name: "git" } } } },
  });
  return await awaitEnd(kube, { name, namespace }, 300_000);
}

/** The name servers that pods are given. */
async function addressesOfNames(): Promise<string[]> {
  const { text } = await kube.ask("GET", "/api/v1/nodes");
  const node = (JSON.parse(text) as { items: { metadata: { name: string } }[] }).items[0]?.metadata.name ?? "";
  const config = await kube.ask("GET", `/api/v1/nodes/${node}/proxy/configz`);
  return (JSON.parse(config.text) as { kubeletconfig?: { clusterDNS?: string[] } }).kubeletconfig?.clusterDNS ?? [];
}

/** Every builder there is, other tenants' among them: by Service name and by address. */
async function builderAddresses(): Promise<string[]> {
  const services = await kube.list("Service", "repo-runner-builds");
  return services.flatMap((service) => {
    const address = (service.spec as { clusterIP?: string } | undefined)?.clusterIP ?? "";
    return [`${service.metadata.name}.repo-runner-builds.svc:1234`, `${address}:1234`];
  });
}
