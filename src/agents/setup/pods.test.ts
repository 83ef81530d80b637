import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Service } from "../../plan.ts";
import { Settings } from "../../settings.ts";
import { builderFiles } from "./builder-config.ts";
import { builderDeployment } from "./builder-objects.ts";
import type { JobObject } from "./job-pod.ts";
import { buildJob, surveyJob } from "./pods.ts";

const bundle = join(mkdtempSync(join(tmpdir(), "ca-")), "ca.crt");
writeFileSync(bundle, "-----BEGIN CERTIFICATE-----\n");
const settings = Settings.parse({ caBundleFile: bundle, mirror: { host: "mirror.example.org:5000", insecure: true } });
const run = { namespace: "team-a", name: "app", uid: "u-1" };
const spec = {
  source: { git: { url: "https://git.example.org/a.git", secretRef: { name: "git" } } },
  build: { secrets: [{ name: "NPM_TOKEN", secretKeyRef: { name: "npm", key: "token" } }] },
};
const access = { address: "tcp://b:1234", serverName: "b", secret: "access" };

function build(change: Partial<Parameters<typeof buildJob>[0]> = {}): JobObject {
  return buildJob({
    run,
    name: "app-build-1",
    inputDigest: "sha256:1",
    service: { name: "web" } as Service,
    request: {
      image: `${settings.registry.push}/tenants/team-a/app/web:t`,
      commit: "1".repeat(40),
      spec,
      tenant: "team-a",
      plan: 1,
    },
    planConfigMap: "app-plan-1",
    sourceSecret: "git",
    builder: access,
    registrySecret: "repo-runner-registry",
    settings,
    timeoutSeconds: 1200,
    ...change,
  });
}

const survey = surveyJob({
  run,
  name: "app-survey-1",
  inputDigest: "sha256:1",
  request: { name: "app", spec, baseImages: settings.baseImages },
  sourceSecret: "git",
  settings,
});

describe.each([
  ["survey", survey],
  ["build", build()],
])("a %s Job", (_name, job) => {
  const pod = job.spec.template.spec;
  const containers = [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];

  it("is restricted, bounded, and holds no token", () => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: "Never",
      securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: "RuntimeDefault" } },
    });
    for (const container of containers) {
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
      expect(container.terminationMessagePolicy).toBe("File");
      for (const side of ["requests", "limits"] as const)
        expect(Object.keys(container.resources?.[side] ?? {}).toSorted()).toEqual(["cpu", "memory"]);
    }
    const folders = (pod?.volumes ?? []).flatMap((volume) => (volume.emptyDir ? [volume.emptyDir] : []));
    for (const folder of folders) expect(folder.sizeLimit).toMatch(/^\d+Mi$/);
  });

  it("survives an eviction, ends at once on a told failure, and never runs for ever", () => {
    expect(job.spec).toMatchObject({
      backoffLimit: 2,
      ttlSecondsAfterFinished: 3600,
      podFailurePolicy: {
        rules: [{ action: "Ignore" }, { action: "FailJob", onExitCodes: { operator: "In", values: [42] } }],
      },
    });
    expect(job.spec.activeDeadlineSeconds).toBeGreaterThan(300);
    expect(job.metadata.ownerReferences?.[0]).toMatchObject({ kind: "RepoRun", uid: "u-1", controller: true });
  });

  it("shows the git Secret to the clone alone, and waits for nothing that is missing", () => {
    const holders = containers.filter((container) =>
      container.volumeMounts?.some((mount) => mount.mountPath === "/git"),
    );
    expect(holders.map((container) => container.name)).toEqual(["clone"]);
    const given = (pod?.volumes ?? [])
      .flatMap((volume) => [
        volume.secret,
        volume.configMap,
        ...(volume.projected?.sources ?? []).map((one) => one.secret),
      ])
      .filter((source) => source !== undefined);
    expect(given.length).toBeGreaterThan(1);
    for (const source of given) expect(source.optional).toBe(true);
  });
});

