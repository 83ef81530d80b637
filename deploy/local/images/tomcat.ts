import type { BaseImage } from "./base-image.ts";
import { javaLines } from "./eclipse-temurin.ts";

/** Servlets of javax run on 9.0, those of jakarta on 10.1. */
const versions = [
  { line: "9.0", version: "9.0.117" },
  { line: "10.1", version: "10.1.59" },
];

/** Tomcat at the official image's places; the distribution is an artifact that Maven fetches. */
export const tomcatImages: readonly BaseImage[] = versions.flatMap(({ line, version }) =>
  javaLines.map((java) => ({
    repository: "library/tomcat",
    tags: [`${line}-jre${java.line}-temurin`, `${version}-jre${java.line}-temurin`],
    from: ["library/maven:3.9-eclipse-temurin-21", `library/eclipse-temurin:${java.line}-jre`],
    dockerfile: `FROM library/maven:3.9-eclipse-temurin-21 AS fetch
RUN mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy -Dartifact=org.apache.tomcat:tomcat:${version}:tar.gz -DoutputDirectory=/tmp/tomcat \\
 && mkdir /opt/tomcat \\
 && tar -xzf /tmp/tomcat/*.tar.gz -C /opt/tomcat --strip-components=1 \\
 && mv /opt/tomcat/webapps /opt/tomcat/webapps.dist \\
 && mkdir /opt/tomcat/webapps \\
 && rm -f /opt/tomcat/bin/*.bat \\
 && chmod -R +rX /opt/tomcat \\
 && chmod 1777 /opt/tomcat/logs /opt/tomcat/temp /opt/tomcat/work
FROM library/eclipse-temurin:${java.line}-jre
COPY --from=fetch /opt/tomcat /usr/local/tomcat
ENV CATALINA_HOME=/usr/local/tomcat PATH=/usr/local/tomcat/bin:/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
WORKDIR /usr/local/tomcat
EXPOSE 8080
CMD ["catalina.sh", "run"]
`,
  })),
);
