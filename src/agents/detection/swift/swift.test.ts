import { describe, expect, it } from "vitest";
import { detectIn, holdsLanguageContract, noWishes } from "../language.contract.ts";
import { swift } from "./swift.ts";

const manifest = (rest: string, tools = "5.9"): string =>
  `// swift-tools-version: ${tools}\nimport PackageDescription\nlet package = Package(name: "words", ${rest})\n`;
const files = {
  "Package.swift": manifest('targets: [.executableTarget(name: "Words")]'),
  "Sources/Words/main.swift": 'print("hello")\n',
};
const vapor = {
  "Package.swift": manifest(
    'dependencies: [.package(url: "https://github.com/vapor/vapor.git", from: "4.0.0")], targets: [.target(name: "Lib"), .executableTarget(name: "App", dependencies: [])]',
  ),
  "Package.resolved": "{}",
  "Sources/App/entrypoint.swift": "import Vapor\n@main enum Entrypoint {}\n",
  "Public/a.css": "",
  "Resources/Views/a.leaf": "",
};

holdsLanguageContract(swift, files);

it("a program is linked with the standard library in it", async () => {
  const service = (await detectIn(swift, files))?.services[0];
  expect(service).toMatchObject({ kind: "Job", start: "./bin/Words", runtime: { version: "6.1" } });
  expect(service?.recipe.build).toContain("swift build -c release --static-swift-stdlib --product Words");
});

it("Vapor is told where to listen, and its files come along", async () => {
  const service = (await detectIn(swift, vapor))?.services[0];
  expect(service).toMatchObject({ kind: "Web", framework: "vapor", port: { number: 8080, readsPort: true } });
  expect(service?.start).toBe("./bin/App serve --env production --hostname 0.0.0.0 --port $PORT");
  expect(service?.recipe.install).toBe("swift package resolve --force-resolved-versions");
  expect(service?.recipe.artifacts.map(({ to }) => to)).toEqual(
    expect.arrayContaining(["/app/Public", "/app/Resources"]),
  );
});

it("a program of old is known by its main.swift", async () => {
  const tree = { "Package.swift": manifest('targets: [.target(name: "Run")]', "5.1"), "Sources/Run/main.swift": "" };
  expect((await detectIn(swift, tree))?.services[0]?.start).toBe("./bin/Run");
});

describe("the version", () => {
  it.each<[Record<string, string>, Record<string, string>, string]>([
    [{}, {}, "6.1"],
    [{ ".swift-version": "5.10\n" }, {}, "5.10"],
    [{ ".swift-version": "5.10\n" }, { SWIFT_VERSION: "6.0" }, "6.0"],
  ])("%j %j → %s", async (more, env, version) => {
    const wishes = { ...noWishes, env };
    expect((await detectIn(swift, { ...files, ...more }, ".", wishes))?.services[0]?.runtime?.version).toBe(version);
  });
});

it("a library is no service", async () => {
  const tree = { "Package.swift": manifest('targets: [.target(name: "Words")]'), "Sources/Words/words.swift": "" };
  expect(await detectIn(swift, tree)).toMatchObject({ services: [], notAService: "a Swift library" });
});
