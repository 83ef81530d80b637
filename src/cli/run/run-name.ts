import { shortHash } from "../../digest.ts";

const longest = 52;

/** A name for a run from its address: `https://git.example.org/team/My_App.git` is `my-app`. */
export function nameFromAddress(address: string): string {
  const last = address
    .replace(/[/\\]+$/, "")
    .replace(/\.git$/i, "")
    .split(/[/\\:]/)
    .at(-1);
  const plain = (last ?? "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  const named = plain === "" ? "app" : /^[a-z]/.test(plain) ? plain : `app-${plain}`;
  if (named.length <= longest) return named;
  return `${named.slice(0, longest - 7).replace(/-+$/, "")}-${shortHash(named, 6)}`;
}

/** What is wrong with a name that a person chose; undefined when nothing is. */
export function nameProblem(name: string): string | undefined {
  if (name.length > longest) return `the name has ${String(name.length)} characters; at most ${String(longest)}`;
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name))
    return "the name has to be lower-case letters, digits and -, and to begin with a letter";
  return undefined;
}
