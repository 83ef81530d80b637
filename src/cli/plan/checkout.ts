import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  classifyGit,
  emptyRepository,
  sourceTimedOut,
  sourceTooLarge,
  type GitContext,
} from "../../agents/source/git-failure.ts";
import type { Failure } from "../../failure.ts";
import { done, failed, type Outcome } from "../../outcome.ts";
import { CommandError, exitCode } from "../exit-code.ts";
import { clean } from "../text.ts";

const cloneTimeoutMs = 120_000;
const maxPackBytes = 1024 * 1024 * 1024;

/** A commit of a repository in a folder of its own, that goes away with `remove`. */
export interface Checkout {
  readonly dir: string;
  readonly commit: string;
  /** For people: `main@4f1c9e2`. */
  readonly revision: string;
  readonly subject: string;
  readonly committedAt: Date | undefined;
  readonly remove: () => Promise<void>;
}

/** True for what git calls an address; everything else is a folder. */
export function isAddress(text: string): boolean {
  return /^(?:https?|ssh|git|file):\/\//i.test(text) || /^[\w.-]+@[\w.-]+:[^\\]/.test(text);
}

/** An address without user name and password in it, or a refusal: what stands on a command line can be read by everybody on the machine. */
export function checkAddress(address: string): string {
  if (/^[a-z]+:\/\//i.test(address)) {
    const url = URL.parse(address);
    if (!url) throw new CommandError(exitCode.usage, `${clean(address, 120)} is not an address`);
    if (url.password !== "" || (url.username !== "" && url.protocol !== "ssh:")) {
      throw new CommandError(exitCode.usage, "the address must not hold a user name, password or token", [
        "take it out of the address: git's own credential helper is asked, and in a cluster a Secret (spec.source.git.secretRef)",
      ]);
    }
  }
  return address;
}

/** Fetches one commit, and nothing else: no history, no tags, no submodules, no hooks, no questions, within time and size. */
export async function checkOut(
  address: string,
  ref: string | undefined,
  signal: AbortSignal,
): Promise<Outcome<Checkout>> {
  const root = await mkdtemp(join(tmpdir(), "repo-runner-plan-"));
  const remove = async (): Promise<void> => {
    await rm(root, { recursive: true, force: true });
  };
  try {
    const dir = join(root, "source");
    const limits = AbortSignal.any([
      signal,
      AbortSignal.timeout(cloneTimeoutMs),
      watchSize(join(dir, ".git/objects/pack")),
    ]);
    const git = async (...args: string[]): Promise<string> => await runGit(args, limits);
    await git("init", "--quiet", "--template=", "--", dir);
    const wanted = ref === undefined ? await defaultBranch(git, address) : { fetch: refspec(ref), name: ref };
    await git(
      "-C",
      dir,
      "fetch",
      "--quiet",
      "--depth=1",
      "--no-tags",
      "--no-recurse-submodules",
      "--",
      address,
      wanted.fetch,
    );
    await git("-C", dir, "checkout", "--quiet", "--detach", "FETCH_HEAD");
    const shown = await git("-C", dir, "show", "--no-patch", "--format=%H%n%cI%n%s", "HEAD");
    const [commit = "", date = "", subject = ""] = shown.split("\n");
    const committedAt = Number.isNaN(Date.parse(date)) ? undefined : new Date(date);
    return done({
      dir,
      commit,
      revision: revisionOf(wanted.name, commit),
      subject: clean(subject, 100),
      committedAt,
      remove,
    });
  } catch (error) {
    await remove();
    if (signal.aborted) throw signal.reason;
    return failed(explain(error, address, ref));
  }
}

type Git = (...args: string[]) => Promise<string>;

async function defaultBranch(git: Git, address: string): Promise<{ fetch: string; name: string }> {
  const listed = await git("ls-remote", "--symref", "--", address, "HEAD");
  const name = /^ref: refs\/heads\/(?<name>\S+)\s+HEAD$/m.exec(listed)?.groups?.["name"];
  if (listed.trim() === "") throw new GitProblem("Empty", "the repository has no commit yet");
  return { fetch: "HEAD", name: name ?? "HEAD" };
}

