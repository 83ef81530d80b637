import type { ServiceKind } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import type { Detection, Language, Wishes } from "../language.ts";
import { findNative, nativePort, withoutComments } from "../native-code.ts";
import { nativeService, slimDebian, sourceFolder } from "../native-service.ts";
import { plainText } from "../plain-text.ts";
import type { SourceTree } from "../source-tree.ts";
import { commandsOf } from "./commands.ts";

const listens: readonly RegExp[] = [
  /\b(?:nc|netcat|ncat)\b[^\n|;]{0,80}?\s-\w{0,6}l/,
  /\bsocat\b[^\n]{0,120}?-LISTEN:/i,
  /\bhttpd\b[^\n;|]{0,80}?-[fp]|\b(?:darkhttpd|lighttpd|thttpd|webfsd|nginx)\b/,
  /-m\s+http\.server\b/,
];
const loops: readonly RegExp[] = [
  /\b(?:while\s+(?:true|:|\[)|until\s+false)[^]{0,2000}?\bdone\b/,
  /\bsleep\s+infinity\b|\btail\s+-[fF]\b|\binotifywait\b/,
];
const ports: readonly RegExp[] = [
  /\$\{PORT:-(?<number>\d{2,5})\}/,
  /-LISTEN:(?<number>\d{2,5})\b/i,
  /\bhttp\.server\s+(?<number>\d{2,5})\b/,
  /\b(?:nc|netcat|ncat)\b[^\n|;]{0,80}?\s-\w{0,6}l\w{0,6}\s+(?:-\w+\s+){0,4}(?<number>\d{2,5})\b/,
  /\s(?:-p|--port)[ =]?(?:[\d.]{0,15}:)?(?<number>\d{2,5})\b/,
  /\bPORT=["']?(?<number>\d{2,5})\b/,
];

/** A script that starts it all: `start.sh`, the one that SHELL_SCRIPT names, or the one that is all of a declared start. */
export const shell: Language = {
  name: "shell",
  async detect(tree, path, wishes): Promise<Detection | undefined> {
    const script = await scriptOf(tree, path, wishes);
    if (script === undefined) return undefined;
    const { name, text } = script;
    const { packages, foreign } = commandsOf(text);
    // What a developer starts by hand is found by its own language.
    if (foreign.length > 0 && !script.told) return undefined;
    const code = [{ path: joinPath(path, name) ?? name, text: withoutComments(text, "Hash") }];
    const serving = findNative(code, listens);
    const loop = findNative(code, loops);
    const kind: ServiceKind = serving !== undefined ? "Web" : loop === undefined ? "Job" : "Worker";
    const shebang = interpreterOf(text);
    const all = [...new Set([...packages, ...shebang.packages])];
    const service = nativeService({
      path,
      language: "shell",
      kind,
      runtime: null,
      recipe: {
        buildImage: slimDebian,
        buildPackages: ["ca-certificates"],
        runPackages: all,
        build: `chmod +x ${name}`,
        artifacts: [{ from: sourceFolder, to: sourceFolder }],
      },
      start: `${shebang.name} ${name}`,
      port: serving === undefined ? undefined : portOf(text, code),
      because: script.told ? "SHELL_SCRIPT" : `${name}${serving === undefined ? "" : `; ${serving.seen}`}`,
      where: code[0]?.path,
      why:
        all.length === 0
          ? []
          : [{ about: "packages", value: all.join(" ").slice(0, 256), because: `called by ${name}` }],
    });
    return {
      sure: script.told ? "Certain" : "Likely",
      services: [{ ...service, sure: script.told ? "Certain" : "Likely" }],
      warnings: shebang.warning === undefined ? [] : [plainText(shebang.warning)],
    };
  },
};

async function scriptOf(
  tree: SourceTree,
  path: string,
  { env, service }: Wishes,
): Promise<{ readonly name: string; readonly text: string; readonly told: boolean } | undefined> {
  const told = ["SHELL_SCRIPT", "RAILPACK_SHELL_SCRIPT"].map((name) => env[name]).find((value) => value !== undefined);
  const declared = /^(?:(?:ba|z)?sh\s{1,4})?\.?\/?(?<name>\w[\w./-]{0,200}\.sh)$/.exec(service?.start ?? "")?.groups?.[
    "name"
  ];
  // A declared start speaks of every language: only SHELL_SCRIPT says that it is a shell's.
  for (const name of told === undefined ? [declared, "start.sh"] : [told]) {
    if (name === undefined) continue;
    const inside = joinPath(name);
    if (inside === undefined || !/^[\w][\w./-]{0,200}$/.test(inside)) continue;
    const text = await tree.read(joinPath(path, inside) ?? inside);
    if (text !== undefined) return { name: inside, text, told: told !== undefined };
  }
  return undefined;
}

function portOf(text: string, code: Parameters<typeof nativePort>[0]): ReturnType<typeof nativePort> {
  const port = nativePort(code, ports);
  const readsPort = /\$\{?PORT\b/.test(text) && !/^\s*(?:export\s+)?PORT=(?!["']?\$\{PORT)/m.test(text);
  return { from: "Default", ...port, readsPort };
}

interface Interpreter {
  readonly name: string;
  readonly packages: readonly string[];
  readonly warning?: string;
}

/** The interpreter of the first line; what Debian has no package of is read by bash. */
function interpreterOf(text: string): Interpreter {
  const told = /^#!\s{0,4}(?:\/usr\/bin\/env\s+(?:-S\s+)?)?(?:[\w./-]{0,80}\/)?(?<name>[\w.+-]{1,30})/.exec(text)
    ?.groups?.["name"];
  if (told === undefined || told === "sh" || told === "dash" || told === "ash") return { name: "sh", packages: [] };
  if (told === "bash") return { name: "bash", packages: [] };
  const known: Readonly<Record<string, string>> = { zsh: "zsh", ksh: "ksh", mksh: "mksh", fish: "fish" };
  const brought = Object.hasOwn(known, told) ? known[told] : undefined;
  if (brought !== undefined) return { name: told, packages: [brought] };
  return { name: "bash", packages: [], warning: `the script asks for ${told}, which is no shell; bash reads it` };
}
