import type { V1Container, V1Volume } from "@kubernetes/client-node";
import type { Settings } from "../../settings.ts";
import { caConfigMapName } from "../setup/ca-bundle.ts";
import { configMapVolume, programContainer, scratchVolume, secretVolume } from "../setup/job-pod.ts";
import type { CloneRequest, SourceRef } from "./clone-request.ts";

/** The part of a RepoRun's spec that says where the source is. */
export interface GitSpec {
  readonly url: string;
  readonly ref?: SourceRef | undefined;
  readonly secretRef?: { readonly name: string } | undefined;
  readonly submodules?: boolean | undefined;
  readonly lfs?: boolean | undefined;
}

/** What both Jobs begin with: an init container that alone holds the git Secret, and the folder it fills for the container after it. */
export function cloneParts(input: {
  readonly inputDigest: string;
  readonly git: GitSpec | undefined;
  readonly commit?: string | undefined;
  readonly gitSecret?: string | undefined;
  readonly settings: Settings;
}): { readonly container: V1Container; readonly volumes: V1Volume[] } {
  const { git, settings, gitSecret, commit } = input;
  const { maxBytes, maxFiles, timeoutSeconds } = settings.clone;
  const request: CloneRequest = {
    inputDigest: input.inputDigest,
    url: git?.url ?? "",
    ref: git?.ref ?? {},
    submodules: git?.submodules ?? false,
    lfs: git?.lfs ?? false,
    maxBytes,
    maxFiles,
    timeoutSeconds,
    ...(commit === undefined ? {} : { commit }),
    ...(gitSecret === undefined ? {} : { secret: gitSecret }),
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
      ...(gitSecret === undefined ? [] : [{ name: "git", mountPath: "/git", readOnly: true }]),
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
      ...(gitSecret === undefined ? [] : [secretVolume("git", gitSecret)]),
      ...(bundle === undefined ? [] : [configMapVolume("ca", bundle)]),
    ],
  };
}
