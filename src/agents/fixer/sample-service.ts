import { type Plan, Service } from "../../plan.ts";

/** A valid service for the tests of rules: Node, npm, frozen lock, pruned. */
export function sampleService(changes: Partial<Service> = {}): Service {
  return Service.parse({
    name: "web",
    kind: "Web",
    path: ".",
    language: "node",
    framework: "express",
    runtime: { name: "node", version: "24", from: "default" },
    manager: { name: "npm", version: null, lockFile: "package-lock.json", mode: "Frozen" },
    recipe: {
      buildImage: "docker.io/library/node:24-slim",
      runImage: "docker.io/library/node:24-slim",
      install: "npm ci",
      build: null,
      prune: "npm prune --omit=dev",
    },
    start: "node server.js",
    otherStarts: [{ line: "node app.js", from: "app.js" }],
    port: { number: 3000, from: "Code", readsPort: true },
    probe: {},
    resources: { requests: {}, limits: {} },
    sure: "Certain",
    ...changes,
  });
}

export function samplePlan(service: Service = sampleService()): Plan {
  return { version: 1, services: [service], databases: [], needs: [], warnings: [], summary: "node 24 (express)" };
}
