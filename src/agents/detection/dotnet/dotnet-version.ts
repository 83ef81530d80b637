import { z } from "zod";
import { joinPath } from "../../config/service-files.ts";
import { chooseLine, type LineChoice, type Lines, type LineWord, pinnedWords } from "../../requirements/line-choice.ts";
import { parseRelaxedJson } from "../comments.ts";
import type { Wishes } from "../language.ts";
import type { SourceTree } from "../source-tree.ts";
import type { Project } from "./project.ts";

/** Where the official images of .NET are. */
export const sdkImage = "mcr.microsoft.com/dotnet/sdk";
export const runtimeImage = "mcr.microsoft.com/dotnet/aspnet";

/** .NET's lines that have official images. Bumped by hand. */
const dotnet: Lines = {
  name: "dotnet",
  image: sdkImage,
  lines: [
    { line: "5.0", since: "2020-11", until: "2022-05" },
    { line: "6.0", since: "2021-11", until: "2024-11" },
    { line: "7.0", since: "2022-11", until: "2024-05" },
    { line: "8.0", since: "2023-11", until: "2026-11" },
    { line: "9.0", since: "2024-11", until: "2026-11" },
    { line: "10.0", since: "2025-11", until: "2028-11" },
  ],
  usual: "10.0",
};

const places = {
  names: ["dotnet", "dotnet-core"],
  environment: [
    "DOTNET_VERSION",
    "RAILPACK_DOTNET_VERSION",
    "NIXPACKS_CSHARP_SDK_VERSION",
    "NIXPACKS_FSHARP_SDK_VERSION",
    "BP_DOTNET_FRAMEWORK_VERSION",
  ],
  files: [],
};

export interface DotnetChoice extends LineChoice {
  /** Tag of the SDK's image, and of the runtime's. */
  readonly sdk: string;
  readonly runtime: string;
}

const GlobalJson = z.object({
  sdk: z.object({ version: z.string().max(40), rollForward: z.string().max(40).optional() }),
});

/** Which .NET builds it, and which runs it: spec > environment > mise and asdf > global.json > TargetFramework > the usual one. */
export async function chooseDotnet(
  tree: SourceTree,
  folder: string,
  project: Project,
  wishes: Wishes,
): Promise<DotnetChoice> {
  const words: LineWord[] = [...(await pinnedWords(tree, folder, wishes, places))];
  const told = await globalJson(tree, folder);
  if (told !== undefined) words.push(told.word);
  const target = /^net(?:coreapp)?(?<line>\d{1,2}\.\d)/.exec(project.framework ?? "")?.groups?.["line"];
  if (target !== undefined) {
    const from = `${project.file} TargetFramework ${project.framework ?? ""}`;
    words.push({ said: target, from, where: project.file, pins: true });
  }
  const choice = chooseLine(dotnet, words, wishes.platform);
  const line = lineOf(choice.version);
  // An SDK builds for what is older than it, and never for what is newer.
  const newer = target !== undefined && Number.parseFloat(target) > Number.parseFloat(line);
  const exact = told?.exact === true && choice.version === told.word.said;
  const sdk = newer ? target : exact ? choice.version : line;
  return { ...choice, version: newer ? target : line, sdk, runtime: target ?? line };
}

/** `8.0.100` is of the line 8.0; `8` too. */
function lineOf(version: string): string {
  const [major = "", minor = "0"] = version.split(".");
  return `${major}.${minor}`;
}

/** The SDK that global.json names; only one that may not roll forward has to be exactly it. */
async function globalJson(tree: SourceTree, folder: string): Promise<{ word: LineWord; exact: boolean } | undefined> {
  for (const one of folder === "." ? ["."] : [folder, "."]) {
    const path = joinPath(one, "global.json") ?? "global.json";
    const sdk = GlobalJson.safeParse(parseRelaxedJson((await tree.read(path)) ?? "")).data?.sdk;
    if (sdk === undefined || !/^\d{1,2}\.\d{1,2}(?:\.\d{1,4})?$/.test(sdk.version)) continue;
    const exact = !/feature|minor|major/i.test(sdk.rollForward ?? "") && sdk.version.split(".").length === 3;
    return { word: { said: sdk.version, from: path, where: path, pins: true }, exact };
  }
  return undefined;
}
