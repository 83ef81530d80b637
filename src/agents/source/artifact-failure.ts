import type { Failure } from "../../failure.ts";

interface ArtifactContext {
  readonly url: string;
  /** Name of the registry's Secret, where one is given. */
  readonly secret?: string | undefined;
}

const spec = { layer: "Source", blame: "Spec" } as const;

/** The registry has none of this name; without credentials it may not say more. */
export function noSuchArtifact({ url }: ArtifactContext): Failure {
  return {
    reason: "NoSuchSource",
    message: `there is no artifact at ${url}`,
    hint: "check host, repository and tag; `repo-runner run DIR` pushes a folder and runs it",
    ...spec,
  };
}

/** The registry wants other credentials, or answers something else than an artifact. */
export function artifactRefused({ url, secret }: ArtifactContext, status: number): Failure {
  if (status === 401 || status === 403) {
    return {
      reason: "AuthRefused",
      message:
        secret === undefined
          ? `the registry refuses to show ${url} without credentials`
          : `the registry refused the credentials in Secret ${secret} for ${url}`,
      hint: "name a Secret of type kubernetes.io/dockerconfigjson that may read it in spec.source.oci.secretRef",
      ...spec,
    };
  }
  return {
    reason: "NetworkUnreachable",
    message: `the registry answered ${status} for ${url}`,
    hint: "it is tried again; if it stays so, look at the registry",
    layer: "Transient",
    blame: "Platform",
  };
}

/** Something is there, but no packed source. */
export function notAnArtifact(url: string, because: string): Failure {
  return {
    reason: "UnsupportedSource",
    message: `${url} is no packed source: ${because}`,
    hint: "give oci://host/repository:tag of an artifact that `flux push artifact` or `repo-runner run DIR` made",
    ...spec,
  };
}
