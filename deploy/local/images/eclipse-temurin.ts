import type { BaseImage } from "./base-image.ts";

/** Java lines that Debian brings, and the suite that has each. */
export const javaLines = [
  { line: "17", suite: "bookworm" },
  { line: "21", suite: "trixie" },
  { line: "25", suite: "trixie" },
] as const;

/** What only runs: the official image's layout laid over Debian's packages. */
const jre: readonly BaseImage[] = javaLines.map(({ line, suite }) => ({
  repository: "library/eclipse-temurin",
  tags: [`${line}-jre`],
  from: [`library/debian:${suite}-slim`],
  standsFor: `Debian's OpenJDK ${line}; the official image holds Adoptium's`,
  dockerfile: `FROM library/debian:${suite}-slim
RUN mkdir -p /usr/share/man/man1 /opt/java \\
 && apt-get update \\
 && apt-get install -y --no-install-recommends ca-certificates-java curl fontconfig fonts-dejavu-core openjdk-${line}-jre-headless tzdata wget \\
 && rm -rf /var/lib/apt/lists/* \\
 && ln -s "$(dirname "$(dirname "$(readlink -f /usr/bin/java)")")" /opt/java/openjdk \\
 && java -version
ENV JAVA_HOME=/opt/java/openjdk LANG=en_US.UTF-8 LANGUAGE=en_US:en LC_ALL=C.UTF-8 PATH=/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
`,
}));

/** What compiles, too. */
const jdk: readonly BaseImage[] = javaLines.map(({ line }) => ({
  repository: "library/eclipse-temurin",
  tags: [line, `${line}-jdk`],
  from: [`library/eclipse-temurin:${line}-jre`],
  dockerfile: `FROM library/eclipse-temurin:${line}-jre
RUN apt-get update \\
 && apt-get install -y --no-install-recommends binutils openjdk-${line}-jdk-headless \\
 && rm -rf /var/lib/apt/lists/* \\
 && javac -version
CMD ["jshell"]
`,
}));

export const eclipseTemurinImages: readonly BaseImage[] = [...jre, ...jdk];
