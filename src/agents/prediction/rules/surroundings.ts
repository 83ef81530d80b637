import { findInCode, placeOf } from "../../config/code-text.ts";
import type { CodeLanguage } from "../../config/code-text.ts";
import { refusalOf } from "../../fixer/policy.ts";
import { addLibrary } from "../../fixer/tables/lookup.ts";
import { compiler } from "../../fixer/tables/native-library.ts";
import { type Foreseen, foreseen, pathIn, type PredictionRule, type Scene, startedCode } from "../prediction-rule.ts";

/** Calls that make a folder or write a file at a place that is written out. */
const writes: Readonly<Record<string, { readonly code: CodeLanguage; readonly call: RegExp }>> = {
  node: {
    code: "javascript",
    call: /\b(?<how>mkdirSync|mkdir|writeFileSync|writeFile|appendFileSync|createWriteStream)\(\s*["'](?<path>\/[\w./-]{1,160})["']/g,
  },
  python: {
    code: "python",
    call: /\b(?<how>makedirs|mkdir|open)\(\s*["'](?<path>\/[\w./-]{1,160})["'](?<mode>\s*,\s*["'][wax])?/g,
  },
  go: {
    code: "go",
    call: /\bos\.(?<how>MkdirAll|Mkdir|WriteFile|Create)\(\s*"(?<path>\/[\w./-]{1,160})"/g,
  },
};

async function folders(scene: Scene): Promise<readonly Foreseen[]> {
  const { service } = scene;
  const row = Object.hasOwn(writes, service.language) ? writes[service.language] : undefined;
  if (row === undefined) return [];
  const found = new Map<string, Foreseen>();
  for (const source of await startedCode(scene, [row.code])) {
    for (const { groups, index } of findInCode(source, row.call)) {
      const { how = "", path = "", mode } = groups;
      if (how === "open" && mode === undefined) continue;
      const folder = /^mkdir|^Mkdir|^makedirs/.test(how) ? path : path.replace(/\/[^/]{1,160}$/, "");
      const place = folder.replace(/\/+$/, "");
      const action = { kind: "AddWritablePath", path: place } as const;
      const isHeld = service.volumes.some((volume) => place === volume.path || place.startsWith(`${volume.path}/`));
      if (isHeld || place.startsWith("/tmp") || refusalOf(action, service, undefined) !== undefined) continue;
      if ([...found.keys()].some((other) => place.startsWith(`${other}/`) || other === place)) continue;
      found.set(place, {
        action,
        because: `it writes to ${place}, which only a folder of its own lets it`,
        where: placeOf(source, index),
      });
    }
  }
  return [...found.values()].slice(0, 4);
}

/** Options by which servers are told an address. */
const loopback =
  /(?:--(?:host|bind|hostname|address|ip|server\.address|addr)|-H|-b|-h)[ =](?:127\.0\.0\.1|localhost)(?::\S{1,20})?(?=\s|$)/g;

async function bound({ service }: Scene): Promise<readonly Foreseen[]> {
  const start = service.start ?? "";
  const told = [...start.matchAll(loopback)];
  const others = [...start.matchAll(/127\.0\.0\.1|localhost/g)].length;
  if (service.kind !== "Web" || told.length !== 1 || others !== 1) return [];
  const reason = service.why.find(({ about }) => about === "start");
  const because = `its start has it listen on ${/localhost/.test(told[0]?.[0] ?? "") ? "localhost" : "127.0.0.1"} only, where nobody else reaches it`;
  return [{ action: { kind: "SetBind" }, because, ...(reason?.where === undefined ? {} : { where: reason.where }) }];
}

/** Shell scripts with the line ends of Windows that a line of the plan runs. */
async function lineEnds({ tree, service }: Scene): Promise<readonly Foreseen[]> {
  const lines = [service.recipe.install, service.recipe.build, service.start].map((line) => line ?? "");
  const manifest = (await tree.read(pathIn(service, "package.json"))) ?? "";
  const scripts = /\b(?:npm|yarn|pnpm|bun)\b/.test(lines.join(" ")) ? manifest : "";
  const named = [
    ...`${lines.join(" ")} ${scripts}`.matchAll(
      /(?:^|[\s"'=;&])(?:\.\/)?(?<file>[\w][\w./-]{0,80}\.sh|mvnw|gradlew)(?=["'\s;&]|$)/g,
    ),
  ];
  for (const file of new Set(named.map(({ groups }) => groups?.["file"] ?? ""))) {
    const path = pathIn(service, file);
    const text = (await tree.read(path)) ?? "";
    if (!/^#![^\n]{0,80}\r\n/.test(text)) continue;
    const because = `${file} has the line ends of Windows, which no shell here reads; they are mended in the build`;
    return [{ action: { kind: "AddBuildStep", step: "ScriptRights" }, because, where: path }];
  }
  return [];
}

/** A Dockerfile that copies what is not in its context, and is in another folder that it may have been written for. */
async function context({ tree, service }: Scene): Promise<readonly Foreseen[]> {
  const { dockerfile, context: present } = service.recipe;
  const text = dockerfile === undefined ? undefined : await tree.read(dockerfile);
  if (dockerfile === undefined || text === undefined) return [];
  const copied = copies(text);
  const all = async (folder: string): Promise<boolean> => {
    for (const path of copied) {
      const at = pathIn({ path: folder }, path);
      if (!(await tree.has(at)) && (await tree.list(at)).length === 0) return false;
    }
    return true;
  };
  if (copied.length === 0 || (await all(present))) return [];
  const folder = dockerfile.includes("/") ? dockerfile.slice(0, dockerfile.lastIndexOf("/")) : ".";
  for (const other of [".", folder]) {
    if (other === present || !(await all(other))) continue;
    const because = `its Dockerfile copies what is not in ${present}; built from ${other === "." ? "the root" : other}`;
    return [{ action: { kind: "SetBuildContext", context: other }, because, where: dockerfile }];
  }
  return [];
}

/** Plain paths that a Dockerfile takes out of its context: no globs, no variables, nothing of another stage. */
function copies(text: string): readonly string[] {
  return text
    .replaceAll(/\\\r?\n/g, " ")
    .split("\n")
    .slice(0, 400)
    .flatMap((line) => {
      const words =
        /^\s*(?:COPY|ADD)\s+(?<rest>[^\n]{1,400})$/i.exec(line)?.groups?.["rest"]?.trim().split(/\s+/) ?? [];
      if (words.some((word) => word.startsWith("--from") || word.startsWith("[") || word.startsWith("<<"))) return [];
      const paths = words.filter((word) => !word.startsWith("--")).slice(0, -1);
      return paths.map((path) => path.replace(/^\.?\//, "").replace(/\/$/, ""));
    })
    .filter((path) => /^[\w@][\w@+./-]{0,160}$/.test(path) && !path.split("/").includes(".."))
    .slice(0, 40);
}

const compilers: ReadonlySet<string> = new Set([...compiler, "pkg-config"]);

/** Headers of C's own and of the tree are nobody's package. */
async function native({ tree, service }: Scene): Promise<readonly Foreseen[]> {
  const files = await tree.files(service.path);
  const own = new Set(files.map((path) => path.slice(path.lastIndexOf("/") + 1)));
  const found = new Map<string, Foreseen>();
  const add = (kind: "header" | "name" | "command", word: string, where: string, because: string): void => {
    for (const stage of ["Build", "Run"] as const) {
      if (stage === "Run" && kind === "command") continue;
      for (const one of foreseen(
        addLibrary(service, stage, kind, word),
        because,
        where,
        kind === "command" ? "C02b" : undefined,
      )) {
        // A compiler alone is there under other names.
        const isNew = one.action.kind === "AddPackages" && one.action.packages.some((name) => !compilers.has(name));
        if (isNew) found.set(JSON.stringify(one.action), one);
      }
    }
  };
  for (const path of files.filter((each) => /\.(?:c|cc|cpp|cxx|h|hpp)$/.test(each)).slice(0, 200)) {
    const text = (await tree.read(path)) ?? "";
    // What stands behind a condition may be left out.
    const plain = text
      .slice(0, 200_000)
      .replaceAll(/^[ \t]*#[ \t]*if[^\n]*\n(?:[^\n]*\n){0,200}?[ \t]*#[ \t]*endif/gm, "");
    for (const [, header = ""] of plain.matchAll(/^[ \t]*#[ \t]*include[ \t]*<([\w./+-]{1,80})>/gm)) {
      if (own.has(header.slice(header.lastIndexOf("/") + 1))) continue;
      add("header", header, path, `it includes ${header}, which no package of the build has`);
    }
  }
  const makefile = pathIn(service, "Makefile");
  for (const [, tool = ""] of ((await tree.read(makefile)) ?? "").matchAll(
    /^\t[@-]{0,2}(flex|bison|yacc|nasm|yasm|swig|m4|protoc|gperf|xxd)\b/gm,
  ))
    add("command", tool, makefile, `its Makefile calls ${tool}, which no package of the build has`);
  const cmake = pathIn(service, "CMakeLists.txt");
  const cmakeText = (await tree.read(cmake)) ?? "";
  for (const [, list = ""] of cmakeText.matchAll(
    /\bpkg_(?:check|search)_modules?\s*\(\s*\w{1,40}\s+REQUIRED\s+([^)]{1,300})\)/g,
  )) {
    for (const word of list.split(/\s+/).filter((each) => /^[a-z][\w.+-]{1,40}$/.test(each)))
      add("name", word, cmake, `its CMakeLists.txt requires ${word}, which no package of the build has`);
  }
  for (const [, name = ""] of cmakeText.matchAll(/\bfind_package\s*\(\s*(\w{1,40})\b[^)]{0,200}\bREQUIRED\b/g))
    if (name !== "PkgConfig" && name !== "Threads")
      add("name", name.toLowerCase(), cmake, `its CMakeLists.txt requires ${name}, which no package of the build has`);
  return [...found.values()].slice(0, 8);
}

/** What a build script of Rust's links to or calls. */
async function buildScript({ tree, service }: Scene): Promise<readonly Foreseen[]> {
  const path = pathIn(service, "build.rs");
  const text = (await tree.read(path)) ?? "";
  const found: Foreseen[] = [];
  for (const [, name = ""] of text.matchAll(/rustc-link-lib=(?:dylib=)?([\w.+-]{1,40})"/g)) {
    const because = `its build.rs links to ${name}, which no package of the build has`;
    for (const stage of ["Build", "Run"] as const)
      found.push(...foreseen(addLibrary(service, stage, "name", name), because, path));
  }
  for (const [, program = ""] of text.matchAll(/Command::new\("([a-z][\w.+-]{1,29})"\)/g)) {
    if (program === "cargo" || program === "rustc" || program === "git") continue;
    found.push(
      ...foreseen(
        addLibrary(service, "Build", "command", program),
        `its build.rs calls ${program}, which no package of the build has`,
        path,
      ),
    );
  }
  return found.slice(0, 6);
}

/** What a program and its build need around them, in any language. */
export const surroundings: readonly PredictionRule[] = [
  { id: "V40", forestalls: "K08", sees: "code that writes to a folder outside of the sources", of: Object.keys(writes), foresee: folders },
  { id: "V41", forestalls: "K14b", sees: "a start that names the loopback as its address", of: ["python", "node", "ruby", "php", "bun", "deno"], foresee: bound },
  { id: "V42", forestalls: "O06", sees: "a script with the line ends of Windows that the plan runs", of: ["node", "python", "go", "java", "ruby", "php", "bun", "shell"], foresee: lineEnds },
  { id: "V43", forestalls: "O07", sees: "a Dockerfile that copies what is in another folder", of: ["dockerfile"], dockerfile: true, foresee: context },
  { id: "V44", forestalls: "C01", sees: "C and C++ that name headers, libraries and tools of well-known packages", of: ["cpp", "c"], foresee: native },
  { id: "V45", forestalls: "S04", sees: "a build.rs that links to a well-known library or calls a well-known tool", of: ["rust"], foresee: buildScript },
]; // prettier-ignore
