import { expect, it } from "vitest";
import { Service } from "../../../plan.ts";
import { anyPlatform, detectIn, holdsLanguageContract, noWishes } from "../language.contract.ts";
import type { Wishes } from "../language.ts";
import { java } from "./java.ts";

async function detect(files: Readonly<Record<string, string>>, path = ".", wishes: Wishes = noWishes) {
  const detection = await detectIn(java, files, path, wishes);
  for (const service of detection?.services ?? []) Service.parse(service);
  return detection;
}

const head = '<?xml version="1.0"?>\n<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>';
function pom(inside: string, name = "shop"): string {
  return `${head}<groupId>org.example</groupId><artifactId>${name}</artifactId><version>1.2</version>${inside}</project>`;
}
const main = "package org.example;\n\npublic class Main {\n  public static void main(String[] words) {}\n}\n";
const web =
  'package org.example.web;\n\npublic class Server {\n  public static void main(String[] a) throws Exception {\n    HttpServer.create(new InetSocketAddress(9090), 0).start();\n  }\n}\n';
const boot = `<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.5.0</version></parent>
<dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies>
<build><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build>`;
const bootMain =
  "package org.example;\n\n@SpringBootApplication\npublic class ShopApplication {\n  public static void main(String[] args) {}\n}\n";
const library = (name: string, scope = "compile"): string =>
  `<dependency><groupId>${name.split(":")[0]}</groupId><artifactId>${name.split(":")[1]}</artifactId><version>1</version><scope>${scope}</scope></dependency>`;

holdsLanguageContract(java, { "pom.xml": pom(boot), "src/main/java/org/example/ShopApplication.java": bootMain });
