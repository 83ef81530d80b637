import { parse } from "yaml";
import { z } from "zod";
import type { ServiceKind } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import { boundingWord, chooseLine, type Lines, type LineWord, pinnedWords } from "../../requirements/line-choice.ts";
import type { Detection, Language } from "../language.ts";
import { findNative, nativePort, readNative, readNativeFile } from "../native-code.ts";
import { nativeService, sourceFolder } from "../native-service.ts";
import { plainText } from "../plain-text.ts";
import { runtimeFiles } from "../runtime-files.ts";

const Pubspec = z.object({
  name: z.string().max(100).catch(""),
  environment: z.object({ sdk: z.string().max(64).optional().catch(undefined) }).catch({}),
  dependencies: z.record(z.string(), z.unknown()).nullish().catch({}),
  executables: z.record(z.string(), z.unknown()).nullish().catch({}),
});

const dartLines: Lines = {
  name: "dart",
  lines: [
    { line: "2.19", since: "2023-01", until: "2023-05" },
    { line: "3.5", since: "2024-08", until: "2999-12" },
    { line: "3.9", since: "2025-08", until: "2999-12" },
  ],
  usual: "3.9",
};

const listens: readonly RegExp[] = [
  /\bHttpServer\.bind\(|\bServerSocket\.bind\(|\bshelf_io\.serve\(|\bserve\(\s*\w/,
  /\bAngel\(|\bServerpod\(|\bConduit\b|\bAlfred\(/,
];
const loops: readonly RegExp[] = [/\bwhile\s*\(true\)[^]{0,600}?\b(?:delayed|sleep)\b/, /\bTimer\.periodic\(/];

/** Dart: programs in bin/, compiled to one file; shelf and its like. A Flutter app is none of them. */
export const dart: Language = {
  name: "dart",
  async detect(tree, path, wishes): Promise<Detection | undefined> {
    const at = (name: string): string => joinPath(path, name) ?? name;
    const pubspec = readPubspec(await tree.read(at("pubspec.yaml")));
    if (pubspec === undefined) return undefined;
    const dependencies = Object.keys(pubspec.dependencies ?? {});
    if (dependencies.includes("flutter")) return flutter;
    const programs = (await tree.list(at("bin")))
      .filter((name) => /^[\w-]{1,80}\.dart$/.test(name))
      .map((name) => name.slice(0, -5));
    const usual = ["server", pubspec.name, "main", ...Object.keys(pubspec.executables ?? {})];
    const name = usual.find((one) => programs.includes(one)) ?? programs[0];
    if (name === undefined) return library;
    const words: LineWord[] = [
      ...(await pinnedWords(tree, path, wishes, {
        names: ["dart"],
        environment: ["DART_VERSION", "RAILPACK_DART_VERSION", "NIXPACKS_DART_VERSION"],
        files: [".dart-version"],
      })),
      ...[
        boundingWord(
          pubspec.environment.sdk,
          `pubspec.yaml sdk "${pubspec.environment.sdk ?? ""}"`,
          at("pubspec.yaml"),
        ),
      ].filter((one) => one !== undefined),
    ];
    const choice = chooseLine(dartLines, words, { ...wishes.platform, commitDate: undefined });
    const main = await readNativeFile(tree, at(`bin/${name}.dart`));
    const sources = [...(main === undefined ? [] : [main]), ...(await readNative(tree, at("lib"), /\.dart$/))];
    const serving = findNative(sources, listens);
    const kind: ServiceKind =
      serving !== undefined ? "Web" : findNative(sources, loops) === undefined ? "Job" : "Worker";
    const locked = await tree.has(at("pubspec.lock"));
    const files = await runtimeFiles(tree, path, /\.dart$/);
    const service = nativeService({
      path,
      language: "dart",
      framework: ["shelf", "dart_frog", "serverpod", "alfred", "conduit_core"].find((one) =>
        dependencies.includes(one),
      ),
      kind,
      runtime: { name: "dart", choice },
      manager: {
        name: "pub",
        version: null,
        lockFile: locked ? "pubspec.lock" : null,
        mode: locked ? "Frozen" : "Unfrozen",
      },
      recipe: {
        buildImage: `docker.io/library/dart:${choice.version}`,
        manifests: ["pubspec.yaml", ...(locked ? ["pubspec.lock"] : [])],
        install: `dart pub get${locked ? " --enforce-lockfile" : ""}`,
        build: `dart compile exe bin/${name}.dart`,
        caches: [{ id: "pub", target: "/root/.pub-cache" }],
        artifacts: [`bin/${name}.exe`, ...files].map((one) => ({
          from: `${sourceFolder}/${one}`,
          to: `${sourceFolder}/${one}`,
        })),
      },
      start: `./bin/${name}.exe`,
      port:
        serving === undefined
          ? undefined
          : nativePort(sources, [/\b(?:serve|bind)\([^;)]{0,120}?,\s*(?<number>\d{2,5})\s*[,)]/]),
      because: serving === undefined ? "nothing in it listens" : `${serving.seen} in ${serving.where}`,
      where: serving?.where ?? at(`bin/${name}.dart`),
    });
    const others = programs.filter((one) => one !== name).slice(0, 5);
    return {
      sure: service.sure,
      services: [service],
      warnings: [
        ...(choice.warning === undefined ? [] : [choice.warning]),
        ...(others.length === 0 ? [] : [plainText(`bin/${name}.dart is run; there are also ${others.join(", ")}`)]),
      ],
    };
  },
};

function readPubspec(text: string | undefined): z.infer<typeof Pubspec> | undefined {
  if (text === undefined) return undefined;
  try {
    return Pubspec.safeParse(parse(text, { maxAliasCount: 20 })).data;
  } catch {
    return undefined;
  }
}

const library: Detection = {
  sure: "Likely",
  services: [],
  notAService: "a Dart library (nothing in bin/)",
  lookedFor: [["bin/*.dart", "none"]],
};

const flutter: Detection = {
  sure: "Likely",
  services: [],
  notAService: "a Flutter app, which runs on devices",
  lookedFor: [["a program in bin/ of a package without Flutter", "none"]],
};
