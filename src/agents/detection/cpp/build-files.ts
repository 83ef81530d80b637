import { joinPath } from "../../config/service-files.ts";
import { withoutComments } from "../native-code.ts";
import type { SourceTree } from "../source-tree.ts";

/** How a C or C++ folder is built. */
export interface CppBuild {
  readonly tool: "cmake" | "meson" | "make" | "autotools" | "cc";
  /** The file that says so, relative to the tree's root. */
  readonly where: string;
  /** All that the build files say, comments blanked; what is below a folder that CMake or Meson takes in among it. */
  readonly text: string;
  /** Programs that it makes, the likeliest first; paths relative to where the build puts them. */
  readonly programs: readonly string[];
  /** What make is asked for, with a space before it; "" for its first target. */
  readonly goal?: string;
  /** Sources of a program that has no build file. */
  readonly sources?: readonly string[];
}

const word = "[\\w.+-]{1,80}";

/** Finds how a folder is built: CMake before Meson before a Makefile before configure, as people rank them; at last a lone source. */
export async function readCppBuild(tree: SourceTree, folder: string): Promise<CppBuild | undefined> {
  return (
    (await cmake(tree, folder)) ??
    (await meson(tree, folder)) ??
    (await makefile(tree, folder)) ??
    (await autotools(tree, folder)) ??
    (await loneSources(tree, folder))
  );
}

