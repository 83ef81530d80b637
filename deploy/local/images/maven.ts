import type { BaseImage } from "./base-image.ts";
import { javaLines } from "./eclipse-temurin.ts";

const version = "3.9.16";

/** Maven on each JDK. The distribution is an artifact like any other: Debian's Maven fetches it. */
export const mavenImages: readonly BaseImage[] = javaLines.map(({ line }) => ({
  repository: "library/maven",
  tags: [`3.9-eclipse-temurin-${line}`, `3-eclipse-temurin-${line}`, `${version}-eclipse-temurin-${line}`],
  from: ["library/debian:trixie-slim", `library/eclipse-temurin:${line}`],
  dockerfile: `FROM library/debian:trixie-slim AS fetch
RUN mkdir -p /usr/share/man/man1 \\
 && apt-get update \\
 && apt-get install -y --no-install-recommends ca-certificates-java maven openjdk-21-jre-headless \\
 && mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy -Dartifact=org.apache.maven:apache-maven:${version}:tar.gz:bin -DoutputDirectory=/tmp/maven \\
 && mkdir /opt/maven \\
 && tar -xzf /tmp/maven/*.tar.gz -C /opt/maven --strip-components=1
FROM library/eclipse-temurin:${line}
COPY --from=fetch /opt/maven /usr/share/maven
RUN ln -s /usr/share/maven/bin/mvn /usr/bin/mvn && mvn --version
ENV MAVEN_HOME=/usr/share/maven MAVEN_CONFIG=/root/.m2
CMD ["mvn"]
`,
}));
