import { expect, it } from "vitest";
import { Service } from "../../../plan.ts";
import { detectIn, holdsLanguageContract } from "../language.contract.ts";
import { scala } from "./scala.ts";

async function detect(files: Readonly<Record<string, string>>) {
  const detection = await detectIn(scala, files);
  for (const service of detection?.services ?? []) Service.parse(service);
  return detection;
}

const main = "package shop\n\nobject Main extends App {\n  println(1)\n}\n";
const packager = 'addSbtPlugin("com.github.sbt" % "sbt-native-packager" % "1.11.4")\n';
const staged = {
  "build.sbt": 'name := "Tea Shop"\nscalaVersion := "3.3.6"\nenablePlugins(JavaAppPackaging)\n',
  "project/plugins.sbt": packager,
  "project/build.properties": "sbt.version=1.11.7\n",
  "src/main/scala/shop/Main.scala": main,
};

holdsLanguageContract(scala, staged);

it("stages by the native packager and starts its script by name", async () => {
  const detection = await detect(staged);
  expect(detection?.services[0]).toMatchObject({
    language: "scala",
    manager: { name: "sbt", version: "1.11.7" },
    runtime: { version: "21", from: "sbt 1.11.7 is sure to run on Java 21" },
    recipe: {
      buildImage: "docker.io/library/maven:3.9-eclipse-temurin-21",
      artifacts: [{ to: "/app/target/universal/stage" }],
    },
    start: 'JAVA_OPTS="-XX:MaxRAMPercentage=60 $JAVA_OPTS" target/universal/stage/bin/tea-shop',
  });
  expect(detection?.services[0]?.recipe.build).toBe("sbt stage");
  expect(detection?.services[0]?.recipe.tools[1]).toMatch(
    /^printf '%s\\n' '#!\/bin\/sh' 'exec java .*' > \/usr\/local\/bin\/sbt/,
  );
});

it("takes executableScriptName, and the project that is packed", async () => {
  const detection = await detect({
    "build.sbt":
      'lazy val core = project in file("core")\nlazy val api = (project in file("api"))\n  .enablePlugins(JavaAppPackaging)\n  .settings(executableScriptName := "serve")\n  .dependsOn(core)\n',
    "project/plugins.sbt": packager,
    "core/src/main/scala/Core.scala": "object Core\n",
    "api/src/main/scala/Api.scala":
      "object Api extends App {\n  HttpServer.create(new InetSocketAddress(8099), 0)\n}\n",
  });
  expect(detection?.services).toHaveLength(1);
  expect(detection?.services[0]).toMatchObject({
    kind: "Web",
    port: { number: 8099 },
    start: 'JAVA_OPTS="-XX:MaxRAMPercentage=60 $JAVA_OPTS" api/target/universal/stage/bin/serve',
  });
  expect(detection?.services[0]?.recipe.build).toMatch(/ api\/stage$/);
});

it("starts Play as in production", async () => {
  const detection = await detect({
    "build.sbt": 'lazy val root = (project in file(".")).enablePlugins(PlayScala).settings(name := "site")\n',
    "project/plugins.sbt": 'addSbtPlugin("org.playframework" % "sbt-plugin" % "3.0.8")\n',
    "app/controllers/Home.scala": "package controllers\nclass Home\n",
  });
  const [service] = detection?.services ?? [];
  expect(service).toMatchObject({
    kind: "Web",
    framework: "play",
    port: { number: 9000, readsPort: true },
    env: [{ name: "APPLICATION_SECRET", source: "Generated" }],
  });
  expect(service?.start).toMatch(/-Dhttp\.port=\$PORT .*-Dpidfile\.path=\/dev\/null .*bin\/site$/);
});

it("packs one jar by sbt-assembly under a name that is known", async () => {
  const detection = await detect({
    "build.sbt": 'scalaVersion := "2.13.8"\nlibraryDependencies += "org.http4s" %% "http4s-ember-server" % "0.23.30"\n',
    "project/assembly.sbt": 'addSbtPlugin("com.eed3si9n" % "sbt-assembly" % "2.3.1")\n',
    "src/main/scala/Main.scala":
      "object Main extends IOApp.Simple {\n  def run = EmberServerBuilder.default[IO].build.useForever\n}\n",
  });
  expect(detection?.services[0]).toMatchObject({
    kind: "Web",
    framework: "http4s",
    runtime: { version: "17", from: "Scala 2.13.8 is sure to compile on Java 17" },
    start: "java -XX:MaxRAMPercentage=60 $JAVA_OPTS -cp target/repo-runner.jar Main",
  });
  expect(detection?.services[0]?.recipe.build).toContain(
    `'set assembly / assemblyOutputPath := file("target/repo-runner.jar")' assembly`,
  );
});

it("keeps the jars that sbt lists where no plug-in packs", async () => {
  const detection = await detect({
    "build.sbt": 'name := "x"\n',
    "src/main/scala/Go.scala": "@main def go() = println(1)\n",
  });
  expect(detection?.services[0]).toMatchObject({
    kind: "Job",
    start: "java -XX:MaxRAMPercentage=60 $JAVA_OPTS -cp 'target/repo-runner/*' go",
    recipe: { artifacts: [{ from: "/app/target/repo-runner" }] },
  });
});

it("knows a library", async () => {
  expect(await detect({ "build.sbt": 'name := "x"\n', "src/main/scala/X.scala": "class X\n" })).toMatchObject({
    services: [],
    notAService: "a Scala library (sbt, no main class)",
  });
});
