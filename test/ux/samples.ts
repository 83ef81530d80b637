import { Plan } from "../../src/plan.ts";
import { readRun, type RunSeen } from "../../src/cli/cluster/run-seen.ts";
import { readPlan, type PlanRecordSeen } from "../../src/cli/cluster/plan-seen.ts";

/** Data for goldens and for the stand-in of an API server: what a cluster would answer, in its own words. */

export const now = new Date("2026-11-22T18:30:00Z");

type Conditions = Readonly<Record<string, readonly ["True" | "False" | "Unknown", string, string]>>;

export function conditions(all: Conditions): unknown[] {
  return Object.entries(all).map(([type, [status, reason, message]]) => ({
    type,
    status,
    reason,
    message,
    lastTransitionTime: "2026-11-22T18:05:44Z",
    observedGeneration: 1,
  }));
}

export function runObject(name: string, status: unknown, spec: unknown = {}): Record<string, unknown> {
  const source = { git: { url: `https://git.example.org/demo/${name}.git` } };
  return {
    apiVersion: "repo-runner.dev/v1alpha1",
    kind: "RepoRun",
    metadata: {
      name,
      namespace: "team-a",
      uid: `uid-${name}`,
      resourceVersion: "7",
      generation: 1,
      creationTimestamp: "2026-11-22T18:04:31Z",
    },
    spec: { source, ...(spec as object) },
    status,
  };
}

export const done = ["True", "Done", ""] as const;

export const verified = {
  observedGeneration: 1,
  conditions: conditions({
    Ready: ["True", "Verified", 'web: 200 "Guestbook" in 12 ms'],
    Serving: ["True", "WantedRelease", ""],
    SourceReady: done,
    Planned: done,
    ImagesReady: done,
    Released: done,
    Healthy: done,
  }),
  maturity: "Verified",
  url: "http://192.0.2.10:30412/",
  source: { commit: "4f1c9e2a0b3c4d5e6f708192a3b4c5d6e7f80912", revision: "main@4f1c9e2" },
  plan: {
    revision: 2,
    digest: "sha256:77ab01c4",
    summary: "node 24 (express) + postgres 17",
    configMap: "guestbook-plan-2",
  },
  services: [
    {
      name: "web",
      kind: "Web",
      runtime: "node 24.11.0",
      image: "sha256:77ab01c4",
      port: 3000,
      portFrom: "Observed",
      maturity: "Verified",
    },
  ],
  links: [
    {
      service: "web",
      url: "http://192.0.2.10:30412/",
      via: "NodePort",
      from: "Outside",
      status: 200,
      title: "Guestbook",
      seenAt: "2026-11-22T18:05:44Z",
    },
  ],
  fixes: [
    {
      revision: 2,
      layer: "Process",
      signature: "ListensOnLoopback",
      by: "Rule",
      action: "SetEnv",
      summary: "web listened on 127.0.0.1:3000 only; HOST=0.0.0.0 set",
      outcome: "Fixed",
      at: "2026-11-22T18:05:20Z",
    },
  ],
  fixCount: 1,
  history: [
    { release: 2, revision: "main@4f1c9e2", outcome: "Verified", at: "2026-11-22T18:05:44Z" },
    { release: 1, revision: "main@1d2c3b4", outcome: "RepoDefect", at: "2026-11-22T17:05:44Z" },
  ],
};

export const needing = {
  observedGeneration: 1,
  conditions: conditions({
    Ready: ["False", "NeedsSecret", "web needs STRIPE_KEY, MAIL_PASSWORD (Secret blog-env)"],
    Stalled: ["True", "NeedsSecret", ""],
    SourceReady: done,
    Planned: done,
    ImagesReady: done,
  }),
  maturity: "Built",
  source: { commit: "99d01aa", revision: "main@99d01aa" },
  plan: { revision: 1, summary: "python 3.13 (django) + postgres 17", configMap: "blog-plan-1" },
  services: [{ name: "web", kind: "Web", runtime: "python 3.13", maturity: "Built" }],
  needs: [
    {
      kind: "Secret",
      name: "STRIPE_KEY",
      service: "web",
      why: 'os.environ["STRIPE_KEY"], no default in shop/payments.py:12',
    },
    {
      kind: "Secret",
      name: "MAIL_PASSWORD",
      service: "web",
      why: 'os.environ["MAIL_PASSWORD"], no default in blog/settings.py:88',
    },
  ],
  failure: {
    reason: "NeedsSecret",
    message: "web needs STRIPE_KEY, MAIL_PASSWORD (Secret blog-env)",
    layer: "Config",
    blame: "Spec",
  },
};

