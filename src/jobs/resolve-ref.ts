import type { CloneRequest } from "../agents/source/clone-request.ts";
import { GitRefused } from "./fetch-tree.ts";
import { git } from "./git.ts";

/** What to fetch, and how people call it. */
export interface Resolved {
  /** A full commit id, or a ref. */
  readonly want: string;
  /** `main`, `v1.2`, `#12`; "" for a bare commit. */
  readonly name: string;
}

/** For messages: `branch main`, `commit 4f1c9e2`, `the default branch`. */
export function wantedName({ ref, commit }: Pick<CloneRequest, "ref" | "commit">): string {
  if (ref.commit !== undefined) return `commit ${ref.commit.slice(0, 12)}`;
  if (ref.tag !== undefined) return `tag ${ref.tag}`;
  if (ref.branch !== undefined) return `branch ${ref.branch}`;
  if (ref.pullRequest !== undefined) return `pull request ${ref.pullRequest}`;
  return commit === undefined ? "default branch" : `commit ${commit.slice(0, 12)}`;
}

/** Asks the server what the wanted ref stands for now. One request; the commit itself is fetched by id afterwards, so nothing can move between. */
export async function resolveRef(
  request: Pick<CloneRequest, "url" | "ref" | "commit">,
  at: { readonly cwd: string; readonly env: Readonly<Record<string, string>>; readonly signal: AbortSignal },
): Promise<Resolved | "EmptyRepository" | "NoSuchRef"> {
  const { ref, url, commit } = request;
  const name = ref.branch ?? ref.tag ?? (ref.pullRequest === undefined ? undefined : `#${ref.pullRequest}`);
  if (commit !== undefined && (name !== undefined || ref.commit !== undefined))
    return { want: commit, name: name ?? "" };
  if (ref.commit !== undefined && /^([0-9a-f]{40}|[0-9a-f]{64})$/i.test(ref.commit))
    return { want: ref.commit.toLowerCase(), name: "" };

  const patterns = patternsOf(ref);
  const listed = await git(["ls-remote", "--symref", "--end-of-options", url, ...patterns], at);
  if (!listed.ok) throw new GitRefused(listed.stderr);
  const refs = new Map<string, string>();
  let head: string | undefined;
  for (const line of listed.stdout.split("\n")) {
    const [id = "", place = ""] = line.split("\t");
    if (id.startsWith("ref: ") && place === "HEAD") head = id.slice("ref: refs/heads/".length);
    else if (place !== "") refs.set(place, id);
  }
  if (ref.commit !== undefined) return byShortId(refs, ref.commit);
  if (name === undefined) {
    const tip = refs.get("HEAD");
    if (tip !== undefined) return { want: commit ?? tip, name: head ?? "" };
    return (await hasAnything(url, at)) ? "NoSuchRef" : "EmptyRepository";
  }
  // An annotated tag is listed twice; `^{}` is the commit that it names.
  for (const pattern of patterns) {
    const id = refs.get(`${pattern}^{}`) ?? refs.get(pattern);
    if (id !== undefined) return { want: id, name };
  }
  return (await hasAnything(url, at)) ? "NoSuchRef" : "EmptyRepository";
}

function patternsOf(ref: CloneRequest["ref"]): string[] {
  if (ref.branch !== undefined) return [`refs/heads/${ref.branch}`];
  if (ref.tag !== undefined) return [`refs/tags/${ref.tag}`, `refs/tags/${ref.tag}^{}`];
  const number = ref.pullRequest;
  // The names that the common servers give to one thing.
  if (number !== undefined)
    return [`refs/pull/${number}/head`, `refs/merge-requests/${number}/head`, `refs/pull-requests/${number}/from`];
  return ref.commit === undefined ? ["HEAD"] : [];
}

/** A short id is found only where a branch or a tag points to it: servers do not complete ids. */
function byShortId(refs: ReadonlyMap<string, string>, short: string): Resolved | "NoSuchRef" {
  const hits = new Set([...refs.values()].filter((id) => id.startsWith(short.toLowerCase())));
  const [only] = hits;
  return hits.size === 1 && only !== undefined ? { want: only, name: "" } : "NoSuchRef";
}

async function hasAnything(url: string, at: Parameters<typeof git>[1]): Promise<boolean> {
  const listed = await git(["ls-remote", "--end-of-options", url], at);
  return !listed.ok || listed.stdout.trim() !== "";
}
