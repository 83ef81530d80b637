/** Where an OCI artifact lies: `oci://host/repository:tag` or `@sha256:…`. */
export interface ArtifactPlace {
  /** With its port, where one is written. */
  readonly host: string;
  readonly repository: string;
  /** A tag or a digest. */
  readonly reference: string;
}

/** Media types that Flux gives to a source packed as an artifact; `repo-runner run DIR` writes the same, so that either reads the other's. */
export const artifactTypes = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.cncf.flux.config.v1+json",
  layer: "application/vnd.cncf.flux.content.v1.tar+gzip",
} as const;

const place =
  /^oci:\/\/(?<host>[A-Za-z0-9.-]+(?::\d{1,5})?)\/(?<repository>[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;

/** Reads the URL of an artifact; a digest wins over a tag, and neither means `latest`. Undefined where it is no such URL. */
export function artifactPlace(url: string): ArtifactPlace | undefined {
  const found = url.length > 1024 ? undefined : place.exec(url)?.groups;
  if (found?.["host"] === undefined || found["repository"] === undefined) return undefined;
  const { host, repository } = found;
  return { host, repository, reference: found["digest"] ?? found["tag"] ?? "latest" };
}
