import type { V1Container, V1Volume } from "@kubernetes/client-node";
import type { Settings } from "../../settings.ts";
import { caConfigMapName } from "../setup/ca-bundle.ts";
import { configMapVolume, programContainer, scratchVolume, secretVolume } from "../setup/job-pod.ts";
import { artifactPlace } from "./artifact.ts";
import type { CloneRequest, SourceRef } from "./clone-request.ts";

/** The part of a RepoRun's spec that says where the source is. */
export interface GitSpec {
  readonly url: string;
  readonly ref?: SourceRef | undefined;
  readonly secretRef?: { readonly name: string } | undefined;
  readonly submodules?: boolean | undefined;
  readonly lfs?: boolean | undefined;
}

/** The same where it is an OCI artifact. */
export interface OciSpec {
  readonly url: string;
  readonly secretRef?: { readonly name: string } | undefined;
}

/** Both kinds of sources; exactly one is given. */
export interface SourceSpec {
  readonly git?: GitSpec | undefined;
  readonly oci?: OciSpec | undefined;
}

/** An artifact that `run DIR` is about to push is waited for this long. */
const pushSeconds = 180;

/** Whether an artifact lies in the registry of this installation, whose Secret of the namespace opens it. */
export function isOwnArtifact(source: SourceSpec, settings: Settings): boolean {
  return source.oci !== undefined && artifactPlace(source.oci.url)?.host === settings.registry.push;
}

/** What both Jobs begin with: an init container that alone holds the source's Secret, and the folder it fills for the container after it. */
export function cloneParts(input: {
  readonly inputDigest: string;
  readonly source: SourceSpec;
  readonly commit?: string | undefined;
  /** Secret of the source: for git, or for the registry of an artifact. */
  readonly sourceSecret?: string | undefined;
  readonly settings: Settings;
}): { readonly container: V1Container; readonly volumes: V1Volume[] } {
  const { source, settings, sourceSecret, commit } = input;
  const { git, oci } = source;
  const own = isOwnArtifact(source, settings);
  const { maxBytes, maxFiles, timeoutSeconds } = settings.clone;
  const request: CloneRequest = {
    inputDigest: input.inputDigest,
    url: git?.url ?? oci?.url ?? "",
    ref: git?.ref ?? {},
    submodules: git?.submodules ?? false,
    lfs: git?.lfs ?? false,
    insecure: own && settings.registry.insecure,
    waitSeconds: own ? pushSeconds : 0,
    maxBytes,
    maxFiles,
    timeoutSeconds,
    ...(commit === undefined ? {} : { commit }),
    ...(sourceSecret === undefined ? {} : { secret: sourceSecret }),
  };
  const bundle = caConfigMapName(settings);
  const container = programContainer({
    name: "clone",
    image: settings.images.runner,
    pullPolicy: settings.images.pullPolicy,
    args: ["job", "clone"],
    request,
    mounts: [
      { name: "work", mountPath: "/work" },
      ...(sourceSecret === undefined ? [] : [{ name: "git", mountPath: "/git", readOnly: true }]),
      ...(bundle === undefined ? [] : [{ name: "ca", mountPath: "/ca", readOnly: true }]),
    ],
    resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "2", memory: "1Gi" } },
  });
  return {
    container,
    volumes: [
      scratchVolume("tmp", "256Mi"),
      // The pack and the tree made of it, both within the bound, stand side by side for a moment.
      scratchVolume("work", `${Math.ceil((maxBytes * 2.5) / 1_048_576)}Mi`),
      ...(sourceSecret === undefined ? [] : [secretVolume("git", sourceSecret)]),
      ...(bundle === undefined ? [] : [configMapVolume("ca", bundle)]),
    ],
  };
}
