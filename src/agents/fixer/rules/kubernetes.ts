import { type Answer, end, type Found, type Rule } from "../rule.ts";
import { mend, otherStarts } from "../remedies.ts";

/** What goes wrong while a program runs in its pod. */
export const kubernetes: readonly Rule[] = [
  {
    id: "K10",
    signature: "OutOfMemory",
    layer: "Process",
    remedy: "one and a half times its memory, then more, up to 4 GiB; and a heap that follows",
    stage: "Run",
    reasons: ["OutOfMemory"],
    answers: moreMemory,
  },
  {
    id: "K10b",
    signature: "OutOfMemory",
    layer: "Process",
    remedy: "a higher limit, and a heap of three quarters of it",
    origin: "catalogue N17 and K10, at run time",
    stage: "Run",
    of: ["node", "bun", "python"],
    seen: [/JavaScript heap out of memory|^MemoryError|Cannot allocate memory/],
    answers: moreMemory,
  },
  {
    id: "K10c",
    signature: "BuildOutOfMemory",
    layer: "Build",
    remedy: "the larger builder",
    origin: "catalogue K10, P33: a build that was killed",
    stage: "Build",
    reasons: ["OutOfMemory"],
    answers: (found) =>
      mend(
        found,
        { kind: "SetMemory", stage: "Build", megabytes: 6144 },
        "its build was killed for memory; built on the larger builder",
      ),
  },
  {
    id: "K07",
    signature: "FolderNotWritable",
    layer: "Process",
    remedy: "a folder of its own at that place",
    stage: "Run",
    seen: [/(?:EROFS|[Rr]ead-only file system).{0,40}?'?(?<path>\/[\w./-]{1,160})/],
    answers: writable,
  },
  {
    id: "K08",
    signature: "FolderNotWritable",
    layer: "Process",
    remedy: "a folder of its own at that place",
    stage: "Run",
    seen: [
      /EACCES: permission denied, (?:mkdir|open|rename|unlink|symlink|copyfile|scandir|access) '(?<path>\/[\w./-]{1,160})'/,
      /(?:PermissionError|OSError): \[Errno 13\] Permission denied: '(?<path>\/[\w./-]{1,160})'/,
      /(?:mkdir|open|cannot create directory|can't create directory|touch|cp|mv|cannot touch|AccessDeniedException:?|could not create) ['"‘]?(?<path>\/[\w./-]{1,160})['"’]?:? (?:permission denied|Permission denied)/,
      /AccessDeniedException: (?<path>\/[\w./-]{1,160})/,
      /(?:PermissionDenied|Permission denied).{0,80}["'(](?<path>\/[\w./-]{1,160})["')]/,
      /["'](?<path>\/[\w./-]{1,160})["'].{0,60}(?:PermissionDenied|Permission denied|permission denied)/,
      /(?<path>\/(?:data|var|logs?|cache|uploads?|storage|home)[\w./-]{0,160}):? [Pp]ermission denied/,
      /(?:ENOENT: no such file or directory, (?:mkdir|open)|FileNotFoundError: \[Errno 2\] No such file or directory:) '(?<path>\/(?:data|var\/(?:lib|log|cache|run|data)|logs?|cache|uploads?|storage|media)[\w./-]{0,120})'/,
      /open (?<path>\/(?:data|var\/(?:lib|log|cache|run|data)|logs?|cache|uploads?|storage|media)[\w./-]{0,120}): no such file or directory/,
    ],
    answers: writable,
  },
  {
    id: "K35",
    signature: "StartWrong",
    layer: "Process",
    remedy: "the number of the port in place of its name",
    stage: "Run",
    seen: [
      /'?\$\{?PORT\}?'? is not a valid (?:port|integer)|invalid port:? ?\S{0,6}\$PORT|[Ii]nvalid value for '?--port'?:? '?\$|Error: '\$PORT'/,
    ],
    answers: (found) => otherStarts(found, "its start passes $PORT as a word"),
  },
  {
    id: "K13b",
    signature: "StartWrong",
    layer: "Process",
    remedy: "another way to start it that code found",
    origin: "catalogue K13; observed: it ended at once with the code of a wrong call",
    reasons: ["CrashLoop"],
    stage: "Run",
    answers: (found) =>
      [2, 64, 126, 127].includes(found.evidence.failure.exitCode ?? -1)
        ? otherStarts(found, `exit code ${String(found.evidence.failure.exitCode)}`)
        : [],
  },
  {
    id: "K11",
    signature: "WrongBinary",
    layer: "Base",
    remedy: "native parts installed in the image, without the cache",
    stage: "Run",
    reasons: ["CrashLoop"],
    seen: [/[Ss]egmentation fault|Illegal instruction|SIGILL|SIGSEGV/],
    answers: (found) =>
      mend(
        found,
        { kind: "SetInstallMode", mode: "WithoutCache" },
        "a native part crashes; it is installed without the cache",
      ),
  },
  {
    id: "K34",
    signature: "ProcessLimit",
    layer: "Process",
    remedy: "none: its pod may have no more processes",
    stage: "Run",
    seen: [/(?:fork|pthread_create|clone).{0,60}Resource temporarily unavailable|unable to create new native thread/],
    answers: ({ service }) => [
      end(
        "OverQuota",
        `${service.name} wants more processes or threads than its pod may have`,
        "let it start fewer workers, or have an administrator raise the nodes' pid limit",
        "Platform",
      ),
    ],
  },
];

/** Half as much again, then double, to 4 GiB; two and a half times at once where it has little. */
function moreMemory(found: Found): readonly Answer[] {
  const now = megabytes(found.service.resources.limits["memory"]) ?? 512;
  const steps = [Math.max(512, Math.ceil((now * 1.5) / 128) * 128), Math.max(1024, now * 3)];
  return steps
    .filter((step) => step > now && step <= 4096)
    .flatMap((step) =>
      mend(
        found,
        { kind: "SetMemory", stage: "Run", megabytes: step },
        `it used more memory than its limit of ${String(now)} MiB; ${String(step)} MiB now`,
      ),
    );
}

function megabytes(text: string | undefined): number | undefined {
  const match = /^(?<number>\d+(?:\.\d+)?)(?<unit>Ki|Mi|Gi|M|G)?$/.exec(text ?? "")?.groups;
  if (match === undefined) return undefined;
  const unit = { Ki: 1 / 1024, Mi: 1, M: 0.954, Gi: 1024, G: 954 }[match["unit"] ?? ""] ?? 1 / 1_048_576;
  return Math.round(Number(match["number"]) * unit);
}

/** The folder, not the file: what ends like a file lies in one. */
function writable(found: Found): readonly Answer[] {
  const path = found.groups["path"]?.replace(/\/+$/, "") ?? "";
  const last = path.slice(path.lastIndexOf("/") + 1);
  const made = /mkdir|create directory/.test(found.line);
  const folder =
    !made && /\.\w{1,8}$/.test(last) && !last.startsWith(".") ? path.slice(0, path.lastIndexOf("/")) : path;
  if (folder === "" || (found.service.writable ?? []).includes(folder)) return [];
  return mend(
    found,
    { kind: "AddWritablePath", path: folder },
    `it writes to ${folder.slice(0, 100)}; a folder of its own is there now`,
  );
}
