import { parse } from "yaml";
import { z } from "zod";
import type { ServiceKind } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import { boundingWord, chooseLine, type Lines, type LineWord, pinnedWords } from "../../requirements/line-choice.ts";
import type { Detection, Language } from "../language.ts";
import { findNative, nativePort, readNative } from "../native-code.ts";
import { nativeService, sourceFolder } from "../native-service.ts";
import { runtimeFiles } from "../runtime-files.ts";

const Shard = z.object({
  name: z.string().max(100).catch(""),
  crystal: z.union([z.string(), z.number()]).optional().catch(undefined),
  targets: z.record(z.string(), z.object({ main: z.string().max(300).optional() }).nullable()).catch({}),
  dependencies: z.record(z.string(), z.unknown()).catch({}),
});

const crystalLines: Lines = {
  name: "crystallang/crystal",
  lines: [
    { line: "1.14", since: "2024-10", until: "2999-12" },
    { line: "1.17", since: "2025-07", until: "2999-12" },
  ],
  usual: "1.17",
};

const listens: readonly RegExp[] = [
  /\bHTTP::Server\b|\bTCPServer\b|\.bind_tcp\b/,
  /\bKemal\.run\b|\bGrip\b|\bAthena\b|\bATH\.run\b|\bAmber::Server\b|\bLucky\b|\bMarten\.start\b/,
];
const loops: readonly RegExp[] = [/\b(?:loop\s+do|while\s+true)\b[^]{0,600}?\b(?:sleep|receive)\b/];
const frameworks = ["kemal", "lucky", "amber", "marten", "athena", "grip"];

/** Libraries that Crystal's programs link with. */
const runtimeLibraries = [
  "libevent-2.1-7",
  "libgc1",
  "libgmp10",
  "libpcre2-8-0",
  "libssl3",
  "libxml2",
  "libyaml-0-2",
  "zlib1g",
];

/** Crystal: shard.yml and its targets; Kemal and its like. */
export const crystal: Language = {
  name: "crystal",
  async detect(tree, path, wishes): Promise<Detection | undefined> {
    const at = (name: string): string => joinPath(path, name) ?? name;
    const shard = readShard(await tree.read(at("shard.yml")));
    if (shard === undefined) return undefined;
    const targets = Object.keys(shard.targets).filter((name) => /^[\w.-]{1,80}$/.test(name));
    const lone = `src/${shard.name}.cr`;
    const sources = await readNative(tree, path, /\.cr$/, "Hash");
    const serving = findNative(sources, listens);
    const runs = /^[\w.-]+$/.test(shard.name) && (await tree.has(at(lone))) && serving !== undefined;
    const name =
      targets.find((each) => /server|web|api|app/.test(each)) ?? targets[0] ?? (runs ? shard.name : undefined);
    if (name === undefined) return library;
    const words: readonly LineWord[] = [
      ...(await pinnedWords(tree, path, wishes, {
        names: ["crystal"],
        environment: ["CRYSTAL_VERSION", "RAILPACK_CRYSTAL_VERSION", "NIXPACKS_CRYSTAL_VERSION"],
        files: [".crystal-version"],
      })),
      ...bounds(shard.crystal, at("shard.yml")),
    ];
    const choice = chooseLine(crystalLines, words, { ...wishes.platform, commitDate: undefined });
    const kind: ServiceKind =
      serving !== undefined ? "Web" : findNative(sources, loops) === undefined ? "Job" : "Worker";
    const framework = frameworks.find((one) => Object.hasOwn(shard.dependencies, one));
    const locked = await tree.has(at("shard.lock"));
    const install = `shards install${locked ? " --frozen" : ""} --without-development`;
    const build =
      targets.length > 0
        ? `shards build ${name} --release --no-debug`
        : `mkdir -p bin && crystal build --release --no-debug -o bin/${name} ${lone}`;
    const files = await runtimeFiles(tree, path, /\.(?:cr|ecr)$/);
    const kemal =
      framework === "kemal" && kind === "Web"
        ? ({ number: 3000, from: "Framework", readsPort: false } as const)
        : undefined;
    const service = nativeService({
      path,
      language: "crystal",
      framework,
      kind,
      runtime: { name: "crystal", choice },
      manager: {
        name: "shards",
        version: null,
        lockFile: locked ? "shard.lock" : null,
        mode: locked ? "Frozen" : "Unfrozen",
      },
      recipe: {
        buildImage: `docker.io/crystallang/crystal:${choice.version}`,
        runPackages: runtimeLibraries,
        manifests: ["shard.yml", ...(locked ? ["shard.lock"] : [])],
        install: Object.keys(shard.dependencies).length === 0 ? null : install,
        build,
        caches: [
          { id: "crystal", target: "/root/.cache/crystal" },
          { id: "shards", target: "/root/.cache/shards" },
        ],
        artifacts: [`bin/${name}`, ...files].map((one) => ({
          from: `${sourceFolder}/${one}`,
          to: `${sourceFolder}/${one}`,
        })),
      },
      start: `./bin/${name}`,
      port:
        serving === undefined
          ? undefined
          : (nativePort(sources, [
              /\bbind_tcp\(?\s*(?<number>\d{2,5})\b/,
              /\bKemal\.run\(?\s*(?:port:\s*)?(?<number>\d{2,5})\b/,
            ]) ?? kemal),
      because: serving === undefined ? `target ${name}; nothing in it listens` : `${serving.seen} in ${serving.where}`,
      where: serving?.where ?? at("shard.yml"),
    });
    return { sure: service.sure, services: [service], warnings: choice.warning === undefined ? [] : [choice.warning] };
  },
};

function readShard(text: string | undefined): z.infer<typeof Shard> | undefined {
  if (text === undefined) return undefined;
  try {
    return Shard.safeParse(parse(text, { maxAliasCount: 20 })).data;
  } catch {
    return undefined;
  }
}

/** A bare number is the oldest of its major version that will do. */
function bounds(said: string | number | undefined, where: string): readonly LineWord[] {
  const text = String(said ?? "");
  const range = /^\d+\.\d+(?:\.\d+)?$/.test(text) ? `>=${text}` : text.replaceAll(/,\s*/g, " ");
  const word = boundingWord(said === undefined ? undefined : range, `shard.yml crystal "${text}"`, where);
  return word === undefined ? [] : [word];
}

const library: Detection = {
  sure: "Likely",
  services: [],
  notAService: "a Crystal library (no targets in shard.yml)",
  lookedFor: [["targets in shard.yml", "none"]],
};