function refspec(ref: string): string {
  if (ref.startsWith("-") || /[\s~^:?*[\\]/.test(ref))
    throw new CommandError(exitCode.usage, `${clean(ref, 80)} cannot be a branch, tag or commit`);
  return /^pull\/\d+$/.test(ref) ? `refs/${ref}/head` : ref;
}

function revisionOf(name: string, commit: string): string {
  return /^[0-9a-f]{40}$/.test(name) ? commit.slice(0, 7) : `${clean(name, 80)}@${commit.slice(0, 7)}`;
}

class GitProblem extends Error {
  readonly kind: "NoGit" | "TooLarge" | "Empty" | "Git";
  constructor(kind: GitProblem["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

const safe = [
  "-c", "core.hooksPath=/dev/null",
  "-c", "core.fsmonitor=false",
  "-c", "protocol.ext.allow=never",
  "-c", "submodule.recurse=false",
  "-c", "gc.auto=0",
  "-c", "advice.detachedHead=false",
]; // prettier-ignore

async function runGit(args: readonly string[], signal: AbortSignal): Promise<string> {
  return await new Promise<string>((resolve, reject) => {
    const env = {
      ...process.env,
      GIT_TERMINAL_PROMPT: "0",
      GIT_ASKPASS: "",
      SSH_ASKPASS: "",
      GIT_LFS_SKIP_SMUDGE: "1",
      GIT_SSH_COMMAND: "ssh -o BatchMode=yes",
      LC_ALL: "C",
    };
    execFile(
      "git",
      [...safe, ...args],
      { env, signal, maxBuffer: 4 * 1024 * 1024, killSignal: "SIGKILL" },
      (error, stdout, stderr) => {
        if (!error) resolve(stdout);
        else if (signal.aborted) reject(signal.reason as Error);
        else reject(new GitProblem(error.code === "ENOENT" ? "NoGit" : "Git", stderr === "" ? error.message : stderr));
      },
    );
  });
}

function watchSize(folder: string): AbortSignal {
  const controller = new AbortController();
  const look = async (): Promise<void> => {
    const names = await readdir(folder).catch(() => []);
    const sizes = await Promise.all(
      names.map(async (name) => (await stat(join(folder, name)).catch(() => undefined))?.size ?? 0),
    );
    if (sizes.reduce((sum, size) => sum + size, 0) > maxPackBytes) {
      clearInterval(timer);
      controller.abort(new GitProblem("TooLarge", "the commit is larger than 1 GiB"));
    }
  };
  const timer = setInterval(() => void look(), 500).unref();
  setTimeout(() => {
    clearInterval(timer);
  }, cloneTimeoutMs).unref();
  return controller.signal;
}

/** Why there is no checkout, as a failure like the cluster's own; what is not git's fault is thrown on. */
function explain(error: unknown, address: string, ref: string | undefined): Failure {
  const context: GitContext = {
    url: clean(address, 160),
    host: hostOf(address),
    wanted: ref === undefined ? "default branch" : clean(ref, 80),
  };
  if (error instanceof DOMException && error.name === "TimeoutError")
    return sourceTimedOut(context, cloneTimeoutMs / 1000);
  if (!(error instanceof GitProblem)) throw error;
  switch (error.kind) {
    case "NoGit":
      throw new CommandError(exitCode.platform, "git is not installed on this machine, or not in PATH");
    case "TooLarge":
      return sourceTooLarge(context, "more than 1 GiB", "1 GiB");
    case "Empty":
      return emptyRepository(context);
    case "Git":
      return classifyGit(error.message, context);
  }
}

function hostOf(address: string): string {
  return URL.parse(address)?.host ?? /@(?<host>[\w.-]+):/.exec(address)?.groups?.["host"] ?? "the server";
}
