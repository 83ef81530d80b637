/** One base image that is made here under its official name. A new one is one small file beside this, named in `catalogue.ts`. */
export interface BaseImage {
  /** `library/node`, as on docker.io; `repo-runner/…` for what is ours. */
  readonly repository: string;
  /** The first is its own; the others are further names of the same image. */
  readonly tags: readonly string[];
  /** Images of the catalogue that its Dockerfile starts from: `library/debian:bookworm-slim`. */
  readonly from: readonly string[];
  readonly dockerfile: string;
  /** Folders that are made on this machine, by the name under which the Dockerfile copies from them (`COPY --from=NAME`); `.` is the build context. */
  readonly contexts?: Readonly<Record<string, ContextSource>>;
  /** What it is not quite, where the wanted version cannot be made here. */
  readonly standsFor?: string;
}

/** Where a folder for a build comes from. */
export type ContextSource =
  /** `rootfs.tar`: a minimal Debian of that suite. */
  | { readonly kind: "Debian"; readonly suite: string }
  /** An npm package, unpacked; `version` may be a range, the newest of it is taken. */
  | { readonly kind: "Npm"; readonly name: string; readonly version: string }
  /** The newest Go toolchain of that minor version, which is a module, too. */
  | { readonly kind: "Go"; readonly minor: string }
  /** Programs that were built for the node. */
  | { readonly kind: "Programs"; readonly files: readonly string[] }
  /** A folder that is there, with a text that changes when what is in it does. */
  | { readonly kind: "Folder"; readonly folder: string; readonly inputs: string }
  /** `trust/`: certificates that this machine trusts besides the public ones, one a file. */
  | { readonly kind: "Trust" };

/** `library/node:24-slim` */
export function nameOf(image: BaseImage): string {
  return `${image.repository}:${image.tags[0] ?? "latest"}`;
}
