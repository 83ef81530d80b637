import type { ServiceKind } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import { boundingWord, chooseLine, type Lines, type LineWord, pinnedWords } from "../../requirements/line-choice.ts";
import type { Detection, Language } from "../language.ts";
import { findNative, nativePort, readNative } from "../native-code.ts";
import { nativeService, sourceFolder } from "../native-service.ts";
import { parseToml } from "../toml.ts";
import { runtimeFiles } from "../runtime-files.ts";

const gleamLines: Lines = {
  name: "gleam",
  lines: [{ line: "1.13.0", since: "2025-10", until: "2999-12" }],
  usual: "1.13.0",
};
const erlangLines: Lines = {
  name: "erlang",
  lines: [
    { line: "26", since: "2023-05", until: "2026-05" },
    { line: "27", since: "2024-05", until: "2999-12" },
    { line: "28", since: "2025-05", until: "2999-12" },
  ],
  usual: "27",
};

const listens: readonly RegExp[] = [
  /\bmist\.(?:start|start_http|start_https|new)\b/,
  /\bewe\.(?:start|new)\b|\bglisten\.(?:start|serve)\b/,
];
const loops: readonly RegExp[] = [/\bprocess\.sleep_forever\(/];

/** Gleam for Erlang: exported as a shipment; Wisp and Mist. */
export const gleam: Language = {
  name: "gleam",
  async detect(tree, path, wishes): Promise<Detection | undefined> {
    const at = (name: string): string => joinPath(path, name) ?? name;
    const manifest = parseToml((await tree.read(at("gleam.toml"))) ?? "");
    const name = manifest?.["name"];
    if (manifest === undefined || typeof name !== "string" || !/^[a-z][a-z0-9_]{0,80}$/.test(name)) return undefined;
    const sources = await readNative(tree, at("src"), /\.gleam$/);
    const main = sources.find(({ path: file }) => file === at(`src/${name}.gleam`));
    if (main === undefined || !/\bpub fn main\(/.test(main.text)) return library;
    if (manifest["target"] === "javascript") return browser;
    const bound = typeof manifest["gleam"] === "string" ? manifest["gleam"] : undefined;
    const words: LineWord[] = [
      ...(await pinnedWords(tree, path, wishes, {
        names: ["gleam"],
        environment: ["GLEAM_VERSION", "RAILPACK_GLEAM_VERSION", "NIXPACKS_GLEAM_VERSION"],
        files: [".gleam-version"],
      })),
      ...[boundingWord(bound, `gleam.toml gleam "${bound ?? ""}"`, at("gleam.toml"))].filter(
        (one) => one !== undefined,
      ),
    ];
    const any = { ...wishes.platform, commitDate: undefined };
    // The compiler is one file of its own image; what the platform lists are the images that things run in.
    const compiler = chooseLine(gleamLines, words, { ...any, baseImages: "Any" });
    const erlang = chooseLine(
      erlangLines,
      await pinnedWords(
        tree,
        path,
        { ...wishes, service: undefined },
        { names: ["erlang"], environment: ["ERLANG_VERSION", "RAILPACK_ERLANG_VERSION"], files: [".erlang-version"] },
      ),
      any,
    );
    const serving = findNative(sources, listens);
    const kind: ServiceKind =
      serving !== undefined ? "Web" : findNative(sources, loops) === undefined ? "Job" : "Worker";
    const locked = await tree.has(at("manifest.toml"));
    const whole = ["GLEAM_INCLUDE_SOURCE", "RAILPACK_GLEAM_INCLUDE_SOURCE"].some((key) =>
      /^(?:1|true|yes)$/i.test(wishes.env[key] ?? ""),
    );
    const files = whole ? [] : await runtimeFiles(tree, path, /\.gleam$/);
    const artifacts = whole
      ? [sourceFolder]
      : ["build/erlang-shipment", ...files].map((one) => `${sourceFolder}/${one}`);
    const version = /^\d+\.\d+$/.test(compiler.version) ? `${compiler.version}.0` : compiler.version;
    const service = nativeService({
      path,
      language: "gleam",
      framework: ["wisp", "mist"].find((one) => JSON.stringify(manifest["dependencies"] ?? {}).includes(`"${one}"`)),
      kind,
      runtime: { name: "gleam", choice: { ...compiler, version } },
      manager: {
        name: "gleam",
        version: null,
        lockFile: locked ? "manifest.toml" : null,
        mode: locked ? "Frozen" : "Unfrozen",
      },
      recipe: {
        buildImage: `docker.io/library/erlang:${erlang.version}`,
        runImage: `docker.io/library/erlang:${erlang.version}-slim`,
        borrows: [
          { image: `ghcr.io/gleam-lang/gleam:v${version}-scratch`, from: "/bin/gleam", to: "/usr/local/bin/gleam" },
        ],
        manifests: ["gleam.toml", ...(locked ? ["manifest.toml"] : [])],
        install: "gleam deps download",
        build: "gleam export erlang-shipment",
        artifacts: artifacts.map((one) => ({ from: one, to: one })),
      },
      start: "./build/erlang-shipment/entrypoint.sh run",
      port: serving === undefined ? undefined : nativePort(sources, [/\bport\(\s*(?:\w+,\s*)?(?<number>\d{2,5})\s*\)/]),
      because: serving === undefined ? "nothing in it listens" : `${serving.seen} in ${serving.where}`,
      where: serving?.where ?? main.path,
      why: [{ about: "erlang", value: `erlang ${erlang.version}`, because: erlang.from }],
    });
    const warnings = [compiler.warning, erlang.warning].filter((one) => one !== undefined);
    return { sure: service.sure, services: [service], warnings };
  },
};

const library: Detection = {
  sure: "Likely",
  services: [],
  notAService: "a Gleam library",
  lookedFor: [["pub fn main() in the package's own module", "none"]],
};

const browser: Detection = {
  sure: "Likely",
  services: [],
  notAService: "a Gleam package for JavaScript, which something else has to load",
  lookedFor: [["target in gleam.toml", "javascript"]],
};
