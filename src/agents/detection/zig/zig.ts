import type { ServiceKind } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import { chooseLine, type LineChoice, type Lines, type LineWord, pinnedWords } from "../../requirements/line-choice.ts";
import type { Detection, Language, Wishes } from "../language.ts";
import { findNative, nativePort, type NativeSource, readNative, withoutComments } from "../native-code.ts";
import { nativeService, slimDebian, sourceFolder } from "../native-service.ts";
import { runtimeFiles } from "../runtime-files.ts";
import type { SourceTree } from "../source-tree.ts";

/** Every line of Zig breaks what was written for the one before: what a repository was written for is looked for. */
const zigLines: Lines = {
  name: "zig",
  lines: ["0.10", "0.11", "0.12", "0.13", "0.14", "0.15", "0.16", "0.17"].map((line) => ({
    line,
    since: "",
    until: "2999-12",
  })),
  usual: "0.17",
};

/** What only compilers of a line take, the oldest first. */
const tells: readonly (readonly [pattern: RegExp, line: string, because: string])[] = [
  [/\bstd\.build\.Builder\b|\.setBuildMode\(/, "0.10", "std.build.Builder"],
  [/\.root_source_file\s*=\s*\.\{\s*\.path\s*=/, "0.11", ".{ .path = … } in build.zig"],
  [/\b(?:std\.)?io\.getStd(?:Out|Err|In)\(/, "0.14", "std.io.getStdOut"],
  [
    /\badd(?:Executable|Test)\(\s*\.\{[^}]{0,300}?\.root_source_file\s*=\s*b\.path\(/,
    "0.14",
    "root_source_file of addExecutable",
  ],
  [
    /\bstd\.fs\.File\.std(?:out|err|in)\(|\bstd\.net\.|\bstd\.fs\.cwd\(\)|\bGeneralPurposeAllocator\b/,
    "0.15",
    "std.fs or std.net",
  ],
];

const listens: readonly RegExp[] = [
  /@import\("(?:httpz|zap|tokamak|jetzig)"\)/,
  /\.listen\(|\bhttp\.Server\b|\bnet\.StreamServer\b/,
];
const loops: readonly RegExp[] = [/\bwhile\s*\(true\)[^]{0,600}?\bsleep\b/];

/** Zig: build.zig, or a lone main.zig; compilers as Zig publishes them for pip. */
export const zig: Language = {
  name: "zig",
  async detect(tree, path, wishes): Promise<Detection | undefined> {
    const at = (name: string): string => joinPath(path, name) ?? name;
    const build = await tree.read(at("build.zig"));
    const lone = await firstThere(tree, path, ["src/main.zig", "main.zig"]);
    if (build === undefined && lone === undefined) return undefined;
    const code = withoutComments(build ?? "", "C");
    const sources = await readNative(tree, path, /\.zig$/);
    const name = build === undefined ? "app" : programOf(code, (await tree.read(at("build.zig.zon"))) ?? "");
    if (name === undefined) return library;
    if (/\baddModule\(/.test(code) && !sources.some((source) => isProgram(source))) return library;
    const choice = await chooseZig(tree, path, sources, wishes);
    const serving = findNative(sources, listens);
    const kind: ServiceKind =
      serving !== undefined ? "Web" : findNative(sources, loops) === undefined ? "Job" : "Worker";
    const files = await runtimeFiles(tree, path, /\.zig$/);
    const service = nativeService({
      path,
      language: "zig",
      framework: sources.some(({ text }) => text.includes('@import("httpz")')) ? "httpz" : undefined,
      kind,
      runtime: { name: "zig", choice },
      recipe: {
        buildImage: slimDebian,
        buildPackages: ["ca-certificates", "git", "python3-pip"],
        tools: [toolLine(choice.version)],
        install: build !== undefined && (await tree.has(at("build.zig.zon"))) ? "zig build --fetch" : null,
        build: build === undefined ? loneLine(lone ?? "") : buildLine(code),
        caches: [{ id: "zig", target: "/root/.cache/zig" }],
        artifacts: [`zig-out/bin/${name}`, ...files].map((one) => ({
          from: `${sourceFolder}/${one}`,
          to: `${sourceFolder}/${one}`,
        })),
      },
      start: `./zig-out/bin/${name}`,
      port: serving === undefined ? undefined : nativePort(sources),
      because: serving === undefined ? "nothing in it listens" : `${serving.seen} in ${serving.where}`,
      where: serving?.where ?? at(build === undefined ? (lone ?? "") : "build.zig"),
    });
    return { sure: service.sure, services: [service], warnings: choice.warning === undefined ? [] : [choice.warning] };
  },
};

/** What offers a module and has no main besides that of its tests is for other programs; examples are not among the sources. */
function isProgram({ path, text }: NativeSource): boolean {
  return !/(?:^|\/)test[^/]*\.zig$/.test(path) && /\bpub fn main\s*\(/.test(text);
}

async function firstThere(tree: SourceTree, path: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) if (await tree.has(joinPath(path, name) ?? name)) return name;
  return undefined;
}

/** Name of the first program: a text, or the package's own. */
function programOf(code: string, manifest: string): string | undefined {
  const made = /\baddExecutable\([^]{0,400}?\.name\s*=\s*(?:"(?<name>[\w.-]{1,80})"|(?<word>[\w.@()]{1,60}))/.exec(
    code,
  );
  const old = /\baddExecutable\(\s*"(?<name>[\w.-]{1,80})"/.exec(code)?.groups?.["name"];
  const name = made?.groups?.["name"] ?? old;
  if (name !== undefined || made === null) return name;
  const word = made.groups?.["word"] ?? "";
  const told = /^\w+$/.test(word)
    ? new RegExp(`\\b${word}\\s*=\\s*"(?<name>[\\w.-]{1,80})"`).exec(code)?.groups?.["name"]
    : undefined;
  return told ?? /\.name\s*=\s*[."@]{1,3}(?<name>[\w-]{1,80})/.exec(manifest)?.groups?.["name"];
}

/** Spec > env > version files > the version that build.zig.zon was written with > what the sources still say > the newest. */
async function chooseZig(
  tree: SourceTree,
  path: string,
  sources: readonly NativeSource[],
  wishes: Wishes,
): Promise<LineChoice> {
  const at = joinPath(path, "build.zig.zon") ?? "build.zig.zon";
  const written = /\.minimum_zig_version\s*=\s*"(?<version>\d+\.\d+\.\d+)/.exec((await tree.read(at)) ?? "")?.groups?.[
    "version"
  ];
  const old = tells.find(([pattern]) => findNative(sources, [pattern]) !== undefined);
  const words: LineWord[] = [
    ...(await pinnedWords(tree, path, wishes, {
      names: ["zig"],
      environment: ["ZIG_VERSION", "RAILPACK_ZIG_VERSION", "NIXPACKS_ZIG_VERSION"],
      files: [".zigversion", ".zig-version"],
    })),
    ...(written === undefined
      ? []
      : [{ said: lineOf(written), from: `build.zig.zon minimum_zig_version ${written}`, where: at, pins: true }]),
    ...(old === undefined ? [] : [{ said: old[1], from: `${old[2]}, of Zig ${old[1]}`, pins: true }]),
  ];
  return chooseLine(zigLines, words, { ...wishes.platform, baseImages: "Any", commitDate: undefined });
}

function lineOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

function toolLine(version: string): string {
  const folder = `"$(python3 -c 'import os, ziglang; print(os.path.dirname(ziglang.__file__))')"`;
  return `pip install --break-system-packages --no-cache-dir 'ziglang==${version}.*' && ln -s ${folder}/zig /usr/local/bin/zig`;
}

/** Options that build.zig does not declare are errors. Another node may have an older processor. */
function buildLine(code: string): string {
  const target = code.includes("standardTargetOptions") ? " -Dcpu=baseline" : "";
  const mode = /preferred_optimize_mode/.test(code) ? " --release" : " -Doptimize=ReleaseSafe";
  return `zig build${/standardOptimizeOption/.test(code) ? mode : ""}${target}`;
}

function loneLine(file: string): string {
  return `mkdir -p zig-out/bin && zig build-exe -O ReleaseSafe -mcpu baseline -femit-bin=zig-out/bin/app ${file}`;
}

const library: Detection = {
  sure: "Likely",
  services: [],
  notAService: "a Zig library",
  lookedFor: [["addExecutable in build.zig, of more than examples", "none"]],
};