async function cmake(tree: SourceTree, folder: string): Promise<CppBuild | undefined> {
  const where = joinPath(folder, "CMakeLists.txt") ?? "CMakeLists.txt";
  if (!(await tree.has(where))) return undefined;
  const parts = await nested(tree, folder, "CMakeLists.txt", /\badd_subdirectory\(\s*"?(?<below>[\w./-]{1,120})/gi);
  const project =
    new RegExp(`\\bproject\\(\\s*"?(?<name>${word})`, "i").exec(parts[0]?.text ?? "")?.groups?.["name"] ?? "";
  const programs = parts.flatMap(({ below, text }) =>
    [
      ...text.matchAll(
        new RegExp(
          `\\badd_executable\\(\\s*"?(?<name>\\$\\{\\w{1,60}\\}|${word})"?(?<kind>\\s+(?:IMPORTED|ALIAS)\\b)?`,
          "gi",
        ),
      ),
    ].flatMap(({ groups }) => {
      if (groups?.["kind"] !== undefined) return [];
      const target = valueOf(groups?.["name"] ?? "", text, project);
      const told = new RegExp(
        `set_target_properties\\(\\s*${escaped(groups?.["name"] ?? "")}\\s[^)]{0,400}?OUTPUT_NAME\\s+"?(?<name>${word})`,
        "i",
      ).exec(text);
      const name = told?.groups?.["name"] ?? target;
      return name === undefined ? [] : [joinPath(below, name) ?? name];
    }),
  );
  return { tool: "cmake", where, text: textOf(parts), programs: ordered(programs, project) };
}

/** `${PROJECT_NAME}` and names that the same file sets. */
function valueOf(name: string, text: string, project: string): string | undefined {
  const variable = /^\$\{(?<name>\w{1,60})\}$/.exec(name)?.groups?.["name"];
  if (variable === undefined) return name;
  if (/^(?:CMAKE_)?PROJECT_NAME$/.test(variable)) return project === "" ? undefined : project;
  return new RegExp(`\\bset\\(\\s*${variable}\\s+"?(?<value>${word})"?\\s*\\)`, "i").exec(text)?.groups?.["value"];
}

async function meson(tree: SourceTree, folder: string): Promise<CppBuild | undefined> {
  const where = joinPath(folder, "meson.build") ?? "meson.build";
  if (!(await tree.has(where))) return undefined;
  const parts = await nested(tree, folder, "meson.build", /\bsubdir\(\s*'(?<below>[\w./-]{1,120})'/g);
  const project = new RegExp(`\\bproject\\(\\s*'(?<name>${word})'`).exec(parts[0]?.text ?? "")?.groups?.["name"] ?? "";
  const programs = parts.flatMap(({ below, text }) =>
    [
      ...text.matchAll(
        new RegExp(`\\bexecutable\\(\\s*(?:'(?<name>${word})'|(?<own>meson\\.project_name\\(\\)))`, "g"),
      ),
    ].flatMap(({ groups }) => {
      const name = groups?.["name"] ?? project;
      return name === "" ? [] : [joinPath(below, name) ?? name];
    }),
  );
  return { tool: "meson", where, text: textOf(parts), programs: ordered(programs, project) };
}

interface Part {
  readonly below: string;
  readonly text: string;
}

/** The build file of a folder and of the folders that it takes in; at most 24. */
async function nested(tree: SourceTree, folder: string, name: string, takesIn: RegExp): Promise<readonly Part[]> {
  const parts: Part[] = [];
  const open = ["."];
  for (let below = open.shift(); below !== undefined && parts.length < 24; below = open.shift()) {
    const text = await tree.read(joinPath(folder, below, name) ?? name);
    if (text === undefined || parts.some((part) => part.below === below)) continue;
    const code = withoutComments(text, "Hash").slice(0, 100_000);
    parts.push({ below, text: code });
    for (const match of code.matchAll(takesIn)) {
      const next = joinPath(below, match.groups?.["below"] ?? "");
      if (
        next !== undefined &&
        !/(?:^|\/)(?:tests?|examples?|bench\w*|docs?|third_party|external|extern|vendor)(?:\/|$)/i.test(next)
      )
        open.push(next);
    }
  }
  return parts;
}

async function makefile(tree: SourceTree, folder: string): Promise<CppBuild | undefined> {
  for (const name of ["GNUmakefile", "Makefile", "makefile"]) {
    const where = joinPath(folder, name) ?? name;
    const text = await tree.read(where);
    if (text === undefined) continue;
    const code = withoutComments(text, "Hash").slice(0, 100_000);
    const variables = new Map<string, string>();
    for (const match of code.matchAll(/^[ \t]*(?<name>[\w.-]{1,60})[ \t]*[:?]?=[ \t]*(?<value>[^\n]{0,200})$/gm))
      variables.set(match.groups?.["name"] ?? "", (match.groups?.["value"] ?? "").trim());
    const made = [...code.matchAll(/(?:^|\s)-o[ \t]+(?<out>[\w./$(){}@+-]{1,120})/g)].map(
      (match) => match.groups?.["out"] ?? "",
    );
    const named = [
      "TARGET",
      "BIN",
      "PROGRAM",
      "PROG",
      "EXEC",
      "EXECUTABLE",
      "EXE",
      "NAME",
      "APP",
      "OUT",
      "OUTPUT",
    ].flatMap((each) => variables.get(each) ?? []);
    const all = /^all[ \t]*:[ \t]*(?<needs>[^\n=]{0,200})$/m.exec(code)?.groups?.["needs"]?.split(/\s+/) ?? [];
    const first = /^(?!\.)(?<target>[\w./$(){}-]{1,80})[ \t]*:(?!=)/m.exec(code)?.groups?.["target"] ?? "";
    const programs = [...named, ...all, ...made, first]
      .map((one) => resolved(one, variables))
      .filter((one) => one !== undefined)
      .filter(
        (one) =>
          /^[\w][\w./+-]*$/.test(one) &&
          !/\.(?:o|a|so|d|h|c|cc|cpp)$|^(?:all|build|default|clean|run|install|test|debug|release)$/.test(one),
      )
      .filter((one) => !/(?:^|\/)\.\.(?:\/|$)/.test(one));
    const compiles = /\b(?:gcc|g\+\+|clang|clang\+\+|cc|c\+\+)\b|\$[({](?:CC|CXX)[)}]/.test(code);
    const hasSources = (await tree.files(folder)).some((path) => /\.(?:c|cc|cpp|cxx)$/.test(path));
    if (!hasSources || (!compiles && programs.length === 0)) continue;
    return {
      tool: "make",
      where,
      text: code,
      goal: goalOf(code, first),
      programs: [...new Set(programs)].slice(0, 16),
    };
  }
  return undefined;
}

/** The first target is what make builds; where that is help or a run, the one that is called like a build. */
function goalOf(code: string, first: string): string {
  if (!/^(?:help|run|start|test|check|clean|install|setup|deps|lint|format|docker[\w-]*)$/.test(first)) return "";
  const name = ["all", "build", "release", "compile"].find((each) =>
    new RegExp(`^${each}[ \\t]*:(?!=)`, "m").test(code),
  );
  return name === undefined ? "" : ` ${name}`;
}

/** `$(BUILD)/$(TARGET)` written out; undefined where something is not known. */
function resolved(text: string, variables: ReadonlyMap<string, string>): string | undefined {
  let value = text;
  for (let depth = 0; depth < 4 && /\$[({]/.test(value); depth += 1) {
    value = value
      .slice(0, 400)
      .replaceAll(/\$[({](\w{1,60})[)}]/g, (_whole, name: string) => variables.get(name) ?? "$");
  }
  return value.includes("$") || /\s/.test(value) ? undefined : value.replace(/^\.\//, "");
}

async function autotools(tree: SourceTree, folder: string): Promise<CppBuild | undefined> {
  const where = joinPath(folder, "configure.ac") ?? "configure.ac";
  const text = await tree.read(where);
  if (text === undefined) return undefined;
  const makes = (await tree.files(folder)).filter((path) => path.endsWith("Makefile.am")).slice(0, 24);
  const texts = await Promise.all(makes.map(async (path) => ({ path, text: (await tree.read(path)) ?? "" })));
  const prefix = folder === "." ? "" : `${folder}/`;
  const programs = texts.flatMap(({ path, text: told }) => {
    const names =
      /^(?:bin|sbin)_PROGRAMS[ \t]*=[ \t]*(?<names>[^\n]{1,200})$/m.exec(told)?.groups?.["names"]?.split(/\s+/) ?? [];
    const below = path.slice(prefix.length, -"Makefile.am".length);
    return names.filter((name) => /^[\w.-]+$/.test(name)).map((name) => `${below}${name}`);
  });
  return { tool: "autotools", where, text: withoutComments(text, "Hash"), programs };
}

/** `main.c` or `main.cpp` beside nothing that builds it: all sources of its folder are one program. */
async function loneSources(tree: SourceTree, folder: string): Promise<CppBuild | undefined> {
  for (const place of [".", "src"]) {
    const names = (await tree.list(joinPath(folder, place) ?? place)).filter((name) =>
      /^[\w+][\w.+-]{0,39}\.(?:c|cc|cpp|cxx)$/.test(name),
    );
    const main =
      names.find((name) => /^(?:main|server|app)\.(?:c|cc|cpp|cxx)$/.test(name)) ??
      (names.length === 1 ? names[0] : undefined);
    if (main === undefined) continue;
    const text = (await tree.read(joinPath(folder, place, main) ?? main)) ?? "";
    if (!/\bmain\s*\(/.test(text)) continue;
    const ending = main.slice(main.lastIndexOf("."));
    const sources = names
      .filter((name) => name.endsWith(ending))
      .map((name) => (place === "." ? name : `${place}/${name}`));
    return {
      tool: "cc",
      where: joinPath(folder, place, main) ?? main,
      text: "",
      programs: [],
      sources: sources.slice(0, 40),
    };
  }
  return undefined;
}

function textOf(parts: readonly Part[]): string {
  return parts
    .map(({ text }) => text)
    .join("\n")
    .slice(0, 400_000);
}

/** Tests and examples last, the project's own name and a server first. */
function ordered(programs: readonly string[], project: string): readonly string[] {
  const rank = (path: string): number => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (/test|bench|example|demo|sample|fuzz/i.test(path)) return 4;
    if (name.toLowerCase() === project.toLowerCase()) return 0;
    return /server|web|api|app|main|httpd/i.test(name) ? 1 : 2;
  };
  return [...new Set(programs)]
    .filter((path) => /^[\w][\w./+-]*$/.test(path))
    .toSorted((one, other) => rank(one) - rank(other))
    .slice(0, 16);
}

function escaped(text: string): string {
  return text.replaceAll(/[^\w-]/g, String.raw`\$&`);
}
