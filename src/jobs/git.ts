import { execa } from "execa";

/** A git command that may not go on: too large, too slow, or stopped from outside. */
export class GitStopped extends Error {
  override readonly name = "GitStopped";
}

export interface GitAnswer {
  readonly ok: boolean;
  readonly stdout: string;
  /** The last 64 KB; it names hosts and refs, never credentials. */
  readonly stderr: string;
}

/** What holds for every command: no hook, no local transport, objects checked as they come, nothing of git's own convenience. */
const settings = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.symlinks=true",
  "core.protectNTFS=true",
  "core.protectHFS=true",
  "protocol.allow=never",
  "protocol.https.allow=always",
  "protocol.http.allow=always",
  "protocol.ssh.allow=always",
  "transfer.fsckObjects=true",
  // Harmless and common in old histories; git itself calls them warnings when it is not asked to be strict.
  "fetch.fsck.zeroPaddedFilemode=ignore",
  "fetch.fsck.badTimezone=ignore",
  "fetch.fsck.missingSpaceBeforeDate=ignore",
  "fetch.fsck.missingEmail=ignore",
  "credential.helper=",
  "gc.auto=0",
  "maintenance.auto=false",
  "advice.detachedHead=false",
  "submodule.recurse=false",
  "http.lowSpeedLimit=1000",
  "http.lowSpeedTime=60",
].flatMap((setting) => ["-c", setting]);

/** Runs git in a folder with an argument list; gives what it said, throws only when it was stopped. */
export async function git(
  args: readonly string[],
  at: { readonly cwd: string; readonly env: Readonly<Record<string, string>>; readonly signal: AbortSignal },
): Promise<GitAnswer> {
  const result = await execa("git", [...settings, ...args], {
    cwd: at.cwd,
    env: at.env,
    extendEnv: false,
    stdin: "ignore",
    reject: false,
    cancelSignal: at.signal,
    forceKillAfterDelay: 2_000,
    maxBuffer: { stdout: 16_777_216, stderr: 1_048_576 },
    // File names are bytes; what is not UTF-8 shows as replacement characters, never as an error.
    stripFinalNewline: false,
  });
  if (result.isCanceled) throw new GitStopped("stopped");
  return { ok: !result.failed, stdout: result.stdout, stderr: result.stderr.slice(-65_536) };
}
