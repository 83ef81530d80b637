import type { Service } from "../../../plan.ts";
import type { SourceTree } from "../source-tree.ts";

const maxFiles = 300;

/**
 * True where only a front end's server reads a public variable: then it gets the address inside the cluster, which a browser does not reach. What
 * browsers read as well has to be a path of the same origin.
 */
export async function isServerVariable(tree: SourceTree, front: Service, name: string): Promise<boolean> {
  const prefix = front.path === "." ? "" : `${front.path}/`;
  const paths = (await tree.files(front.path))
    .filter((path) => /\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/.test(path) && !/\.(?:test|spec)\./.test(path))
    .slice(0, maxFiles);
  let read = false;
  for (const path of paths) {
    const text = (await tree.read(path)) ?? "";
    if (!text.includes(name)) continue;
    if (!onServer(path.slice(prefix.length), text)) return false;
    read = true;
  }
  return read;
}

/** Files that no browser ever gets: settings, routes of the server, and what says so itself. */
function onServer(path: string, text: string): boolean {
  if (/^(?:next|nuxt|astro|svelte|vite|react-router|remix)\.config\.\w{2,3}$/.test(path)) return true;
  if (/^\s*["']use client["']/.test(text)) return false;
  if (
    /^\s*["']use server["']|["']server-only["']|["']next\/headers["']|\bgetServerSideProps\b|\bgetStaticProps\b/m.test(
      text,
    )
  )
    return true;
  if (/(?:^|\/)(?:pages\/api|server)\/|\.server\.\w{2,3}$|\+(?:page|layout)?\.?server\.[jt]s$/.test(path)) return true;
  // Next's app folder renders on the server whatever does not say otherwise.
  return /^(?:src\/)?app\/(?:.{1,200}\/)?(?:page|layout|route)\.[jt]sx?$/.test(path);
}
