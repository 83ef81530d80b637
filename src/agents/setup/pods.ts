import type { V1Volume, V1VolumeMount } from "@kubernetes/client-node";
import type { Service } from "../../plan.ts";
import type { RunRef } from "../../run-ref.ts";
import type { Settings } from "../../settings.ts";
import { cloneParts, type SourceSpec } from "../source/clone-container.ts";
import type { BuilderAccess, BuildRequest } from "./build-request.ts";
import { caConfigMapName } from "./ca-bundle.ts";
import { configMapVolume, jobOf, type JobObject, programContainer, secretVolume } from "./job-pod.ts";

/** The parts of a RepoRun's spec that the Jobs need; the survey gets the whole of it. */
export interface JobSpecPart {
  readonly source: SourceSpec;
  readonly build?: { readonly secrets?: readonly BuildSecret[] | undefined } | undefined;
}

/** One of spec.build.secrets. */
export interface BuildSecret {
  readonly name: string;
  readonly secretKeyRef: { readonly name: string; readonly key: string };
}

/** The Job that clones a source and drafts its plan. */
export function surveyJob(input: {
  readonly run: RunRef;
  readonly name: string;
  readonly inputDigest: string;
  readonly request: {
    readonly name: string;
    readonly spec: JobSpecPart;
    readonly commit?: string;
    readonly baseImages: Settings["baseImages"];
    readonly prediction?: Settings["prediction"];
  };
  readonly sourceSecret?: string;
  readonly settings: Settings;
}): JobObject {
  const { run, name, inputDigest, request, settings } = input;
  const clone = cloneParts({
    inputDigest,
    source: request.spec.source,
    commit: request.commit,
    sourceSecret: input.sourceSecret,
    settings,
  });
  const survey = programContainer({
    name: "survey",
    image: settings.images.runner,
    pullPolicy: settings.images.pullPolicy,
    args: ["job", "survey"],
    request: {
      inputDigest,
      name: request.name,
      spec: request.spec,
      baseImages: request.baseImages,
      ...(request.prediction === undefined ? {} : { prediction: request.prediction }),
    },
    mounts: [{ name: "work", mountPath: "/work", readOnly: true }],
    resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "2", memory: "512Mi" } },
  });
  return jobOf({
    run,
    name,
    inputDigest,
    stage: "survey",
    deadlineSeconds: settings.clone.timeoutSeconds + 300,
    pod: { initContainers: [clone.container], containers: [survey], volumes: clone.volumes },
  });
}

/** The Job that clones the planned commit and has one service's image built; its client container never sees the Secret of the source. */
export function buildJob(input: {
  readonly run: RunRef;
  readonly name: string;
  readonly inputDigest: string;
  readonly service: Service;
  readonly request: {
    /** Where to push, with a tag. */
    readonly image: string;
    readonly commit: string;
    readonly spec: JobSpecPart;
    readonly tenant: string;
    /** Revision of the plan. */
    readonly plan: number;
  };
  readonly planConfigMap: string;
  readonly sourceSecret?: string;
  readonly builder: BuilderAccess;
  readonly registrySecret?: string;
  readonly settings: Settings;
  readonly timeoutSeconds: number;
}): JobObject {
  const { run, name, inputDigest, service, request, settings, builder, timeoutSeconds } = input;
  const clone = cloneParts({
    inputDigest,
    source: pinned(request.spec.source, request.commit),
    commit: request.commit,
    sourceSecret: input.sourceSecret,
    settings,
  });
  const secrets = request.spec.build?.secrets ?? [];
  const bundle = caConfigMapName(settings);
  const asked: BuildRequest = {
    inputDigest,
    service: service.name,
    plan: request.plan,
    image: request.image,
    insecureRegistry: settings.registry.insecure && request.image.startsWith(`${settings.registry.push}/`),
    tenant: request.tenant,
    builder,
    builderSeconds: 180,
    timeoutSeconds,
    caBundle: bundle !== undefined,
    buildEnv: settings.buildEnv,
    frontends: settings.builder.frontends,
    secrets: secrets.map((secret) => secret.name),
    compression: { type: "zstd", level: 1 },
  };
  const extra: readonly [V1Volume, V1VolumeMount][] = [
    [configMapVolume("plan", input.planConfigMap), { name: "plan", mountPath: "/plan", readOnly: true }],
    [secretVolume("tls", builder.secret), { name: "tls", mountPath: "/tls", readOnly: true }],
    ...(input.registrySecret === undefined
      ? []
      : [
          [
            secretVolume("registry", input.registrySecret),
            { name: "registry", mountPath: "/registry", readOnly: true },
          ] as [V1Volume, V1VolumeMount],
        ]),
    ...(secrets.length === 0
      ? []
      : [
          [buildSecretsVolume(secrets), { name: "build-secrets", mountPath: "/build-secrets", readOnly: true }] as [
            V1Volume,
            V1VolumeMount,
          ],
        ]),
  ];
  const client = programContainer({
    name: "build",
    image: settings.images.runner,
    pullPolicy: settings.images.pullPolicy,
    args: ["job", "build"],
    request: asked,
    mounts: [
      { name: "work", mountPath: "/work", readOnly: true },
      ...(bundle === undefined ? [] : [{ name: "ca", mountPath: "/ca", readOnly: true }]),
      ...extra.map(([, mount]) => mount),
    ],
    resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "1", memory: "512Mi" } },
  });
  return jobOf({
    run,
    name,
    inputDigest,
    stage: "build",
    service: service.name,
    // The client keeps the build's own limit and says where it was; this one is for a client that hangs.
    deadlineSeconds: settings.clone.timeoutSeconds + asked.builderSeconds + timeoutSeconds + 60,
    pod: {
      initContainers: [clone.container],
      containers: [client],
      volumes: [...clone.volumes, ...extra.map(([volume]) => volume)],
    },
  });
}

/** Each build secret as a file that has the name by which a Dockerfile asks for it. */
function buildSecretsVolume(secrets: readonly BuildSecret[]): V1Volume {
  return {
    name: "build-secrets",
    projected: {
      defaultMode: 0o440,
      sources: secrets.map(({ name, secretKeyRef }) => ({
        secret: { name: secretKeyRef.name, items: [{ key: secretKeyRef.key, path: name }], optional: true },
      })),
    },
  };
}

/** The source at the planned commit. Where nothing names a branch the server need not be asked once more which one it prefers. */
function pinned(source: SourceSpec, commit: string | undefined): SourceSpec {
  const { git } = source;
  if (git === undefined || commit === undefined || Object.keys(git.ref ?? {}).length > 0) return source;
  return { ...source, git: { ...git, ref: { commit } } };
}
