import { z } from "zod";

/**
 * What an administrator sets, once per installation: the chart's values become this document (ConfigMap `repo-runner`, mounted at
 * `/etc/repo-runner/settings.yaml`). Defaults are what a cluster outside expects: official images, no mirror, no private CA.
 */
export const Settings = z.object({
  images: z
    .object({
      /** Controller, survey and build Jobs, registry gate. */
      runner: z.string().default("ghcr.io/repo-runner/repo-runner:0.1.0"),
      looker: z.string().default("ghcr.io/repo-runner/repo-runner-looker:0.1.0"),
      buildkit: z.string().default("docker.io/moby/buildkit:v0.34.2"),
      pullPolicy: z.enum(["IfNotPresent", "Always"]).default("IfNotPresent"),
    })
    .prefault({}),
  registry: z
    .object({
      /** Where builders push: `host:port`, without a path. */
      push: z.string().default("registry.repo-runner-registry.svc:5000"),
      /** The same registry as nodes see it. */
      pull: z.string().default("localhost:5005"),
      /** Plain http (the chart's own registry inside the cluster). */
      insecure: z.boolean().default(true),
      /** `Gate`: the chart's registry, one user per namespace. `Secret`: an external one; `spec.image.pushSecretRef` or `secretName`. */
      credentials: z.enum(["Gate", "Secret", "None"]).default("Gate"),
      /** File that holds the key from which each namespace's password is derived (mode Gate). */
      keyFile: z.string().default("/etc/repo-runner/registry-key/key"),
      /** First part of image paths. */
      prefix: z.string().default("tenants"),
    })
    .prefault({}),
  /** Stands before the official registries, for base images: `{host: "mirror.example.org:5000", insecure: true}`. */
  mirror: z.object({ host: z.string(), insecure: z.boolean().default(false) }).optional(),
  /** PEM file with certificates that every clone and build trusts besides the public ones. */
  caBundleFile: z.string().optional(),
  baseImages: z
    .object({
      mode: z.enum(["Any", "Listed"]).default("Any"),
      listed: z.record(z.string(), z.array(z.string())).default({}),
    })
    .prefault({}),
  builder: z
    .object({
      namespace: z.string().default("repo-runner-builds"),
      /** `UserNamespace`: root inside is nobody outside. `Rootless`: for clusters without user namespaces. */
      mode: z.enum(["UserNamespace", "Rootless"]).default("UserNamespace"),
      /** One daemon per tenant namespace; false shares one, and with it logs and cache, between all. */
      perTenant: z.boolean().default(true),
      idleMinutes: z.int().min(1).default(30),
      memory: z.record(z.string(), z.string()).default({ Small: "2Gi", Medium: "4Gi", Large: "8Gi" }),
      cacheSize: z.string().default("20Gi"),
      /** Ranges that a RUN step may not reach: the cluster's pods and Services, the API server, the metadata address. */
      deny: z.array(z.string()).default(["169.254.169.254/32", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]),
      /** Exceptions: addresses inside `deny` that a RUN step does need (a package mirror, the DNS server). */
      allow: z.array(z.string()).default([]),
      /** Frontends besides BuildKit's own that a `# syntax=` line may name. */
      frontends: z.array(z.string()).default([]),
    })
    .prefault({}),
  links: z
    .object({
      via: z.enum(["Auto", "None", "NodePort", "LoadBalancer", "Ingress", "Gateway"]).default("Auto"),
      /** Host name or address that people use for NodePorts; default: the pod's hostIP. */
      nodeAddress: z.string().optional(),
      ingressClassName: z.string().optional(),
      gateway: z.object({ name: z.string(), namespace: z.string() }).optional(),
      domain: z.string().optional(),
    })
    .prefault({}),
  /** Survey and build Jobs that are at work at once; 0 is no limit. Who finds none free is queued, in fair turns between namespaces. */
  jobs: z.object({ perNamespace: z.int().min(0).default(6), total: z.int().min(0).default(30) }).prefault({}),
  /** Kill switch: no plan of any run is changed. */
  fixes: z.object({ paused: z.boolean().default(false) }).prefault({}),
  /** What mended failures teach (FixLesson). */
  memory: z
    .object({
      enabled: z.boolean().default(true),
      /** Lessons that have proved themselves in unrelated repositories serve all namespaces. */
      share: z.boolean().default(true),
      perNamespace: z.int().min(1).max(1000).default(200),
    })
    .prefault({}),
  /** How sockets are looked at. */
  observe: z.enum(["Ephemeral", "Off"]).default("Ephemeral"),
  /** Bounds of a clone. */
  clone: z
    .object({
      maxBytes: z.int().default(1_073_741_824),
      maxFiles: z.int().default(100_000),
      timeoutSeconds: z.int().default(300),
    })
    .prefault({}),
  /** Variables that every build gets (`npm_config_registry`, `PIP_INDEX_URL`, `GOPROXY` of a company), never kept in an image. */
  buildEnv: z.record(z.string(), z.string()).default({}),
  /** What is known to fail is mended in the first plan; `Off` leaves that to the first failure. */
  prediction: z.enum(["Auto", "Off"]).default("Auto"),
  /** User namespaces work on the nodes: a Dockerfile that needs root runs as root inside one. */
  userNamespaces: z.boolean().default(true),
});
export type Settings = z.infer<typeof Settings>;