it("a request arrives as it is, though Kubernetes would replace $(NAME)", () => {
  const odd = { ...spec, source: { git: { url: "https://git.example.org/$(HOME).git" } } };
  const job = build({ request: { image: "r/t/x:1", commit: "1".repeat(40), spec: odd, tenant: "team-a", plan: 1 } });
  const value = job.spec.template.spec?.initContainers?.[0]?.env?.[0]?.value ?? "";
  expect(value).toContain("$$(HOME)");
});

describe("a builder", () => {
  const generation = {
    builder: "b",
    name: "b-1",
    tenant: "team-a",
    size: "Medium",
    owner: { apiVersion: "v1", kind: "Service", name: "b", uid: "u" },
  } as const;
  const pod = builderDeployment(generation, settings).spec.template.spec;

  it("has its root in a user namespace, no privilege, no token and no host", () => {
    expect(pod).toMatchObject({ hostUsers: false, automountServiceAccountToken: false, enableServiceLinks: false });
    expect(pod?.containers[0]?.securityContext).toMatchObject({ privileged: false, capabilities: { drop: ["ALL"] } });
    expect(pod?.containers[0]?.resources?.limits?.["memory"]).toBe("4Gi");
    expect(JSON.stringify(pod)).not.toMatch(/hostPath|hostNetwork|hostPID/);
  });

  it("where there are no user namespaces, is rootless and has no capability but those of its helpers", () => {
    const rootless = Settings.parse({ builder: { mode: "Rootless" } });
    const other = builderDeployment(generation, rootless).spec.template.spec;
    expect(other).toMatchObject({ securityContext: { runAsNonRoot: true, runAsUser: 1000 } });
    expect(other?.containers[0]?.securityContext?.capabilities).toEqual({ drop: ["ALL"], add: ["SETUID", "SETGID"] });
    expect(other?.containers[0]?.command?.[0]).toBe("rootlesskit");
  });

  it("keeps no history, allows no frontend of a repository, and reads bases from the mirror", () => {
    const toml = builderFiles(settings)["buildkitd.toml"];
    expect(toml).toContain('[frontend."gateway.v0"]\nenabled = false');
    expect(toml).toContain("[history]\nmaxEntries = 0");
    expect(toml).toContain('[registry."docker.io"]\nmirrors = ["mirror.example.org:5000"]');
    expect(toml).toContain('[registry."mirror.example.org:5000"]\nhttp = true');
    const allowed = Settings.parse({ builder: { frontends: ["ghcr.io/team/frontend"] } });
    expect(builderFiles(allowed)["buildkitd.toml"]).toContain('allowedRepositories = ["ghcr.io/team/frontend"]');
  });

  it("lets a RUN step reach what is allowed before it denies the cluster, and nothing typed becomes shell", () => {
    const odd = Settings.parse({
      builder: { allow: ["10.9.8.7/32", "$(reboot)"], deny: ["10.0.0.0/8", "1.2.3.4; reboot"] },
    });
    const script = builderFiles(odd)["start.sh"] ?? "";
    expect(script).not.toContain("reboot");
    expect(script.indexOf("-d 10.9.8.7/32 -j ACCEPT")).toBeLessThan(script.indexOf("-d 10.0.0.0/8 -j REJECT"));
    expect(script.indexOf("-d 10.0.0.0/8 -j REJECT")).toBeGreaterThan(0);
    expect(script.indexOf("$NODE_IP")).toBeLessThan(script.indexOf("-d 10.9.8.7/32 -j ACCEPT"));
  });
});

it("clones the planned commit without asking for the default branch, and a named branch by its name", () => {
  const asked = (job: JobObject): unknown => {
    const [clone] = job.spec.template.spec?.initContainers ?? [];
    const text = clone?.env?.find(({ name }) => name === "REPO_RUNNER_REQUEST")?.value ?? "{}";
    return (JSON.parse(text.replaceAll("$$", "$")) as { ref: unknown }).ref;
  };
  const commit = "1".repeat(40);
  expect(asked(build())).toEqual({ commit });
  const source = { git: { url: "https://git.example.org/a.git", ref: { branch: "main" } } };
  const request = { image: "i", commit, spec: { source }, tenant: "team-a", plan: 1 };
  expect(asked(build({ request }))).toEqual({ branch: "main" });
  expect(asked(survey)).toEqual({});
});
