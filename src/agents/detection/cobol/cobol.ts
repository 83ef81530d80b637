import { joinPath } from "../../config/service-files.ts";
import type { Detection, Language, Wishes } from "../language.ts";
import { nativeService, slimDebian, sourceFolder } from "../native-service.ts";
import { plainText } from "../plain-text.ts";
import { runtimeFiles } from "../runtime-files.ts";
import type { SourceTree } from "../source-tree.ts";

/** Debian's stable GnuCOBOL, and the library that its programs run on. */
const compiler = "gnucobol3";
const library = "libcob4";

interface CobolSource {
  readonly file: string;
  readonly text: string;
  /** Name in PROGRAM-ID, in capitals. */
  readonly program: string;
}

/** COBOL: sources in the folder or in src/, compiled by GnuCOBOL; what the program calls is compiled with it. */
export const cobol: Language = {
  name: "cobol",
  async detect(tree, path, wishes): Promise<Detection | undefined> {
    const sources = await sourcesOf(tree, path);
    const chosen = chooseProgram(sources, wishes);
    if (chosen === undefined) return undefined;
    const { source, because } = chosen;
    const name = (source.file.split("/").at(-1) ?? "").replace(/\.\w+$/, "");
    const called = calledFrom(source, sources);
    const copies = (await tree.list(path)).filter((each) => /^(?:copy|copybooks?|cpy|copylib|include)\/$/i.test(each));
    const flags = [...(isFree(source.text) ? ["-free"] : []), ...copies.map((each) => `-I ${each.slice(0, -1)}`)];
    const files = await runtimeFiles(tree, path, /\.(?:cbl|cob|cpy)$/i);
    const told = ["COBOL_COMPILE_ARGS", "NIXPACKS_COBOL_COMPILE_ARGS"]
      .map((key) => wishes.env[key])
      .find((value) => value !== undefined);
    const options = told !== undefined && /^[\w =.,/-]{1,200}$/.test(told) ? told : ["-x", ...flags, "-o"].join(" ");
    const service = nativeService({
      path,
      language: "cobol",
      kind: "Job",
      runtime: { name: "gnucobol", choice: { version: "3.2", from: "Debian's stable GnuCOBOL" } },
      recipe: {
        buildImage: slimDebian,
        buildPackages: ["ca-certificates", "gcc", "libc6-dev", compiler],
        runPackages: [library],
        build: `cobc ${options} ${name} ${[source, ...called].map(({ file }) => file).join(" ")}`,
        artifacts: [name, ...files].map((one) => ({ from: `${sourceFolder}/${one}`, to: `${sourceFolder}/${one}` })),
      },
      start: `./${name}`,
      because,
      where: joinPath(path, source.file),
    });
    const others = sources.filter((one) => one !== source && !called.includes(one)).map(({ file }) => file);
    const warnings =
      others.length === 0 ? [] : [plainText(`${source.file} is run; there are also ${others.slice(0, 5).join(", ")}`)];
    return { sure: "Likely", services: [service], warnings };
  },
};

async function sourcesOf(tree: SourceTree, path: string): Promise<readonly CobolSource[]> {
  const found: CobolSource[] = [];
  for (const folder of [".", "src"]) {
    const names = (await tree.list(joinPath(path, folder) ?? folder)).filter((name) =>
      /^[\w][\w.-]{0,49}\.(?:cbl|cob)$/i.test(name),
    );
    for (const name of names.slice(0, 64)) {
      const file = folder === "." ? name : `${folder}/${name}`;
      const text = await tree.read(joinPath(path, file) ?? file);
      const program = /\bPROGRAM-ID\s*\.\s*["']?(?<name>[\w-]{1,60})/i.exec(text ?? "")?.groups?.["name"];
      if (text !== undefined && program !== undefined) found.push({ file, text, program: program.toUpperCase() });
    }
  }
  return found;
}

/** The program that a person named; `index`, `main`; the only one that nobody calls; the first. */
function chooseProgram(
  sources: readonly CobolSource[],
  { env }: Wishes,
): { readonly source: CobolSource; readonly because: string } | undefined {
  const told = ["COBOL_APP_NAME", "NIXPACKS_COBOL_APP_NAME"]
    .map((key) => env[key])
    .find((value) => value !== undefined);
  const stem = (file: string): string => (file.split("/").at(-1) ?? "").replace(/\.\w+$/, "").toLowerCase();
  const named = told === undefined ? undefined : sources.find(({ file }) => stem(file) === told.toLowerCase());
  if (named !== undefined) return { source: named, because: "COBOL_APP_NAME" };
  const mains = sources.filter((one) => !/\bPROCEDURE\s+DIVISION\s+USING\b/i.test(one.text));
  const usual = ["index", "main", "app"]
    .map((name) => mains.find(({ file }) => stem(file) === name))
    .find((one) => one !== undefined);
  if (usual !== undefined) return { source: usual, because: `${usual.file} bears the usual name` };
  const free = mains.find((one) => !sources.some((other) => other !== one && calls(other).has(one.program)));
  const source = free ?? sources[0];
  return source === undefined ? undefined : { source, because: `${source.file} is called by no other` };
}

function calls({ text }: CobolSource): ReadonlySet<string> {
  return new Set(
    [...text.matchAll(/\bCALL\s+["'](?<name>[\w-]{1,60})["']/gi)].map((match) =>
      (match.groups?.["name"] ?? "").toUpperCase(),
    ),
  );
}

/** Programs that it calls, and those that they call. */
function calledFrom(source: CobolSource, all: readonly CobolSource[]): readonly CobolSource[] {
  const found: CobolSource[] = [];
  const open = [source];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const names = calls(at);
    for (const one of all) {
      if (one === source || found.includes(one) || !names.has(one.program)) continue;
      found.push(one);
      open.push(one);
    }
  }
  return found.slice(0, 20);
}

/** Fixed form keeps its first seven columns for numbers and marks. */
function isFree(text: string): boolean {
  if (/>>\s*SOURCE\b/i.test(text)) return false;
  return /^[ \t]{0,6}(?:IDENTIFICATION|ID)\s+DIVISION\b/im.test(text) && !/^\d{6}/m.test(text);
}
