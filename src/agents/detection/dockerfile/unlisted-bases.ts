import type { Platform } from "../language.ts";
import { plainText } from "../plain-text.ts";

const mostWarnings = 5;

/**
 * A cluster whose mirror holds a few base images (`baseImages: Listed`) may answer for others with something near. Whoever wrote the Dockerfile
 * meant what it says, so each of its bases that is not listed is told of.
 */
export function unlistedBases(file: string, bases: readonly string[], { baseImages, listed }: Platform): string[] {
  if (baseImages === "Any") return [];
  return bases
    .filter((base) => !isListed(base, listed))
    .slice(0, mostWarnings)
    .map((base) => {
      const versions = listed[repositoryOf(base)];
      const have = versions === undefined ? "" : ` (${repositoryOf(base)} ${versions.join(", ")})`;
      return plainText(
        `${file}: FROM ${base} is none of this cluster's base images${have}: its mirror may answer with the nearest that it has`,
      );
    });
}

/** Repositories that a mirror answers for with another's images. */
const standIns = new Set(["openjdk", "amazoncorretto"]);

/** Whether some image comes for a base: it is of a repository that the mirror knows, in whatever version. What is not told whole counts as answered. */
export function isAnswered(base: string, { baseImages, listed }: Platform): boolean {
  if (baseImages === "Any" || base === "" || /[$\s]/.test(base)) return true;
  const known = Object.keys(listed);
  const [host = "", ...rest] = repositoryOf(base).split("/");
  const name = rest.length > 0 && /[.:]/.test(host) ? rest.join("/") : repositoryOf(base);
  const isDistroless = name.startsWith("distroless/") && known.some((one) => one.startsWith("distroless/"));
  return known.length === 0 || known.includes(name) || standIns.has(name) || isDistroless;
}

function repositoryOf(base: string): string {
  return base
    .replace(/^docker\.io\//, "")
    .replace(/^library\//, "")
    .replace(/[:@].*$/, "");
}

/** `24` in the list stands for `24-slim` and `24-bookworm`; Alpine is another thing. */
function isListed(base: string, listed: Platform["listed"]): boolean {
  const tag = /:([\w.-]+)/.exec(base)?.[1] ?? "latest";
  if (tag.includes("alpine")) return false;
  const versions = listed[repositoryOf(base)] ?? [];
  return versions.some((version) => tag === version || tag.startsWith(`${version}-`));
}
