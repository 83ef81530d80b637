import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { plainText } from "../agents/detection/plain-text.ts";
import {
  type CloneRequest,
  hasCredentials,
  originOf,
  type Origin,
  type Source,
} from "../agents/source/clone-request.ts";
import {
  classifyGit,
  emptyRepository,
  type GitContext,
  lfsUnavailable,
  noSuchRef,
  secretIncomplete,
  sourceTimedOut,
  sourceTooLarge,
  unsupported,
} from "../agents/source/git-failure.ts";
import { done, failed, type Done, type Failed } from "../outcome.ts";
import { fetchArtifact } from "./fetch-artifact.ts";
import { fetchTree, GitRefused, TooLarge, type FetchRequest, type TreeEntry } from "./fetch-tree.ts";
import { settingFor } from "./git-credentials.ts";
import { git, GitStopped } from "./git.ts";
import { fetchLfs, LfsRefused } from "./lfs.ts";
import { removeStrayLinks } from "./links.ts";
import { redact } from "../redact.ts";
import { say } from "./progress.ts";
import { resolveRef, wantedName } from "./resolve-ref.ts";
import { submodulesOf, whyLeftOut } from "./submodules.ts";

/** Folders of the pod; tests have their own. */
export interface CloneFolders {
  /** Gets `src/` and `source.json`. */
  readonly work: string;
  /** The git Secret's mount. */
  readonly secret: string;
  /** The bundle that an administrator gave; may be missing. */
  readonly caBundle: string;
}

const deepestSubmodule = 3;

