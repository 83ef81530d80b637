import type { ServiceKind } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import { boundingWord, chooseLine, type Lines, type LineWord, pinnedWords } from "../../requirements/line-choice.ts";
import type { Detection, Language, Wishes } from "../language.ts";
import { findNative, nativePort, readNative, withoutComments } from "../native-code.ts";
import { nativeService, sourceFolder } from "../native-service.ts";
import { plainText } from "../plain-text.ts";
import { runtimeFiles } from "../runtime-files.ts";
import type { SourceTree } from "../source-tree.ts";

const swiftLines: Lines = {
  name: "swift",
  lines: [
    { line: "5.10", since: "2024-03", until: "2999-12" },
    { line: "6.0", since: "2024-09", until: "2999-12" },
    { line: "6.1", since: "2025-03", until: "2999-12" },
  ],
  usual: "6.1",
};

const listens: readonly RegExp[] = [
  /\bimport\s+(?:Vapor|Hummingbird|Kitura|Swifter|PerfectHTTPServer|GRPCNIOTransportHTTP2)\b/,
  /\bServerBootstrap\(|\bHTTPServer\(|\.bind\(host:|\blisten\(\s*\w+\s*,/,
];
const loops: readonly RegExp[] = [
  /\bwhile\s+true\b[^]{0,600}?\b(?:sleep|recv|await)\b/,
  /\bRunLoop\.main\.run\(|\bdispatchMain\(/,
];

/** Folders that a server reads while it runs: Vapor's pages and files. */
const served = ["Public", "Resources"];

/** Swift: packages of SwiftPM with a program; Vapor and Hummingbird. */
export const swift: Language = {
  name: "swift",
  async detect(tree, path, wishes): Promise<Detection | undefined> {
    const at = (name: string): string => joinPath(path, name) ?? name;
    const text = await tree.read(at("Package.swift"));
    if (text === undefined) return undefined;
    const manifest = withoutComments(text, "C");
    const programs = await programsOf(tree, path, manifest);
    const [name] = programs;
    if (name === undefined) return library;
    const choice = chooseLine(swiftLines, await wordsOf(tree, path, text, wishes), {
      ...wishes.platform,
      commitDate: undefined,
    });
    const sources = await readNative(tree, path, /\.swift$/);
    const serving = findNative(
      sources.filter(({ path: file }) => !file.endsWith("Package.swift")),
      listens,
    );
    const kind: ServiceKind =
      serving !== undefined ? "Web" : findNative(sources, loops) === undefined ? "Job" : "Worker";
    const framework = kind === "Web" ? frameworkOf(manifest) : undefined;
    const files = [...(await runtimeFiles(tree, path, /\.swift$/)), ...(await thereOf(tree, path, served))];
    const depends = /\.package\(/.test(manifest);
    const locked = await tree.has(at("Package.resolved"));
    const service = nativeService({
      path,
      language: "swift",
      framework,
      kind,
      runtime: { name: "swift", choice },
      manager: {
        name: "swiftpm",
        version: null,
        lockFile: locked ? "Package.resolved" : null,
        mode: locked ? "Frozen" : "Unfrozen",
      },
      recipe: {
        buildImage: `docker.io/library/swift:${choice.version}`,
        runPackages: ["libcurl4", "libxml2", "tzdata"],
        manifests: depends ? ["Package.swift", ...(locked ? ["Package.resolved"] : [])] : [],
        install: depends ? `swift package resolve${locked ? " --force-resolved-versions" : ""}` : null,
        build: [
          `swift build -c release --static-swift-stdlib --product ${name}`,
          "mkdir -p bin",
          `cp "$(swift build -c release --show-bin-path)"/${name} bin/`,
          // What a package brings as resources lies beside its program.
          `find "$(swift build -c release --show-bin-path)/" -maxdepth 1 -name '*.resources' -exec cp -R {} bin/ \\;`,
        ].join(" && "),
        caches: [{ id: "swiftpm", target: "/root/.cache/org.swift.swiftpm" }],
        artifacts: ["bin", ...new Set(files)].map((one) => ({
          from: `${sourceFolder}/${one}`,
          to: `${sourceFolder}/${one}`,
        })),
      },
      // Vapor listens on 127.0.0.1 by itself.
      start:
        framework === "vapor"
          ? `./bin/${name} serve --env production --hostname 0.0.0.0 --port $PORT`
          : `./bin/${name}`,
      port:
        serving === undefined
          ? undefined
          : framework === "vapor"
            ? { number: 8080, from: "Framework", readsPort: true }
            : nativePort(sources),
      because: serving === undefined ? "nothing in it listens" : `${serving.seen} in ${serving.where}`,
      where: serving?.where ?? at("Package.swift"),
    });
    const others = programs.slice(1, 6);
    return {
      sure: service.sure,
      services: [service],
      warnings: [
        ...(choice.warning === undefined ? [] : [choice.warning]),
        ...(others.length === 0 ? [] : [plainText(`${name} is run; there are also ${others.join(", ")}`)]),
      ],
    };
  },
};

/** Programs by their targets, and in packages of old by a main.swift. */
async function programsOf(tree: SourceTree, path: string, manifest: string): Promise<readonly string[]> {
  const named = [...manifest.matchAll(/\.(?:executableTarget|executable)\(\s*name:\s*"(?<name>[\w.-]{1,80})"/g)].map(
    (match) => match.groups?.["name"] ?? "",
  );
  const prefix = path === "." ? "" : `${path}/`;
  const mains = (await tree.files(joinPath(path, "Sources") ?? "Sources")).flatMap((file) => {
    const name = /^Sources\/(?<name>[\w.-]{1,80})\/main\.swift$/.exec(file.slice(prefix.length))?.groups?.["name"];
    return name === undefined ? [] : [name];
  });
  const targets = new Set(mains.filter((name) => manifest.includes(`"${name}"`)));
  const all = [...new Set([...named, ...targets])];
  const first = /^(?:App|Run|Server|server|Main)$|[Ss]erver$|[Aa]pp$/;
  return all.toSorted((one, other) => Number(first.test(other)) - Number(first.test(one)));
}

async function wordsOf(tree: SourceTree, path: string, text: string, wishes: Wishes): Promise<readonly LineWord[]> {
  const where = joinPath(path, "Package.swift") ?? "Package.swift";
  const tools = /^\/\/\s{0,4}swift-tools-version\s{0,4}:\s{0,4}(?<version>\d+(?:\.\d+){0,2})/m.exec(text)?.groups?.[
    "version"
  ];
  const word = boundingWord(tools && `>=${tools}`, `swift-tools-version ${tools ?? ""} or newer`, where);
  return [
    ...(await pinnedWords(tree, path, wishes, {
      names: ["swift"],
      environment: ["SWIFT_VERSION", "RAILPACK_SWIFT_VERSION", "NIXPACKS_SWIFT_VERSION"],
      files: [".swift-version"],
    })),
    ...(word === undefined ? [] : [word]),
  ];
}

function frameworkOf(manifest: string): string | undefined {
  return ["vapor", "hummingbird", "Kitura", "swifter", "grpc-swift", "swift-nio"]
    .find((name) => manifest.includes(`/${name}`))
    ?.toLowerCase();
}

async function thereOf(tree: SourceTree, path: string, names: readonly string[]): Promise<readonly string[]> {
  const there = await Promise.all(
    names.map(async (name) => (await tree.list(joinPath(path, name) ?? name)).length > 0),
  );
  return names.filter((_name, index) => there[index]);
}

const library: Detection = {
  sure: "Likely",
  services: [],
  notAService: "a Swift library",
  lookedFor: [
    ["executableTarget in Package.swift", "none"],
    ["Sources/*/main.swift", "none"],
  ],
};
