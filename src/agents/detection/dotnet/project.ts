import { folderOf, joinPath } from "../../config/service-files.ts";
import { withoutBlocks } from "../comments.ts";
import type { SourceTree } from "../source-tree.ts";

/** One project of .NET, as far as its file says. */
export interface Project {
  /** Relative to the tree's root. */
  readonly file: string;
  readonly folder: string;
  /** Name of the program that it makes. */
  readonly assembly: string;
  readonly does: "Web" | "Worker" | "Program" | "Pages" | "Library" | "Test" | "Foreign";
  /** `net8.0`; undefined where no file says it. */
  readonly framework: string | undefined;
  /** Files of the projects that it is made of. */
  readonly references: readonly string[];
  readonly packages: ReadonlySet<string>;
  /** Its build calls npm. */
  readonly callsNpm: boolean;
  readonly hasHost: boolean;
}

const projectFile = /\.(?:cs|fs|vb)proj$/;

/** Project files of a folder itself. */
export async function projectFilesIn(tree: SourceTree, folder: string): Promise<readonly string[]> {
  return (await tree.list(folder))
    .filter((name) => projectFile.test(name))
    .map((name) => joinPath(folder, name) ?? name);
}

/** Project files that the solutions of a folder name. */
export async function solutionFilesIn(tree: SourceTree, folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of await tree.list(folder)) {
    if (!/\.slnx?$/.test(name)) continue;
    const text = (await tree.read(joinPath(folder, name) ?? name)) ?? "";
    for (const { groups } of text.matchAll(/"(?<path>[\w][\w .()\\/-]{0,200}\.(?:cs|fs|vb)proj)"/g)) {
      const path = joinPath(folder, (groups?.["path"] ?? "").replaceAll("\\", "/"));
      if (path !== undefined) found.push(path);
    }
  }
  return [...new Set(found)].slice(0, 64);
}

/** Reads a project; undefined where it is not there, or has a name that a shell could read otherwise. */
export async function readProject(tree: SourceTree, file: string): Promise<Project | undefined> {
  const text = await tree.read(file);
  if (text === undefined || !/^[\w][\w./-]*$/.test(file)) return undefined;
  const code = withoutBlocks(text, "<!--", "-->");
  const shared = await sharedProperties(tree, folderOf(file));
  const said = (name: string): string | undefined => property(code, name) ?? property(shared, name);
  const names = [...code.matchAll(/<PackageReference\b[^>]{0,300}?\bInclude="(?<name>[\w.-]{1,100})"/g)];
  const packages = new Set(names.map(({ groups }) => groups?.["name"] ?? ""));
  const references = [...code.matchAll(/<ProjectReference\b[^>]{0,300}?\bInclude="(?<path>[^"\n]{1,200})"/g)].flatMap(
    ({ groups }) => joinPath(folderOf(file), (groups?.["path"] ?? "").replaceAll("\\", "/")) ?? [],
  );
  const base = (file.split("/").at(-1) ?? file).replace(projectFile, "");
  const assembly = said("AssemblyName") ?? base;
  return {
    file,
    folder: folderOf(file),
    assembly: /^[\w][\w.-]{0,100}$/.test(assembly) ? assembly : base,
    does: doesOf(code, packages, said),
    framework: said("TargetFramework") ?? said("TargetFrameworks")?.split(";")[0]?.trim(),
    references,
    packages,
    callsNpm: /\bnpm\s+(?:install|ci|run)\b/.test(code),
    hasHost: !/<UseAppHost>\s*false/i.test(code),
  };
}

function doesOf(
  code: string,
  packages: ReadonlySet<string>,
  said: (name: string) => string | undefined,
): Project["does"] {
  const sdk = [...code.matchAll(/\bSdk(?:\s+Name)?="(?<sdk>[\w.]{1,60})/g)].map(({ groups }) => groups?.["sdk"] ?? "");
  const framework = said("TargetFramework") ?? said("TargetFrameworks") ?? "";
  const tests = ["Microsoft.NET.Test.Sdk", "xunit", "xunit.v3", "NUnit", "MSTest", "MSTest.TestFramework", "TUnit"];
  if (said("IsTestProject")?.toLowerCase() === "true" || tests.some((name) => packages.has(name))) return "Test";
  const windows =
    /-(?:windows|android|ios|maccatalyst)|^net4\d|^v4\./.test(framework) ||
    /<(?:UseWPF|UseWindowsForms|UseMaui)>\s*true/i.test(code);
  if (windows || sdk.length === 0 || sdk.includes("Aspire.AppHost.Sdk") || said("IsAspireHost") === "true")
    return "Foreign";
  if (sdk.includes("Microsoft.NET.Sdk.BlazorWebAssembly")) return "Pages";
  if (sdk.includes("Microsoft.NET.Sdk.Web")) return said("OutputType")?.toLowerCase() === "library" ? "Library" : "Web";
  if (sdk.includes("Microsoft.NET.Sdk.Worker")) return "Worker";
  return said("OutputType")?.toLowerCase() === "exe" ? "Program" : "Library";
}

/** What the nearest Directory.Build.props above a project says for all. */
async function sharedProperties(tree: SourceTree, folder: string): Promise<string> {
  for (let at = folder; ; at = folderOf(at)) {
    const text = await tree.read(joinPath(at, "Directory.Build.props") ?? "Directory.Build.props");
    if (text !== undefined) return text;
    if (at === ".") return "";
  }
}

function property(text: string, name: string): string | undefined {
  return new RegExp(`<${name}(?:\\s[^>]{0,200})?>\\s*(?<value>[\\w.;-]{1,100})\\s*</${name}>`).exec(text)?.groups?.[
    "value"
  ];
}