/** Clones one commit into `<work>/src`, without history and without `.git`, and writes `<work>/source.json`. */
export async function clone(
  request: CloneRequest,
  folders: CloneFolders,
  signal: AbortSignal,
): Promise<Done<Source> | Failed> {
  if (request.url.startsWith("oci://")) return await cloneArtifact(request, folders, signal);
  const origin = originOf(request.url);
  const context: GitContext = {
    url: request.url,
    host: origin?.host ?? "",
    secret: request.secret,
    wanted: wantedName(request),
  };
  if (!origin || hasCredentials(request.url))
    return failed(
      unsupported({ ...context, url: hasCredentials(request.url) ? "a URL with credentials in it" : request.url }),
    );
  const scratch = mkdtempSync(join(tmpdir(), "clone-"));
  const limited = AbortSignal.any([signal, AbortSignal.timeout(request.timeoutSeconds * 1000)]);
  try {
    const setting = settingFor(origin, { scratch, secret: folders.secret, caBundle: folders.caBundle });
    if (request.secret !== undefined && !setting.usable && !setting.found.some((key) => key.startsWith("ca")))
      return failed(secretIncomplete(request.secret, setting.found));
    const { env, authorization } = setting;
    return await fetchAll(request, {
      origin,
      context,
      env,
      authorization,
      lfs: request.lfs,
      work: folders.work,
      signal: limited,
    });
  } catch (error) {
    if (error instanceof LfsRefused) return failed(lfsUnavailable(context, redact(error.message)));
    if (error instanceof GitRefused) return failed(classifyGit(error.stderr, context));
    if (error instanceof TooLarge)
      return failed(sourceTooLarge(context, error.seen, `${request.maxBytes} bytes and ${request.maxFiles} files`));
    if (error instanceof GitStopped && limited.aborted && !signal.aborted)
      return failed(sourceTimedOut(context, request.timeoutSeconds));
    throw error;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function cloneArtifact(
  request: CloneRequest,
  folders: CloneFolders,
  signal: AbortSignal,
): Promise<Done<Source> | Failed> {
  const context: GitContext = { url: request.url, host: "", secret: request.secret, wanted: request.url };
  const limited = AbortSignal.any([signal, AbortSignal.timeout(request.timeoutSeconds * 1000)]);
  try {
    return await fetchArtifact(request, folders, limited);
  } catch (error) {
    if (error instanceof TooLarge)
      return failed(sourceTooLarge(context, error.seen, `${request.maxBytes} bytes and ${request.maxFiles} files`));
    if (limited.aborted && !signal.aborted) return failed(sourceTimedOut(context, request.timeoutSeconds));
    throw error;
  }
}

interface Surroundings {
  readonly origin: Origin;
  readonly context: GitContext;
  readonly env: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
  readonly lfs: boolean;
  readonly work: string;
  readonly signal: AbortSignal;
}

async function fetchAll(request: CloneRequest, around: Surroundings): Promise<Done<Source> | Failed> {
  const { env, signal, work, context } = around;
  await mkdir(work, { recursive: true });
  const resolved = await resolveRef(request, { cwd: work, env, signal });
  if (resolved === "EmptyRepository") return failed(emptyRepository(context));
  if (resolved === "NoSuchRef") return failed(noSuchRef(context));
  say(`fetching ${resolved.name === "" ? resolved.want : resolved.name} of ${request.url}`);

  // Made beside its final place: a restarted container never takes half a tree for a whole one.
  const folder = join(work, ".src");
  await rm(folder, { recursive: true, force: true });
  const tally = { bytes: 0, files: 0 };
  const tree: FetchRequest = { folder, url: request.url, want: resolved.want, env, signal, bounds: request, tally };
  const entries = await fetchTree(tree);
  const shown = await git(["log", "-1", "--no-show-signature", "--format=%H%x00%cI%x00%s", "FETCH_HEAD"], {
    cwd: folder,
    env,
    signal,
  });
  const [commit = "", committedAt = "", subject = ""] = shown.stdout.trimEnd().split("\0");
  if (!shown.ok || commit === "") throw new GitRefused(shown.stderr);

  if (request.lfs) await fetchLfs(tree, around);
  const modules = request.submodules ? await fetchSubmodules(tree, entries, around, 1) : { links: [], skipped: [] };
  await rm(join(folder, ".git"), { recursive: true, force: true });
  const links = [...entries.filter((entry) => entry.kind === "Link").map((entry) => entry.path), ...modules.links];
  const removedLinks = await removeStrayLinks(folder, links);
  if (removedLinks > 0) say(`${removedLinks} links that lead out of the repository were removed`);

  const source: Source = {
    commit,
    revision: resolved.name === "" ? commit.slice(0, 7) : `${redact(resolved.name)}@${commit.slice(0, 7)}`,
    subject: redact(subject).slice(0, 200),
    committedAt: redact(committedAt).slice(0, 40),
    ...tally,
    removedLinks,
    skippedSubmodules: modules.skipped.slice(0, 16).map((words) => redact(words).slice(0, 256)),
  };
  await rm(join(work, "src"), { recursive: true, force: true });
  await rename(folder, join(work, "src"));
  await writeFile(join(work, "source.json"), JSON.stringify(source));
  say(`cloned ${source.revision}: ${tally.files} files, ${tally.bytes} bytes`);
  return done(source);
}

interface Fetched {
  readonly links: readonly string[];
  readonly skipped: readonly string[];
}

/** Submodules of the same host only, each like the repository itself; those of others are named and left out. */
async function fetchSubmodules(
  parent: FetchRequest,
  entries: readonly TreeEntry[],
  around: Surroundings,
  depth: number,
): Promise<Fetched> {
  const wanted = entries.filter((entry) => entry.kind === "Submodule");
  if (wanted.length === 0 || depth > deepestSubmodule) return { links: [], skipped: [] };
  const urls = await submodulesOf(parent);
  const links: string[] = [];
  const skipped: string[] = [];
  for (const { path, id } of wanted) {
    const url = urls.get(path);
    const why = whyLeftOut(url, around.origin);
    if (url === undefined || why !== undefined) {
      const words = `submodule ${plainText(path, 120)} is left out: ${why ?? ""}`;
      skipped.push(words);
      say(words);
      continue;
    }
    const child: FetchRequest = { ...parent, folder: join(parent.folder, path), url, want: id };
    const below = await fetchTree(child);
    if (around.lfs) await fetchLfs(child, around);
    const deeper = await fetchSubmodules(child, below, around, depth + 1);
    await rm(join(child.folder, ".git"), { recursive: true, force: true });
    links.push(
      ...below.filter((entry) => entry.kind === "Link").map((entry) => join(path, entry.path)),
      ...deeper.links.map((link) => join(path, link)),
    );
    skipped.push(...deeper.skipped);
  }
  return { links, skipped };
}
