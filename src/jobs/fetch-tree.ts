import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { git, GitStopped } from "./git.ts";

/** Bounds that a whole clone shares, submodules included. */
export interface Bounds {
  readonly maxBytes: number;
  readonly maxFiles: number;
}

/** What of the bounds is used so far. */
export interface Tally {
  bytes: number;
  files: number;
}

export interface TreeEntry {
  readonly path: string;
  readonly kind: "File" | "Link" | "Submodule";
  /** Of a submodule: the commit that is wanted. */
  readonly id: string;
}

export interface FetchRequest {
  readonly folder: string;
  readonly url: string;
  /** A full commit id, or a ref as ls-remote names it. */
  readonly want: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly bounds: Bounds;
  readonly tally: Tally;
}

/** More than the bounds allow; `seen` is in words. */
export class TooLarge extends Error {
  override readonly name = "TooLarge";
  readonly seen: string;
  constructor(seen: string) {
    super(`too large: ${seen}`);
    this.seen = seen;
  }
}

/** Git's refusal: stderr, to be classified. */
export class GitRefused extends Error {
  override readonly name = "GitRefused";
  readonly stderr: string;
  constructor(stderr: string) {
    super("git refused");
    this.stderr = stderr;
  }
}

/** Fetches one commit without its history, counts its tree before a single file is written, and checks it out. */
export async function fetchTree(request: FetchRequest): Promise<readonly TreeEntry[]> {
  const { folder, url, want, env, signal, bounds, tally } = request;
  await mkdir(folder, { recursive: true });
  const at = { cwd: folder, env, signal };
  await must(git(["init", "--quiet", "--template=", "--initial-branch=main", "."], at));
  await withinSize(join(folder, ".git"), bounds.maxBytes, signal, async (watched) => {
    const run = { cwd: folder, env, signal: watched };
    const shallow = await git(
      ["fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--end-of-options", url, want],
      run,
    );
    if (shallow.ok) return;
    const isCommit = /^[0-9a-f]{40,64}$/.test(want);
    if (!isCommit || !/not our ref|unadvertised object|does not allow request|dumb http/i.test(shallow.stderr))
      throw new GitRefused(shallow.stderr);
    // A server that gives only what its refs name: then all branches, as far as the bounds go, hold the commit or nobody does.
    await must(
      git(
        [
          "fetch",
          "--quiet",
          "--no-tags",
          "--no-recurse-submodules",
          "--end-of-options",
          url,
          "+refs/heads/*:refs/remotes/origin/*",
          "+refs/tags/*:refs/tags/*",
        ],
        run,
      ),
    );
    const there = await git(["update-ref", "FETCH_HEAD", want], run);
    if (!there.ok) throw new GitRefused(`fatal: not our ref ${want}`);
  });
  const entries = await countTree(request, at);
  await must(git(["checkout", "--quiet", "--force", "--detach", "FETCH_HEAD"], at));
  tally.files += entries.filter((entry) => entry.kind !== "Submodule").length;
  return entries.filter((entry) => entry.kind !== "File");
}

/** A small pack can stand for a tree of any size: it is counted as git lists it, and the listing is broken off at the bound. */
async function countTree(
  { bounds, tally }: FetchRequest,
  at: { cwd: string; env: Readonly<Record<string, string>>; signal: AbortSignal },
): Promise<TreeEntry[]> {
  const listing = execa("git", ["ls-tree", "-r", "-l", "-z", "--full-tree", "FETCH_HEAD"], {
    cwd: at.cwd,
    env: at.env,
    extendEnv: false,
    stdin: "ignore",
    buffer: false,
    reject: false,
    cancelSignal: at.signal,
  });
  const entries: TreeEntry[] = [];
  let rest = "";
  try {
    for await (const chunk of listing.stdout.setEncoding("utf8")) {
      const records = `${rest}${String(chunk)}`.split("\0");
      rest = records.pop() ?? "";
      for (const record of records) {
        const entry = parseEntry(record);
        if (!entry) continue;
        entries.push(entry);
        tally.bytes += entry.bytes;
        if (tally.files + entries.length > bounds.maxFiles) throw new TooLarge(`more than ${bounds.maxFiles} files`);
        if (tally.bytes > bounds.maxBytes) throw new TooLarge(`more than ${bounds.maxBytes} bytes`);
      }
    }
  } finally {
    listing.kill("SIGKILL");
  }
  const result = await listing;
  if (result.isCanceled) throw new GitStopped("stopped");
  if (rest !== "" || (result.failed && result.exitCode !== undefined && result.exitCode !== 0))
    throw new GitRefused("fatal: bad object: the tree cannot be listed");
  return entries;
}

function parseEntry(record: string): (TreeEntry & { readonly bytes: number }) | undefined {
  const tab = record.indexOf("\t");
  const [mode, , id = "", size = "-"] = record.slice(0, tab).split(/\s+/);
  if (tab < 0 || mode === undefined) return undefined;
  const kind = mode === "160000" ? "Submodule" : mode === "120000" ? "Link" : "File";
  return { path: record.slice(tab + 1), kind, id, bytes: size === "-" ? 0 : Number(size) };
}

async function must(answer: ReturnType<typeof git>): Promise<string> {
  const { ok, stdout, stderr } = await answer;
  if (!ok) throw new GitRefused(stderr);
  return stdout;
}

/** Looks at a folder's size twice a second while something fills it, and stops that as soon as it is too large. */
async function withinSize(
  folder: string,
  maxBytes: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const working = { on: true };
  const watching = (async () => {
    while (working.on) {
      await new Promise((resolve) => setTimeout(resolve, 500).unref());
      if (working.on && (await sizeOf(folder)) > maxBytes) {
        stop.abort();
        return;
      }
    }
  })();
  try {
    await work(AbortSignal.any([signal, stop.signal]));
  } catch (error) {
    if (stop.signal.aborted) throw new TooLarge(`more than ${maxBytes} bytes to fetch`);
    throw error;
  } finally {
    working.on = false;
    void watching;
  }
  if ((await sizeOf(folder)) > maxBytes) {
    await rm(folder, { recursive: true, force: true });
    throw new TooLarge(`more than ${maxBytes} bytes to fetch`);
  }
}

async function sizeOf(folder: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    sum += (await stat(join(entry.parentPath, entry.name)).catch(() => undefined))?.size ?? 0;
  }
  return sum;
}
