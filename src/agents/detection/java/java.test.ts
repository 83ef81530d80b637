import { expect, it } from "vitest";
import { Service } from "../../../plan.ts";
import { detectIn, holdsLanguageContract, noWishes } from "../language.contract.ts";
import type { Wishes } from "../language.ts";
import { java } from "./java.ts";

async function detect(files: Readonly<Record<string, string>>, path = ".", wishes: Wishes = noWishes) {
  const detection = await detectIn(java, files, path, wishes);
  for (const service of detection?.services ?? []) Service.parse(service);
  return detection;
}

const head =
  '<?xml version="1.0"?>\n<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>';
function pom(inside: string, name = "shop"): string {
  return `${head}<groupId>org.example</groupId><artifactId>${name}</artifactId><version>1.2</version>${inside}</project>`;
}
const main = "package org.example;\n\npublic class Main {\n  public static void main(String[] words) {}\n}\n";
const web =
  "package org.example.web;\n\npublic class Server {\n  public static void main(String[] a) throws Exception {\n    HttpServer.create(new InetSocketAddress(9090), 0).start();\n  }\n}\n";
const boot = `<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.5.0</version></parent>
<dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies>
<build><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build>`;
const bootMain =
  "package org.example;\n\n@SpringBootApplication\npublic class ShopApplication {\n  public static void main(String[] args) {}\n}\n";
const library = (name: string, scope = "compile"): string =>
  `<dependency><groupId>${name.split(":")[0]}</groupId><artifactId>${name.split(":")[1]}</artifactId><version>1</version><scope>${scope}</scope></dependency>`;

holdsLanguageContract(java, { "pom.xml": pom(boot), "src/main/java/org/example/ShopApplication.java": bootMain });

it("packs Spring Boot by its plug-in and passes PORT on", async () => {
  const detection = await detect({
    "pom.xml": pom(boot),
    "src/main/java/org/example/ShopApplication.java": bootMain,
    "src/main/resources/application.yml":
      "server:\n  address: 127.0.0.1\n  port: ${PORT:9100}\n---\nserver:\n  port: 1\n",
  });
  expect(detection?.services).toEqual([
    expect.objectContaining({
      kind: "Web",
      language: "java",
      framework: "spring-boot",
      runtime: { name: "java", version: "17", from: "pom.xml spring boot 3.5.0 17" },
      start:
        "java -XX:MaxRAMPercentage=60 -Dserver.port=$PORT -Dserver.address=0.0.0.0 $JAVA_OPTS -jar target/shop-1.2.jar",
      sure: "Certain",
    }),
  ]);
  expect(detection?.services[0]?.port).toMatchObject({ number: 9100, readsPort: true });
  expect(detection?.services[0]?.recipe).toMatchObject({
    buildImage: "docker.io/library/maven:3.9-eclipse-temurin-17",
    runImage: "docker.io/library/eclipse-temurin:17-jre",
    build: "mvn -B -ntp -DskipTests package",
    caches: [{ id: "maven", target: "/root/.m2" }],
    artifacts: [{ from: "/app/target/shop-1.2.jar", to: "/app/target/shop-1.2.jar" }],
  });
});

it("knows Boot without a server from one with it", async () => {
  const quiet = boot.replace("starter-web", "starter-amqp");
  const files = { "pom.xml": pom(quiet), "src/main/java/org/example/ShopApplication.java": bootMain };
  expect((await detect(files))?.services[0]).toMatchObject({ kind: "Worker", framework: "spring-boot" });
  const batch = { ...files, "pom.xml": pom(boot.replace("starter-web", "starter-batch")) };
  expect((await detect(batch))?.services[0]).toMatchObject({ kind: "Job", framework: "spring-boot" });
});

it.each([
  ["a plain jar without libraries", "", "-cp target/shop-1.2.jar org.example.Main", "package"],
  [
    "libraries beside it",
    `<dependencies>${library("com.google.code.gson:gson")}</dependencies>`,
    "-cp 'target/shop-1.2.jar:target/dependency/*' org.example.Main",
    "dependency:copy-dependencies",
  ],
  [
    "Main-Class in its manifest",
    `<build><finalName>till</finalName><plugins><plugin><artifactId>maven-jar-plugin</artifactId><configuration><archive><manifest><mainClass>org.example.Main</mainClass></manifest></archive></configuration></plugin></plugins></build>`,
    "-jar target/till.jar",
    "package",
  ],
  [
    "shade",
    `<build><plugins><plugin><artifactId>maven-shade-plugin</artifactId><configuration><shadedArtifactAttached>true</shadedArtifactAttached></configuration><executions><execution><goals><goal>shade</goal></goals></execution></executions></plugin></plugins></build>`,
    "-cp target/shop-1.2-shaded.jar org.example.Main",
    "package",
  ],
  [
    "assembly",
    `<build><plugins><plugin><artifactId>maven-assembly-plugin</artifactId><configuration><descriptorRefs><descriptorRef>jar-with-dependencies</descriptorRef></descriptorRefs><archive><manifest><mainClass>org.example.Main</mainClass></manifest></archive></configuration><executions><execution><goals><goal>single</goal></goals></execution></executions></plugin></plugins></build>`,
    "-jar target/shop-1.2-jar-with-dependencies.jar",
    "package",
  ],
])("starts %s", async (_what, inside, run, goal) => {
  const detection = await detect({ "pom.xml": pom(inside), "src/main/java/org/example/Main.java": main });
  expect(detection?.services[0]?.start).toBe(`java -XX:MaxRAMPercentage=60 $JAVA_OPTS ${run}`);
  expect(detection?.services[0]?.recipe.build).toContain(goal);
});

