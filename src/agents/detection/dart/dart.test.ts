import { describe, expect, it } from "vitest";
import { detectIn, holdsLanguageContract } from "../language.contract.ts";
import { dart } from "./dart.ts";

const files = {
  "pubspec.yaml": "name: words\nenvironment:\n  sdk: '>=2.16.1 <3.0.0'\n",
  "bin/words.dart": "void main() { print('hello'); }\n",
};
const shelf = {
  "pubspec.yaml": "name: words\nenvironment:\n  sdk: ^3.0.0\ndependencies:\n  shelf: ^1.4.0\n",
  "pubspec.lock": "packages:\n",
  "bin/server.dart":
    "final port = int.parse(Platform.environment['PORT'] ?? '8080');\nawait serve(handler, ip, port);\n",
  "bin/words.dart": "void main() {}\n",
};

holdsLanguageContract(dart, files);

it("a program is compiled to one file", async () => {
  const service = (await detectIn(dart, files))?.services[0];
  expect(service).toMatchObject({ kind: "Job", start: "./bin/words.exe", runtime: { version: "2.19" } });
  expect(service?.recipe).toMatchObject({
    buildImage: "docker.io/library/dart:2.19",
    install: "dart pub get",
    build: "dart compile exe bin/words.dart",
    runImage: "docker.io/library/debian:trixie-slim",
  });
});

it("the server is run, with its port", async () => {
  const service = (await detectIn(dart, shelf))?.services[0];
  expect(service).toMatchObject({
    kind: "Web",
    framework: "shelf",
    start: "./bin/server.exe",
    port: { number: 8080, readsPort: true },
    runtime: { version: "3.9" },
    manager: { lockFile: "pubspec.lock", mode: "Frozen" },
  });
});

describe("what is no service", () => {
  it.each([
    ["a library", { "pubspec.yaml": "name: words\n", "lib/words.dart": "" }],
    [
      "a Flutter app",
      { "pubspec.yaml": "name: words\ndependencies:\n  flutter:\n    sdk: flutter\n", "lib/main.dart": "" },
    ],
  ])("%s", async (what, tree) => {
    const detection = await detectIn(dart, tree);
    expect(detection?.services).toEqual([]);
    expect(detection?.notAService?.toLowerCase()).toContain(what.split(" ")[1]?.toLowerCase());
  });
});
