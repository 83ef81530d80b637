import type { BaseImage } from "./base-image.ts";
import { catalogue, findImage } from "./catalogue.ts";

/** What a tag asks for, as far as the catalogue can choose by it. */
interface Asked {
  /** `18.2` as numbers; empty: the newest. */
  readonly version: readonly number[];
  readonly variants: ReadonlySet<string>;
}

const variants = ["alpine", "slim", "jre", "apache", "fpm", "cli", "lein"] as const;
/** Repositories whose images are found under another name here. */
const sameThing: Readonly<Record<string, string>> = {
  "library/openjdk": "library/eclipse-temurin",
  "library/amazoncorretto": "library/eclipse-temurin",
  "distroless/static": "distroless/static-debian12",
  "distroless/base": "distroless/base-debian12",
  "distroless/cc": "distroless/cc-debian12",
  "distroless/static-debian13": "distroless/static-debian12",
  "distroless/static-debian11": "distroless/static-debian12",
  "distroless/base-debian11": "distroless/base-debian12",
};

/**
 * The image that stands in for a name that is not in the catalogue: of the same repository, with the variant that was asked for if there is
 * one, and the next newer version; where there is no newer one, the newest. Lines with a dot (`3.11`) stay within their major version:
 * Python 3 is no stand-in for Python 2. Undefined where nothing is near.
 */
export function nearestImage(name: string): BaseImage | undefined {
  const exact = findImage(name);
  if (exact !== undefined) return exact;
  const [repository = "", tag = "latest"] = name.replace(/^docker\.io\//, "").split(":");
  const wanted = repositoryHere(repository.includes("/") ? repository : `library/${repository}`);
  const asked = readTag(tag);
  const near = catalogue
    .filter((image) => image.repository === wanted)
    .flatMap((image) => {
      const offered = readTag(image.tags[0] ?? "latest");
      return isNear(asked.version, offered.version) ? [{ image, offered }] : [];
    });
  return near.toSorted((a, b) => byMisfit(asked, a.offered, b.offered))[0]?.image;
}

/** The repository of the mirror that answers for this one. */
export function repositoryHere(repository: string): string {
  return sameThing[repository] ?? repository;
}

function readTag(tag: string): Asked {
  const numbers = /^v?(\d+(?:\.\d+)*)/.exec(tag)?.[1] ?? "";
  const words = tag.slice(numbers.length).split("-");
  return {
    version: numbers === "" ? [] : numbers.split(".").map(Number),
    variants: new Set(variants.filter((variant) => words.some((word) => word.startsWith(variant)))),
  };
}

function isNear(asked: readonly number[], offered: readonly number[]): boolean {
  return asked.length === 0 || offered.length < 2 || asked[0] === offered[0];
}

/** Below zero where `a` fits better. */
function byMisfit(asked: Asked, a: Asked, b: Asked): number {
  return missing(asked, a) - missing(asked, b) || distance(asked, a) - distance(asked, b);
}

function missing({ variants: wished }: Asked, { variants: offered }: Asked): number {
  return (
    [...wished].filter((each) => !offered.has(each)).length * 2 +
    [...offered].filter((each) => !wished.has(each)).length
  );
}

/** The next newer version first, older ones after all newer, the newest of them first. */
function distance({ version: wanted }: Asked, { version: offered }: Asked): number {
  const steps = numberOf(offered) - numberOf(wanted.slice(0, Math.max(offered.length, 1)));
  if (wanted.length === 0) return -numberOf(offered);
  return steps >= 0 ? steps : 1_000_000 - steps;
}

function numberOf([major = 0, minor = 0]: readonly number[]): number {
  return major * 1000 + minor;
}
