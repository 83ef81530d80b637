import { hasCredentials, type Origin, originOf } from "../agents/source/clone-request.ts";
import type { FetchRequest } from "./fetch-tree.ts";
import { git } from "./git.ts";

/** The URL of each submodule by its path, as `.gitmodules` says, relative ones made whole. Read by git from the commit, not from the disk. */
export async function submodulesOf(parent: FetchRequest): Promise<ReadonlyMap<string, string>> {
  const listed = await git(
    ["config", "-z", "--blob", "FETCH_HEAD:.gitmodules", "--get-regexp", "^submodule\\..*\\.(path|url)$"],
    {
      cwd: parent.folder,
      env: parent.env,
      signal: parent.signal,
    },
  );
  const paths = new Map<string, string>();
  const urls = new Map<string, string>();
  for (const record of listed.stdout.split("\0").slice(0, 256)) {
    const [key = "", value = ""] = record.split("\n", 2);
    const name = key.slice("submodule.".length, key.lastIndexOf("."));
    if (key.endsWith(".path")) paths.set(name, value.replace(/\/$/, ""));
    if (key.endsWith(".url")) urls.set(name, value);
  }
  return new Map(
    [...paths].flatMap(([name, path]) => {
      const url = urls.get(name);
      return url === undefined ? [] : [[path, wholeUrl(parent.url, url)] as const];
    }),
  );
}

/** `../other.git` means a neighbour of the repository itself. */
export function wholeUrl(parent: string, url: string): string {
  if (!/^\.\.?\//.test(url)) return url;
  const scp = /^(?<account>[^/:]+@[^/:]+:)(?<path>.*)$/.exec(parent);
  if (scp?.groups?.["account"] !== undefined) {
    const path = URL.parse(url, `ssh://host/${(scp.groups["path"] ?? "").replace(/\/?$/, "/")}`)?.pathname ?? "/";
    return `${scp.groups["account"]}${path.slice(1)}`;
  }
  return URL.parse(url, parent.replace(/\/?$/, "/"))?.href ?? url;
}

/** Why a submodule is not fetched, in words; undefined where it is. Credentials are for one host and scheme: all else is left out. */
export function whyLeftOut(url: string | undefined, parent: Origin): string | undefined {
  if (url === undefined) return ".gitmodules has no address for it";
  if (hasCredentials(url)) return "its address has credentials in it";
  const origin = originOf(url);
  if (origin === undefined) return "its address is no https, http or ssh URL";
  if (origin.host !== parent.host) return "it lies on another host than the repository";
  return origin.scheme === parent.scheme
    ? undefined
    : `it is fetched by ${origin.scheme}, the repository by ${parent.scheme}`;
}
