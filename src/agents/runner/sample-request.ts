import { Plan, Service } from "../../plan.ts";
import { Settings } from "../../settings.ts";
import { FakeCluster } from "../fake-cluster.ts";
import type { RunRequest } from "./run-request.ts";

/** A small service for tests; `over` replaces fields of it. */
export function sampleService(over: Partial<Service> = {}): Service {
  return {
    ...Service.parse({
      name: "web",
      kind: "Web",
      path: ".",
      language: "node",
      framework: null,
      runtime: null,
      manager: null,
      recipe: { install: null, build: null },
      start: "node server.js",
      port: { from: "Default", number: 3000 },
      probe: {},
      resources: { requests: { memory: "64Mi" }, limits: { memory: "256Mi" } },
      sure: "Certain",
    }),
    ...over,
  };
}

/** A request for tests, in a cluster of its own. */
export function sampleRequest(
  service = sampleService(),
  over: Partial<RunRequest> = {},
): RunRequest & { cluster: FakeCluster } {
  return {
    run: { namespace: "team-a", name: "shop", uid: "run-uid" },
    plan: Plan.parse({ version: 1, services: [service], summary: "node 24" }),
    service,
    image: `localhost:5005/tenants/team-a/shop/web@sha256:${"a".repeat(64)}`,
    imageFacts: { user: "", exposed: [] },
    settings: Settings.parse({}),
    spec: { source: { git: { url: "https://git.example.org/team-a/shop.git" } } },
    revision: 1,
    commit: "c".repeat(40),
    ...over,
    cluster: over.cluster instanceof FakeCluster ? over.cluster : new FakeCluster(),
  };
}
