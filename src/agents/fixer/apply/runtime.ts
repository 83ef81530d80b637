import type { Service } from "../../../plan.ts";

/** Another line of the same runtime: the base images of the same family, with its version in their tags. */
export function withRuntime(service: Service, version: string, by: string): Service {
  const { runtime, recipe } = service;
  if (!runtime || recipe.dockerfile !== undefined || !/^\d+(?:\.\d+){0,2}$/.test(version)) return service;
  const other = (image: string) => inTag(image, runtime.version, version);
  return {
    ...service,
    runtime: { ...runtime, version, from: by },
    recipe: {
      ...recipe,
      ...(recipe.buildImage === undefined ? {} : { buildImage: other(recipe.buildImage) }),
      ...(recipe.runImage === undefined ? {} : { runImage: other(recipe.runImage) }),
    },
  };
}

/** `24` in `node:24-slim`, `17` in `maven:3.9-eclipse-temurin-17`; a version that is longer than the line's (`24.1`) is left out whole. */
function inTag(image: string, from: string, to: string): string {
  const at = image.lastIndexOf(":");
  if (at < 0) return image;
  const escaped = from.replaceAll(".", String.raw`\.`);
  const tag = image.slice(at + 1).replace(new RegExp(String.raw`(?<![\d.])${escaped}(?![\d.]*\d)`), to);
  return `${image.slice(0, at)}:${tag}`;
}

/** The build stage upon the larger variant of its image, which has compilers and headers. */
export function withFullBase(service: Service): Service {
  const { recipe } = service;
  const full = recipe.buildImage?.replace(/-slim(?=$|-)/, "");
  if (recipe.dockerfile !== undefined || full === undefined || /\/debian:/.test(full)) return service;
  return { ...service, recipe: { ...recipe, buildImage: full } };
}
