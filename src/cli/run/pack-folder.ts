import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { create } from "tar";
import { artifactTypes } from "../../agents/source/artifact.ts";
import { CommandError, exitCode } from "../exit-code.ts";
import { clean } from "../text.ts";

/** A folder as an OCI artifact, packed but not pushed. The same files give the same digest. */
export interface PackedFolder {
  /** tar.gz of this machine's temporary folder; goes away with `remove`. */
  readonly file: string;
  readonly layer: { readonly digest: string; readonly size: number };
  readonly config: { readonly text: string; readonly digest: string };
  readonly manifest: { readonly text: string; readonly digest: string };
  readonly files: number;
  /** Files that stay here since people keep secrets in them. */
  readonly left: readonly string[];
  readonly remove: () => Promise<void>;
}

const maxFiles = 200_000;
const maxBytes = 1024 * 1024 * 1024;
const gitTimeoutMs = 60_000;
/** What a build makes anew; only where there is no git to say what belongs to the source. */
const made = new Set([".git", "node_modules", ".venv", "venv", "__pycache__", ".next", "target", ".gradle"]);
const secret = /(?:^|\/)\.env(?:\.[\w-]+)*$/;
const example = /\.env\.(?:example|sample|template|dist|defaults?)$/;

/** Packs what git knows or would take of a folder, or all of it where there is no git; never its `.env` files. */
export async function packFolder(folder: string): Promise<PackedFolder> {
  const all = (await listedByGit(folder)) ?? (await walked(folder));
  const left = all.filter((path) => secret.test(path) && !example.test(path));
  const paths = all.filter((path) => !left.includes(path)).toSorted();
  await withinBounds(folder, paths);
  const scratch = await mkdtemp(join(tmpdir(), "repo-runner-pack-"));
  const remove = async (): Promise<void> => await rm(scratch, { recursive: true, force: true });
  try {
    const file = join(scratch, "source.tar.gz");
    // Neither owner nor time of a file is part of the source.
    const options = { cwd: folder, file, gzip: true, portable: true, noDirRecurse: true, mtime: new Date(0) };
    await create(
      options,
      paths.map((path) => `./${path}`),
    );
    const layer = { digest: await digestOfFile(file), size: (await lstat(file)).size };
    const config = sealed("{}");
    const manifest = sealed(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: artifactTypes.manifest,
        config: { mediaType: artifactTypes.config, digest: config.digest, size: config.text.length },
        layers: [{ mediaType: artifactTypes.layer, ...layer }],
        annotations: { "org.opencontainers.image.revision": "folder" },
      }),
    );
    return { file, layer, config, manifest, files: paths.length, left, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

function sealed(text: string): { readonly text: string; readonly digest: string } {
  return { text, digest: `sha256:${createHash("sha256").update(text).digest("hex")}` };
}

async function digestOfFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest("hex")}`;
}

/** Tracked files and those that are new and not ignored; undefined where the folder is in no work tree. */
async function listedByGit(folder: string): Promise<string[] | undefined> {
  const args = ["-C", folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "."];
  try {
    const { stdout } = await promisify(execFile)("git", args, { timeout: gitTimeoutMs, maxBuffer: 64 * 1024 * 1024 });
    const paths = [...new Set(stdout.split("\0").filter((path) => path !== ""))];
    return await there(folder, paths);
  } catch {
    return undefined;
  }
}

/** Without those that git knows and a person has deleted, and without submodules' folders. */
async function there(folder: string, paths: readonly string[]): Promise<string[]> {
  const kept: string[] = [];
  for (const path of paths) {
    const seen = await lstat(join(folder, path)).catch(() => undefined);
    if (seen?.isFile() === true || seen?.isSymbolicLink() === true) kept.push(path);
  }
  return kept;
}

async function walked(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: false, withFileTypes: true });
  const paths: string[] = [];
  const pending = entries.map((entry) => ({ entry, path: entry.name }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { entry, path } = next;
    if (made.has(entry.name)) continue;
    if (entry.isFile() || entry.isSymbolicLink()) paths.push(path);
    if (paths.length > maxFiles) throw tooLarge(folder, `more than ${String(maxFiles)} files`);
    if (!entry.isDirectory()) continue;
    for (const below of await readdir(join(folder, path), { withFileTypes: true }))
      pending.push({ entry: below, path: `${path}/${below.name}` });
  }
  return paths;
}

async function withinBounds(folder: string, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) throw new CommandError(exitCode.usage, `${clean(folder, 120)} holds no files to run`);
  if (paths.length > maxFiles) throw tooLarge(folder, `${String(paths.length)} files`);
  let bytes = 0;
  for (const path of paths) {
    bytes += (await lstat(join(folder, path))).size;
    if (bytes > maxBytes) throw tooLarge(folder, "more than 1 GiB");
  }
}

function tooLarge(folder: string, seen: string): CommandError {
  return new CommandError(exitCode.usage, `${clean(folder, 120)} is too large to be packed: ${seen}`, [
    "list what does not belong to the source in .gitignore, or push it to a git server and run its address",
  ]);
}
