import { nameOf, type BaseImage } from "./base-image.ts";
import { alpineImages } from "./alpine.ts";
import { buildkitImage } from "./buildkit.ts";
import { caddyImage } from "./caddy.ts";
import { clojureImages } from "./clojure.ts";
import { debianImages } from "./debian.ts";
import { eclipseTemurinImages } from "./eclipse-temurin.ts";
import { elixirImages } from "./elixir.ts";
import { golangImages } from "./golang.ts";
import { mariadbImages } from "./mariadb.ts";
import { mavenImages } from "./maven.ts";
import { nginxImage } from "./nginx.ts";
import { nodeImages } from "./node.ts";
import { pauseImage } from "./pause.ts";
import { otherImages } from "./others.ts";
import { phpImages } from "./php.ts";
import { postgresImages } from "./postgres.ts";
import { pythonImages } from "./python.ts";
import { rabbitmqImage } from "./rabbitmq.ts";
import { redisImages } from "./redis.ts";
import { registryImage } from "./registry.ts";
import { rustImages } from "./rust.ts";
import { rubyImages } from "./ruby.ts";
import { crystalImages } from "./crystal.ts";
import { haskellImages } from "./haskell.ts";
import { swiftImages } from "./swift.ts";
import { tomcatImages } from "./tomcat.ts";

/** Every base image that can be made here. */
export const catalogue: readonly BaseImage[] = [
  ...debianImages,
  pauseImage,
  ...nodeImages,
  ...pythonImages,
  ...golangImages,
  ...eclipseTemurinImages,
  ...mavenImages,
  ...tomcatImages,
  ...clojureImages,
  ...rustImages,
  ...swiftImages,
  ...haskellImages,
  ...crystalImages,
  ...rubyImages,
  ...phpImages,
  ...elixirImages,
  caddyImage,
  nginxImage,
  ...postgresImages,
  ...mariadbImages,
  ...redisImages,
  rabbitmqImage,
  ...otherImages,
  ...alpineImages,
  registryImage,
  buildkitImage,
];

/** The image of this name (`library/node:24-slim`, `docker.io/library/node:24-slim`, `node:24-slim`), by any of its tags. */
export function findImage(name: string): BaseImage | undefined {
  const bare = name.replace(/^docker\.io\//, "");
  const [repository = "", tag = "latest"] = bare.split(":");
  const full = repository.includes("/") ? repository : `library/${repository}`;
  return catalogue.find((image) => image.repository === full && image.tags.includes(tag));
}

/** The images and all that they are built from, each after what it needs. */
export function inBuildOrder(names: readonly string[]): readonly BaseImage[] {
  const ordered = new Set<BaseImage>();
  const visit = (image: BaseImage): void => {
    for (const name of image.from) {
      const parent = findImage(name);
      if (parent === undefined)
        throw new Error(`${nameOf(image)} is built from ${name}, which is not in the catalogue`);
      visit(parent);
    }
    ordered.add(image);
  };
  for (const name of names) {
    const image = findImage(name);
    if (image === undefined) throw new Error(`${name} is not in the catalogue`);
    visit(image);
  }
  return [...ordered];
}

/** Runtimes with the versions that can be had here (`node: ["22", "24"]`): the settings' `baseImages.listed`. */
export function listedBaseImages(): Readonly<Record<string, readonly string[]>> {
  const listed: Record<string, string[]> = {};
  for (const image of catalogue) {
    const [owner, name = ""] = image.repository.split("/");
    // What the cluster itself is made of is no base for anybody.
    if (owner === "repo-runner" || owner === "moby") continue;
    // Debian under Alpine's name is for people's own Dockerfiles.
    if (image.tags[0]?.includes("alpine") === true) continue;
    // `valkey/valkey` is as official as `library/redis`; other owners are part of the full name.
    const key = owner === "library" || owner === name ? name : image.repository;
    // The first tag is the exact one; `3` and `latest` are further names of it. Debian's are words: `trixie-slim`.
    // What stands for more than a version is listed whole: `21-jre`, `3.9-eclipse-temurin-21`.
    const version = /^(?<version>\d+(?:\.\d+)*|[a-z]+|(?:temurin-)?\d[\w.-]*)(?:-slim)?$/.exec(image.tags[0] ?? "")
      ?.groups?.["version"];
    if (version !== undefined) listed[key] = [...new Set([...(listed[key] ?? []), version])];
  }
  return listed;
}
