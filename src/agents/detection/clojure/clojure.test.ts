import { expect, it } from "vitest";
import { Service } from "../../../plan.ts";
import { detectIn, holdsLanguageContract } from "../language.contract.ts";
import { clojure } from "./clojure.ts";

async function detect(files: Readonly<Record<string, string>>) {
  const detection = await detectIn(clojure, files);
  for (const service of detection?.services ?? []) Service.parse(service);
  return detection;
}

function project(more: string, dependencies = ""): string {
  return `; (defproject wrong "0")\n(defproject org.example/tea-shop "0.4.0"\n  :dependencies [[org.clojure/clojure "1.12.0"] ${dependencies}]\n  ${more})\n`;
}
const core = '(ns tea-shop.core (:gen-class))\n(defn -main [& args] (println "tea"))\n';

holdsLanguageContract(clojure, { "project.clj": project(":main tea-shop.core"), "src/tea_shop/core.clj": core });

it("packs by Leiningen, and finds the jar wherever that version leaves it", async () => {
  const detection = await detect({
    "project.clj": project(':main ^:skip-aot tea-shop.core :target-path "target/%s" :profiles {:uberjar {:aot :all}}'),
    "src/tea_shop/core.clj": core,
  });
  expect(detection?.services[0]).toMatchObject({
    kind: "Job",
    manager: { name: "leiningen" },
    runtime: { name: "java", version: "25" },
    recipe: {
      buildImage: "docker.io/library/clojure:temurin-25-lein",
      runImage: "docker.io/library/eclipse-temurin:25-jre",
      build:
        "lein uberjar && cp \"$(find target -type f -name 'tea-shop-0.4.0-standalone.jar' | head -n 1)\" target/repo-runner.jar",
    },
    start: "java -XX:MaxRAMPercentage=60 $JAVA_OPTS -jar target/repo-runner.jar",
  });
});

it("names the namespace where nothing was compiled ahead", async () => {
  const detection = await detect({ "project.clj": project(":main tea-shop.core"), "src/tea_shop/core.clj": core });
  expect(detection?.services[0]?.start).toMatch(/-cp target\/repo-runner\.jar clojure\.main -m tea-shop\.core$/);
});

it("packs a ring handler with its server", async () => {
  const detection = await detect({
    "project.clj": project(':plugins [[lein-ring "0.12.6"]] :ring {:handler tea-shop.core/handler}'),
    "src/tea_shop/core.clj": "(ns tea-shop.core)\n(defn handler [request] {:status 200})\n",
  });
  expect(detection?.services[0]).toMatchObject({
    kind: "Web",
    framework: "ring",
    port: { number: 3000, readsPort: true },
    recipe: { build: expect.stringMatching(/^lein ring uberjar && /) as string },
  });
});

it.each([
  ['(run-server app {:port (Integer/parseInt (or (System/getenv "PORT") "8123"))})', 8123, true],
  ["(run-server app {:port 8124})", 8124, false],
])("reads the port of %s", async (line, number, readsPort) => {
  const detection = await detect({
    "project.clj": project(":main tea-shop.core", '[http-kit "2.8.0"]'),
    "src/tea_shop/core.clj": `(ns tea-shop.core)\n(defn -main [] ${line})\n`,
  });
  expect(detection?.services[0]).toMatchObject({ kind: "Web", framework: "http-kit", port: { number, readsPort } });
});

it("builds by the alias of tools.build, and takes the one jar that comes of it", async () => {
  const detection = await detect({
    "deps.edn":
      '{:paths ["src"] :deps {} :aliases {:package {:deps {io.github.clojure/tools.build {:git/tag "v0.10"}} :ns-default build}}}',
    "build.clj": "(ns build)\n(defn uber [_] (b/uber {:main 'tea-shop.core}))\n",
    "src/tea_shop/core.clj": core,
  });
  expect(detection?.services[0]?.recipe.build).toMatch(/^clojure -T:package uber && \(set -- /);
});

it("runs deps.edn alone with a class path that is written down", async () => {
  const detection = await detect({
    "deps.edn": '{:paths ["src" "resources"] :deps {} :aliases {:run {:main-opts ["-m" "tea-shop.core"]}}}',
    "src/tea_shop/core.clj": core,
  });
  expect(detection?.services[0]).toMatchObject({
    start:
      'exec java -XX:MaxRAMPercentage=60 $JAVA_OPTS -cp "$(cat .repo-runner/classpath)" clojure.main -m tea-shop.core',
    recipe: { buildEnv: { GITLIBS: "/app/.repo-runner/gitlibs" } },
  });
  expect(detection?.services[0]?.recipe.artifacts.map(({ to }) => to)).toEqual([
    "/app/.repo-runner",
    "/app/src",
    "/app/resources",
  ]);
});

it("knows a library", async () => {
  expect(await detect({ "project.clj": project("") })).toMatchObject({
    services: [],
    notAService: "a Clojure library (project.clj, no main namespace)",
  });
});
