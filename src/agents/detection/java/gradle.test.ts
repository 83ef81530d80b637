import { expect, it } from "vitest";
import { Service } from "../../../plan.ts";
import { detectIn } from "../language.contract.ts";
import { java } from "./java.ts";

async function detect(files: Readonly<Record<string, string>>, path = ".") {
  const detection = await detectIn(java, files, path);
  for (const service of detection?.services ?? []) Service.parse(service);
  return detection;
}

function wrapper(version: string): Readonly<Record<string, string>> {
  return {
    gradlew: "#!/bin/sh\n",
    "gradle/wrapper/gradle-wrapper.jar": "x",
    "gradle/wrapper/gradle-wrapper.properties": `distributionUrl=https\\://host/distributions/gradle-${version}-bin.zip\n`,
  };
}
const main = "package org.example;\n\npublic class App {\n  public static void main(String[] a) {}\n}\n";
const boot = `plugins {
  id 'java'
  id 'org.springframework.boot' version '3.5.0' // id 'war'
}
version = '0.7'
dependencies { implementation 'org.springframework.boot:spring-boot-starter-web' }
`;

it("packs Spring Boot by the wrapper, under the name that the scripts give", async () => {
  const detection = await detect({
    ...wrapper("8.5"),
    "settings.gradle": "rootProject.name = 'tills'\n",
    "build.gradle": boot,
    "src/main/java/org/example/App.java": main,
    "src/main/resources/application.properties": "server.port=8300\n",
  });
  expect(detection?.services[0]).toMatchObject({
    kind: "Web",
    framework: "spring-boot",
    manager: { name: "gradle", version: "8.5" },
    runtime: { version: "17", from: "build.gradle spring boot 3 17" },
    port: { number: 8300, readsPort: true },
    recipe: {
      buildImage: "docker.io/library/eclipse-temurin:17",
      build: "sh ./gradlew --no-daemon --console=plain :bootJar",
      artifacts: [{ from: "/app/build/libs/tills-0.7.jar" }],
    },
    start: "java -XX:MaxRAMPercentage=60 -Dserver.port=$PORT $JAVA_OPTS -jar build/libs/tills-0.7.jar",
  });
});

it("takes Gradle's image where the wrapper is not whole, and its major version", async () => {
  const { "gradle/wrapper/gradle-wrapper.jar": _jar, ...torn } = wrapper("7.6.1");
  const files = { ...torn, "build.gradle": boot, "src/main/java/org/example/App.java": main };
  expect((await detect(files))?.services[0]?.recipe).toMatchObject({
    buildImage: "docker.io/library/gradle:7-jdk17",
    build: "gradle --no-daemon --console=plain :bootJar",
  });
});

it("runs an application of one of several projects by its own script, on the toolchain's Java", async () => {
  const detection = await detect({
    ...wrapper("8.13"),
    "settings.gradle.kts": 'rootProject.name = "all"\ninclude("app", "lib:core")\n',
    "gradle/libs.versions.toml":
      '[libraries]\nnetty = { module = "io.ktor:ktor-server-netty", version = "3" }\n[plugins]\nkotlin-jvm = { id = "org.jetbrains.kotlin.jvm", version = "2" }\n',
    "app/build.gradle.kts":
      'plugins {\n  alias(libs.plugins.kotlin.jvm)\n  application\n}\nkotlin { jvmToolchain(21) }\ndependencies { implementation(libs.netty) }\napplication { mainClass = "org.example.AppKt" }\n',
    "app/src/main/kotlin/App.kt":
      "package org.example\n\nfun main() {\n  embeddedServer(Netty, port = 8200).start(wait = true)\n}\n",
    "lib/core/build.gradle.kts": "plugins { `java-library` }\n",
    "lib/core/src/main/java/org/example/Core.java": "package org.example;\npublic class Core {}\n",
  });
  expect(detection?.services).toHaveLength(1);
  expect(detection?.services[0]).toMatchObject({
    name: "web",
    path: ".",
    language: "kotlin",
    framework: "ktor",
    port: { number: 8200 },
    runtime: { version: "21", from: "app/build.gradle.kts jvmToolchain 21" },
    recipe: { build: "sh ./gradlew --no-daemon --console=plain :app:installDist" },
    start: 'JAVA_OPTS="-XX:MaxRAMPercentage=60 $JAVA_OPTS" app/build/install/app/bin/app',
  });
});

