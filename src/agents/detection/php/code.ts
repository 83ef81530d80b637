import { joinPath } from "../../config/service-files.ts";
import { withoutBlocks } from "../comments.ts";
import type { SourceTree } from "../source-tree.ts";

const maxFiles = 200;
const maxBytes = 262_144;

/** Extensions by what code calls, for repositories that do not say what they require. */
const calls: readonly (readonly [pattern: RegExp, extension: string])[] = [
  [/\bmysqli_connect\s*\(|\bnew\s+\\?mysqli\b/, "mysqli"],
  [/["']mysql:[^"'\n]{0,80}(?:host|dbname|unix_socket)=/, "pdo_mysql"],
  [/["']pgsql:[^"'\n]{0,80}(?:host|dbname)=/, "pdo_pgsql"],
  [/\bpg_p?connect\s*\(/, "pgsql"],
  [/\bnew\s+\\?Redis\s*\(/, "redis"],
  [/\bnew\s+\\?Memcached\s*\(/, "memcached"],
  [/\bnew\s+\\?MongoDB\\Driver\\Manager\b/, "mongodb"],
  [/\bimagecreate(?:truecolor|frompng|fromjpeg|fromstring)?\s*\(/, "gd"],
  [/\bnew\s+\\?Imagick\s*\(/, "imagick"],
  [/\bnew\s+\\?ZipArchive\b/, "zip"],
  [/\bbc(?:add|sub|mul|div|pow|comp)\s*\(/, "bcmath"],
  [/\bnew\s+\\?(?:NumberFormatter|IntlDateFormatter|Collator|MessageFormatter)\b/, "intl"],
  [/\bnew\s+\\?Soap(?:Client|Server)\b/, "soap"],
  [/\bgmp_\w+\s*\(/, "gmp"],
  [/\bexif_read_data\s*\(/, "exif"],
  [/\bpcntl_\w+\s*\(/, "pcntl"],
  [/\bsocket_(?:create|create_listen|bind)\s*\(/, "sockets"],
  [/\bldap_connect\s*\(/, "ldap"],
];

/** Extensions that the code of a folder calls. */
export async function extensionsInCode(tree: SourceTree, folder: string): Promise<readonly string[]> {
  const found = new Set<string>();
  const paths = (await tree.files(folder)).filter((path) => path.endsWith(".php")).slice(0, maxFiles);
  for (const path of paths) {
    const code = uncommented((await tree.read(path)) ?? "");
    for (const [pattern, extension] of calls) if (pattern.test(code)) found.add(extension);
  }
  return [...found].toSorted();
}

/** A program of the command line by its usual name, with what it seems to do. */
export async function findProgram(
  tree: SourceTree,
  folder: string,
): Promise<
  | { file: string; path: string; kind: "Web" | "Worker" | "Job"; port: number | undefined; readsPort: boolean }
  | undefined
> {
  for (const name of ["server", "main", "app", "bot", "worker", "run", "cli"]) {
    for (const file of [`${name}.php`, `src/${name}.php`, `bin/${name}.php`]) {
      const path = joinPath(folder, file) ?? file;
      const text = await tree.read(path);
      if (text === undefined) continue;
      const code = uncommented(text);
      const serves =
        /\bstream_socket_server\s*\(|\bsocket_(?:listen|create_listen)\s*\(|\bnew\s+\\?(?:React\\Http\\)?HttpServer\b|\bSocketServer\s*\(|\bSwoole\\|\bnew\s+\\?Workerman\\Worker|\bAmp\\Http\\Server/.test(
          code,
        );
      const goesOn = /\bwhile\s*\(\s*(?:true|1)\s*\)|\bfor\s*\([^;)]{0,80};\s*;|->run\s*\(\s*\)\s*;/.test(code);
      const number = Number(
        /(?:\b0\.0\.0\.0|\[::\]|tcp:\/\/[\w.]{1,60}):(?<port>\d{2,5})|["']PORT["']\s*\)\s*\?[:?]\s*["']?(?<other>\d{2,5})/
          .exec(code)
          ?.slice(1)
          .find((each) => each !== undefined),
      );
      const kind = serves ? "Web" : goesOn ? "Worker" : "Job";
      const port = number > 0 && number < 65_536 ? number : undefined;
      return {
        file,
        path,
        kind,
        port,
        readsPort: /\bgetenv\s*\(\s*["']PORT["']|\$_(?:ENV|SERVER)\[["']PORT["']\]/.test(code),
      };
    }
  }
  return undefined;
}

/** A text without its comments, as far as lines tell. */
function uncommented(text: string): string {
  return withoutBlocks(text.slice(0, maxBytes), "/*", "*/").replaceAll(/(?<!:)(?:\/\/|^[ \t]*#(?!\[))[^\n]*$/gm, "");
}