it("looks for the jar where a parent that is elsewhere may name it, and fails loudly on two", async () => {
  const parent = "<parent><groupId>com.corp</groupId><artifactId>base</artifactId><version>3</version></parent>";
  const [service] =
    (await detect({ "pom.xml": pom(parent), "src/main/java/org/example/Main.java": main }))?.services ?? [];
  expect(service?.recipe.build).toContain("find target -maxdepth 1 -name '*.jar'");
  expect(service?.recipe.build).toContain("exit 1");
  expect(service?.start).toContain("target/app.jar");
});

it("lays a web archive out for Tomcat, by the servlets that it was written for", async () => {
  const of = async (servlet: string): Promise<unknown> => {
    const inside = `<packaging>war</packaging><dependencies>${library(servlet, "provided")}</dependencies>`;
    return (await detect({ "pom.xml": pom(inside), "src/main/webapp/index.jsp": "x" }))?.services[0];
  };
  expect(await of("jakarta.servlet:jakarta.servlet-api")).toMatchObject({
    kind: "Web",
    framework: "tomcat",
    start: "catalina.sh run",
    port: { number: 8080 },
    recipe: {
      runImage: "docker.io/library/tomcat:10.1-jre25-temurin",
      artifacts: [{ from: "/app/target/ROOT", to: "/usr/local/tomcat/webapps/ROOT" }],
    },
  });
  expect(await of("javax.servlet:javax.servlet-api")).toMatchObject({
    recipe: { runImage: "docker.io/library/tomcat:9.0-jre25-temurin" },
  });
});

it("starts Quarkus from its folder", async () => {
  const plugin =
    "<build><plugins><plugin><artifactId>quarkus-maven-plugin</artifactId><executions><execution><goals><goal>build</goal></goals></execution></executions></plugin></plugins></build>";
  const files = {
    "pom.xml": pom(`<dependencies>${library("io.quarkus:quarkus-rest")}</dependencies>${plugin}`),
    "src/main/java/org/example/Home.java": "package org.example;\nclass Home {}\n",
  };
  expect((await detect(files))?.services[0]).toMatchObject({
    framework: "quarkus",
    start:
      "java -XX:MaxRAMPercentage=60 -Dquarkus.http.host=0.0.0.0 -Dquarkus.http.port=$PORT $JAVA_OPTS -jar target/quarkus-app/quarkus-run.jar",
    recipe: { artifacts: [{ from: "/app/target/quarkus-app" }] },
  });
});

const shared = "<parent><groupId>org.example</groupId><artifactId>all</artifactId><version>1.2</version></parent>";
const modules = {
  "pom.xml": pom(
    "<packaging>pom</packaging><modules><module>lib</module><module>api</module><module>jobs/worker</module><module>examples</module></modules><properties><maven.compiler.release>21</maven.compiler.release></properties>",
    "all",
  ),
  "lib/pom.xml": pom(shared, "lib"),
  "lib/src/main/java/org/example/Lib.java": "package org.example;\npublic class Lib {}\n",
  "api/pom.xml": pom(shared, "api"),
  "api/src/main/java/org/example/web/Server.java": web,
  "jobs/worker/pom.xml": pom(
    shared.replace("</version>", "</version><relativePath>../../pom.xml</relativePath>"),
    "worker",
  ),
  "jobs/worker/src/main/java/org/example/Main.java": main.replace("{}\n", "{ while (true) {} }\n"),
  "examples/pom.xml": pom(shared, "examples"),
  "examples/src/main/java/org/example/Main.java": main,
};

it("makes a service of each module that runs, built from the root with what it needs", async () => {
  const services = (await detect(modules))?.services ?? [];
  expect(services.map(({ name, kind, path }) => [name, kind, path])).toEqual([
    ["api", "Web", "api"],
    ["worker", "Worker", "jobs/worker"],
  ]);
  expect(services[0]).toMatchObject({
    port: { number: 9090 },
    runtime: { version: "21", from: "pom.xml maven.compiler.release 21" },
    recipe: { context: ".", build: "mvn -B -ntp -DskipTests -pl api -am package" },
    start: "java -XX:MaxRAMPercentage=60 $JAVA_OPTS -cp api/target/api-1.2.jar org.example.web.Server",
  });
});