it("reads plug-ins of the build's own and leaves out what is only named for others", async () => {
  const detection = await detect({
    "settings.gradle": "include ':api', ':web'\n",
    "build.gradle": "plugins {\n  id 'org.springframework.boot' version '3.5.0' apply false\n}\n",
    "buildSrc/src/main/groovy/shop.service.gradle": "plugins {\n  id 'org.springframework.boot'\n}\n",
    "api/build.gradle":
      "plugins {\n  id 'shop.service'\n}\ndependencies { implementation 'org.springframework.boot:spring-boot-starter-webflux' }\n",
    "api/src/main/java/org/example/App.java": main,
    "web/build.gradle": "apply plugin: 'war'\n",
    "web/src/main/webapp/index.jsp": "x",
  });
  expect(detection?.services.map(({ name, framework }) => [name, framework])).toEqual([
    ["api", "spring-boot"],
    ["web", "tomcat"],
  ]);
});

it("lays out the libraries of a project that no plug-in packs", async () => {
  const detection = await detect({
    ...wrapper("8.10"),
    "settings.gradle": "rootProject.name='x'\n",
    "build.gradle": "apply plugin: 'java'\ndependencies { implementation group: 'a.b', name: 'c', version: '1' }\n",
    "src/main/java/org/example/App.java": main,
  });
  const [service] = detection?.services ?? [];
  expect(service?.recipe.build).toMatch(
    /^printf '%s' '.+' > \/tmp\/repo-runner\.gradle && sh \.\/gradlew .* -I \/tmp\/repo-runner\.gradle :jar :repoRunnerLibraries$/,
  );
  expect(service?.start).toMatch(/-cp 'build\/libs\/x\.jar:build\/repo-runner-libraries\/\*' org\.example\.App$/);
});

it.each([
  ["9.1", "25"],
  ["8.5", "21"],
  ["7.5", "17"],
  ["6.9.4", "11"],
  ["4.10", "8"],
])("runs Gradle %s on Java %s where nobody says more", async (gradle, line) => {
  const detection = await detect({
    ...wrapper(gradle),
    "build.gradle": "apply plugin: 'application'\nmainClassName = 'org.example.App'\n",
    "src/main/java/org/example/App.java": main,
  });
  expect(detection?.services[0]?.runtime?.version).toBe(line);
});

it.each([
  ["an Android app", "plugins { id 'com.android.application' version '8' }\n"],
  ["a Java library (Gradle, no application and no main class)", "plugins { id 'java-library' }\n"],
])("knows %s", async (what, script) => {
  expect(await detect({ "build.gradle": script })).toMatchObject({ services: [], notAService: what });
});

it("is quick with a script that opens brackets and never closes them", async () => {
  const began = performance.now();
  await detect({
    "build.gradle": `plugins {${"id(".repeat(40_000)}`,
    "settings.gradle": `include(${'"a", '.repeat(20_000)}`,
  });
  await detect({ "build.gradle": `${"implementation group: 'a', ".repeat(7000)}${'"'.repeat(20_000)}` });
  expect(performance.now() - began).toBeLessThan(2000);
});

it("knows the libraries of a catalog that others publish, and the server that Micronaut's plug-in brings", async () => {
  const ktor = await detect({
    ...wrapper("8.14"),
    "settings.gradle.kts":
      'rootProject.name = "quay"\ndependencyResolutionManagement { versionCatalogs {\n  create("ktorLibs") { from("io.ktor:ktor-version-catalog:3.2.0") }\n} }\n',
    "build.gradle.kts":
      'plugins {\n  application\n  kotlin("jvm")\n}\napplication { mainClass = "quay.MainKt" }\ndependencies { implementation(ktorLibs.server.netty) }\n',
    "src/main/kotlin/Main.kt": "package quay\n\nfun main() { server().start(wait = true) }\n",
  });
  expect(ktor?.services[0]).toMatchObject({ kind: "Web", framework: "ktor" });
  const micronaut = await detect({
    ...wrapper("8.14"),
    "settings.gradle": "rootProject.name = 'pier'\n",
    "build.gradle":
      "plugins { id 'io.micronaut.application' version '4.5.0' }\nmicronaut {\n  runtime('netty')\n}\napplication { mainClass = 'pier.App' }\n",
    "src/main/java/pier/App.java": main.replace("org.example", "pier"),
  });
  expect(micronaut?.services[0]).toMatchObject({ kind: "Web", framework: "micronaut" });
});
