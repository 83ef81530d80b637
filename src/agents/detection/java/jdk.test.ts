import { expect, it } from "vitest";
import { anyPlatform, detectIn, noWishes } from "../language.contract.ts";
import { java } from "./java.ts";
import { javaLineOf } from "./jdk.ts";

const main = "package org.example;\n\npublic class Main {\n  public static void main(String[] words) {}\n}\n";

it("takes the version from the surest word", async () => {
  const files = {
    "pom.xml": "<project><artifactId>x</artifactId><properties><java.version>11</java.version></properties></project>",
    "src/main/java/org/example/Main.java": main,
  };
  const line = async (
    more: Readonly<Record<string, string>>,
    env: Readonly<Record<string, string>> = {},
    listed?: readonly string[],
  ) => {
    const platform =
      listed === undefined
        ? anyPlatform
        : { ...anyPlatform, baseImages: "Listed" as const, listed: { "eclipse-temurin": listed } };
    const detection = await detectIn(java, { ...files, ...more }, ".", { ...noWishes, env, platform });
    return [
      detection?.services[0]?.runtime?.version,
      detection?.services[0]?.runtime?.from,
      ...(detection?.warnings ?? []),
    ];
  };
  expect(await line({})).toEqual(["11", "pom.xml java.version 11"]);
  expect(await line({ ".sdkmanrc": "java=21.0.2-tem\n" })).toEqual(["21", ".sdkmanrc"]);
  expect(await line({ ".tool-versions": "java temurin-17.0.9+9\n" })).toEqual(["17", ".tool-versions"]);
  expect(await line({ "system.properties": "java.runtime.version=1.8\n" }, { NIXPACKS_JDK_VERSION: "23" })).toEqual([
    "23",
    "env NIXPACKS_JDK_VERSION",
  ]);
  expect(await line({}, {}, ["17", "21"])).toEqual([
    "17",
    "pom.xml java.version 11",
    "java 11 (pom.xml java.version 11) has no image here; 17 stands in",
  ]);
  const ci = { ".github/workflows/ci.yml": "      - with:\n          java-version: 21\n" };
  expect((await line({ ...ci, "pom.xml": "<project><artifactId>x</artifactId></project>" }))[1]).toBe("CI, ci.yml");
});

it.each([
  ["21", 21],
  ["1.8", 8],
  ["8u392-b08", 8],
  ["temurin-21.0.2+13.0.LTS", 21],
  ["21.0.2-tem", 21],
  ["zulu-8.86", 8],
  ["graalvm-ce-17", 17],
  ["openjdk64-11.0.2", 11],
  ["lts", 25],
  ["${java.version}", undefined],
  ["kotlin-2", undefined],
])("%s is Java %s", (text, line) => {
  expect(javaLineOf(text)).toBe(line);
});