it("builds a module that is asked for alone from the root as well", async () => {
  const services = (await detect(modules, "jobs/worker"))?.services ?? [];
  expect(services).toHaveLength(1);
  expect(services[0]).toMatchObject({
    path: "jobs/worker",
    recipe: { context: ".", build: "mvn -B -ntp -DskipTests -pl jobs/worker -am package" },
  });
});

it("builds a module that takes nothing from those around it by itself", async () => {
  const alone = { ...modules, "api/pom.xml": pom("", "api") };
  const services = (await detect(alone, "api"))?.services ?? [];
  expect(services[0]?.recipe).toMatchObject({ context: "api", build: "mvn -B -ntp -DskipTests package" });
  const bound = { ...alone, "api/pom.xml": pom(`<dependencies>${library("org.example:lib")}</dependencies>`, "api") };
  expect((await detect(bound, "api"))?.services[0]?.recipe.build).toContain("-pl api -am");
});

it("uses a wrapper that is whole, and mends one from Windows", async () => {
  const files = {
    "pom.xml": pom(boot),
    "src/main/java/org/example/ShopApplication.java": bootMain,
    mvnw: "#!/bin/sh\r\n",
  };
  expect((await detect(files))?.services[0]?.manager?.version).toBeNull();
  const whole = {
    ...files,
    ".mvn/wrapper/maven-wrapper.properties": "distributionUrl=https://host/maven/apache-maven-3.8.6-bin.zip\n",
  };
  expect((await detect(whole))?.services[0]).toMatchObject({
    manager: { name: "maven", version: "3.8.6" },
    recipe: {
      buildImage: "docker.io/library/eclipse-temurin:17",
      build: "sed -i 's/\\r$//' mvnw && sh ./mvnw -B -ntp -DskipTests package",
    },
  });
});

it("takes a Procfile's line, and keeps the folders that it starts from", async () => {
  const detection = await detect({
    "pom.xml": pom(boot),
    "src/main/java/org/example/ShopApplication.java": bootMain,
    Procfile: "web: java -cp target/classes:target/dependency/* org.example.ShopApplication\n",
  });
  expect(detection?.services[0]?.start).toContain("-cp target/classes:target/dependency/*");
  expect(detection?.services[0]?.recipe.artifacts.map(({ to }) => to)).toEqual([
    "/app/target/shop-1.2.jar",
    "/app/target/classes",
    "/app/target/dependency",
  ]);
});

it("speaks Kotlin", async () => {
  const detection = await detect({
    "pom.xml": pom(
      `<build><sourceDirectory>src/main/kotlin</sourceDirectory></build><dependencies>${library("io.ktor:ktor-server-netty-jvm")}</dependencies>`,
    ),
    "src/main/kotlin/app.kt":
      'package org.example\n\nfun main() {\n  embeddedServer(Netty, port = System.getenv("PORT")?.toInt() ?: 8123).start()\n}\n',
  });
  expect(detection?.services[0]).toMatchObject({
    language: "kotlin",
    framework: "ktor",
    port: { number: 8123, readsPort: true },
  });
  expect(detection?.services[0]?.start).toMatch(/ org\.example\.AppKt$/);
});

it("knows a library, and that a test's main is none of its", async () => {
  const detection = await detect({
    "pom.xml": pom(""),
    "src/main/java/org/example/Lib.java": "package org.example;\npublic class Lib {}\n",
    "src/test/java/org/example/Main.java": main,
  });
  expect(detection).toMatchObject({ services: [], notAService: "a Java library (Maven, no main class)" });
});

it.each([
  ["never closed", "<project><artifactId>x"],
  ["no XML", "hello"],
  ["comments that never close", "<!--".repeat(100_000)],
  ["deeper than anything", "<a>".repeat(100_000)],
  ["a name that would leave its folder", pom("<build><finalName>../../etc/x; rm -rf /</finalName></build>")],
  ["its own parent", pom("<parent><artifactId>shop</artifactId><relativePath>.</relativePath></parent>")],
  [
    "properties that name one another",
    pom("<properties><a>${b}${b}</a><b>${a}${a}</b></properties><packaging>${a}</packaging>"),
  ],
])("is not led astray by a pom with %s", async (_what, text) => {
  const began = performance.now();
  const detection = await detect({ "pom.xml": text, "src/main/java/org/example/Main.java": main });
  expect(performance.now() - began).toBeLessThan(1000);
  expect(JSON.stringify(detection ?? {})).not.toContain("rm -rf /");
});

it("does not run a library's examples, nor a tool of its build", async () => {
  const tool =
    "<build><plugins><plugin><artifactId>exec-maven-plugin</artifactId><configuration><mainClass>org.h2.tools.RunScript</mainClass></configuration></plugin></plugins></build>";
  const { "api/pom.xml": _api, "jobs/worker/pom.xml": _worker, ...rest } = modules;
  const detection = await detect({ ...rest, "lib/pom.xml": pom(`${shared}${tool}`, "lib") });
  expect(detection).toMatchObject({ services: [], notAService: "a Java library (2 modules, only examples run)" });
});
