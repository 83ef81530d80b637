import { joinPath } from "../../config/service-files.ts";
import type { SourceTree } from "../source-tree.ts";
import type { BuildProgram, JvmBuild } from "./build.ts";

/** The newest Java that each Gradle runs on, newest Gradle first. */
const runsOn: readonly (readonly [major: number, minor: number, java: number])[] = [
  [9, 1, 25],
  [8, 14, 24],
  [8, 10, 23],
  [8, 8, 22],
  [8, 5, 21],
  [8, 3, 20],
  [7, 6, 19],
  [7, 5, 18],
  [7, 3, 17],
  [7, 0, 16],
  [6, 7, 15],
  [6, 3, 14],
  [6, 0, 13],
  [5, 4, 12],
  [5, 0, 11],
  [4, 7, 10],
  [4, 3, 9],
  [0, 0, 8],
];

/** The wrapper where it is whole, since it says which Gradle; else an image with the same major version. */
export async function gradleProgram(tree: SourceTree, root: string): Promise<BuildProgram> {
  const at = (name: string): string => joinPath(root, name) ?? name;
  const where = at("gradle/wrapper/gradle-wrapper.properties");
  const settings = await tree.read(where);
  const script = await tree.read(at("gradlew"));
  const version =
    /gradle-(?<version>\d{1,2}(?:\.\d{1,3}){0,2})\S{0,40}-(?:bin|all)\.zip/.exec(settings ?? "")?.groups?.["version"] ??
    /gradle-(?<version>\d{1,2}(?:\.\d{1,3}){0,2})/.exec(settings ?? "")?.groups?.["version"] ??
    null;
  const options = "--no-daemon --console=plain";
  if (script !== undefined && settings !== undefined && (await tree.has(at("gradle/wrapper/gradle-wrapper.jar")))) {
    const mend = script.includes("\r") ? String.raw`sed -i 's/\r$//' gradlew && ` : "";
    return {
      line: `${mend}sh ./gradlew ${options}`,
      image: "docker.io/library/eclipse-temurin:{java}",
      version,
      because: "the repository's wrapper",
      where,
    };
  }
  const major = version === null ? "" : `${version.split(".")[0] ?? ""}-`;
  return {
    line: `gradle ${options}`,
    image: `docker.io/library/gradle:${major}jdk{java}`,
    version,
    because:
      version === null
        ? "the image's Gradle"
        : `the wrapper is not whole; an image of Gradle ${major.replace("-", "")}`,
    ...(settings === undefined ? {} : { where }),
  };
}

/** The newest Java that a version of Gradle runs on; undefined where the version is not known. */
export function newestJavaFor(version: string | null): JvmBuild["newest"] {
  if (version === null) return undefined;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const line = runsOn.find((row) => major > row[0] || (major === row[0] && minor >= row[1]))?.[2];
  return line === undefined ? undefined : { line, from: `Gradle ${version} runs on Java ${line} at most` };
}
