import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { artifactPlace } from "../agents/source/artifact.ts";
import { type CloneRequest, hasCredentials, originOf } from "../agents/source/clone-request.ts";
import { classifyGit, emptyRepository, type GitContext, noSuchRef, unsupported } from "../agents/source/git-failure.ts";
import { done, failed, type Done, type Failed } from "../outcome.ts";
import { GitRefused } from "./fetch-tree.ts";
import { settingFor } from "./git-credentials.ts";
import { RegistryClient } from "./registry-read.ts";
import { resolveRef, wantedName } from "./resolve-ref.ts";

/** Asks a remote what a branch or tag stands for now, without fetching anything: the full commit id, or the digest of an artifact. */
export async function resolveSource(
  request: CloneRequest,
  folders: { readonly secret: string; readonly caBundle: string },
  signal: AbortSignal,
): Promise<Done<{ readonly commit: string }> | Failed> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(request.timeoutSeconds * 1000)]);
  const artifact = artifactPlace(request.url);
  if (artifact) {
    const access = { insecure: request.insecure, dockerConfig: join(folders.secret, ".dockerconfigjson") };
    const { digest } = await new RegistryClient(artifact, access, limited).manifest(artifact.reference);
    return done({ commit: digest.slice("sha256:".length) });
  }
  const origin = originOf(request.url);
  const context: GitContext = {
    url: request.url,
    host: origin?.host ?? "",
    secret: request.secret,
    wanted: wantedName(request),
  };
  if (!origin || hasCredentials(request.url)) return failed(unsupported(context));
  const scratch = mkdtempSync(join(tmpdir(), "resolve-"));
  try {
    const { env } = settingFor(origin, { scratch, ...folders });
    const resolved = await resolveRef(request, { cwd: scratch, env, signal: limited });
    if (resolved === "EmptyRepository") return failed(emptyRepository(context));
    if (resolved === "NoSuchRef") return failed(noSuchRef(context));
    return done({ commit: resolved.want });
  } catch (error) {
    if (error instanceof GitRefused) return failed(classifyGit(error.stderr, context));
    throw error;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