export const broken = {
  observedGeneration: 1,
  conditions: conditions({
    Ready: ["False", "RepoDefect", "web: src/orders.ts:41 does not compile (TS2339)"],
    Stalled: ["True", "RepoDefect", ""],
    SourceReady: done,
    Planned: done,
    ImagesReady: ["False", "RepoDefect", ""],
  }),
  maturity: "Planned",
  source: { commit: "c0ffee1", revision: "main@c0ffee1" },
  plan: { revision: 2, summary: "node 22 (nest)", configMap: "api-plan-2" },
  services: [{ name: "web", kind: "Web", maturity: "Planned" }],
  fixes: [
    { revision: 2, signature: "DevDependencyMissing", summary: "npm ci with dev dependencies", outcome: "NoEffect" },
  ],
  failure: {
    reason: "RepoDefect",
    message: "web does not compile",
    hint: "The same commit fails to compile with its own tools; nothing in the plan can mend that",
    layer: "Build",
    blame: "Repo",
    service: "web",
    where: "src/orders.ts:41:17",
    log: "api-log-1a2b3c/web.build",
  },
};

export const brokenLines = [
  "\u001B[31msrc/orders.ts:41:17 - error TS2339: Property 'total' does not exist on type 'Order'.\u001B[0m",
  "41   return order.total * 1.19",
  "\t         ~~~~~",
  "Found 1 error in src/orders.ts:41",
];

export const registryDown = {
  observedGeneration: 1,
  conditions: conditions({
    Ready: ["False", "RegistryDown", "the image of web cannot be pushed: registry.example.org answers 503"],
    Reconciling: ["True", "Retrying", ""],
    SourceReady: done,
    Planned: done,
  }),
  failure: {
    reason: "RegistryDown",
    message: "the image of web cannot be pushed: registry.example.org answers 503",
    hint: "Nothing is wrong with the repository; what was built is kept",
    layer: "Cluster",
    blame: "Platform",
    service: "web",
    where: "Job team-a/shop-build-7c1f0",
  },
};

export const building = {
  observedGeneration: 1,
  conditions: conditions({
    Ready: ["Unknown", "Building", "build of web"],
    Reconciling: ["True", "Building", ""],
    SourceReady: done,
    Planned: done,
  }),
  source: verified.source,
  plan: { ...verified.plan, revision: 1 },
  services: [{ name: "web", kind: "Web", maturity: "Planned" }],
};

export function seen(name: string, status: unknown): RunSeen {
  return readRun(runObject(name, status));
}

export const plan = Plan.parse({
  version: 1,
  summary: "node 24 (express) + postgres 17",
  services: [
    {
      name: "web",
      kind: "Web",
      path: ".",
      language: "node",
      framework: "express",
      runtime: {
        name: "node",
        version: "24.11.0",
        from: 'package.json engines ">=22"; no .nvmrc, .node-version, .tool-versions',
      },
      manager: { name: "npm", version: null, lockFile: "package-lock.json", mode: "Frozen" },
      recipe: { buildImage: "docker.io/library/node:24-slim", install: "npm ci", build: null },
      start: "node server.js",
      otherStarts: [{ line: "node worker.js", from: "scripts.worker" }],
      port: { number: 3000, from: "Code", where: "server.js:41", readsPort: true, hostVariable: "HOST" },
      probe: { path: "/", where: "server.js:12" },
      env: [
        { name: "SESSION_SECRET", source: "Generated" },
        { name: "GREETING", source: "Optional", value: "Hello", where: "server.js:12" },
        { name: "PORT", source: "Port" },
      ],
      resources: { requests: {}, limits: {} },
      sure: "Certain",
      why: [
        { about: "install", value: "npm ci", because: "package-lock.json agrees with package.json" },
        { about: "start", value: "node server.js", because: "package.json scripts.start" },
        { about: "port", value: "3000", because: "process.env.PORT ?? 3000", where: "server.js:41" },
      ],
    },
  ],
  databases: [{ name: "postgres", engine: "Postgres", version: "17", why: "package.json dependencies.pg" }],
});

const fix = {
  service: "web",
  layer: "Process",
  signature: "ListensOnLoopback",
  rule: "K14",
  by: "Rule",
  action: { kind: "SetEnv", name: "HOST", value: "0.0.0.0", phase: "Run" },
  summary: "web listened on 127.0.0.1:3000 only; HOST=0.0.0.0 set",
  appliesTo: "sha256:00",
  at: "2026-11-22T18:05:20Z",
};

const record = {
  v: 1,
  revision: 2,
  draft: 1,
  sourceKey: "",
  pinKey: "",
  commit: verified.source.commit,
  commitName: verified.source.revision,
  subject: "Add a form",
  files: 1204,
  bytes: 18_000_000,
  fixes: [fix],
  attempts: [
    {
      how: "Fix",
      revision: 2,
      from: 1,
      on: "sha256:01",
      saw: { reason: "ListensOnLoopback", layer: "Process", service: "web", maturity: "Started", print: "sha256:02" },
      fix,
      at: fix.at,
    },
  ],
  parent: null,
  startedAt: "2026-11-22T18:04:31Z",
};

export const planConfigMap = {
  metadata: { name: "guestbook-plan-2" },
  data: {
    "plan.json": JSON.stringify(plan),
    "record.json": JSON.stringify(record),
    "Dockerfile.web": "FROM docker.io/library/node:24-slim\n",
  },
};

export function planRecord(): PlanRecordSeen {
  const read = readPlan(planConfigMap);
  if (!read) throw new Error("the sample plan cannot be read");
  return read;
}
