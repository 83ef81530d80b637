import type { Detection, Language } from "../language.ts";
import { serviceNameOf } from "../service-name.ts";
import type { SourceTree } from "../source-tree.ts";
import { caddyImage, caddyService, caddyStage } from "./caddy.ts";
import { publishedBy } from "./published.ts";
import { newRecipe, newService } from "../new-service.ts";

/** Pages that are served as they are: where a Staticfile says, `index.html` in the folder, or in `public/`. */
export const staticSite: Language = {
  name: "static",
  async detect(tree, path) {
    const site = await findSite(tree, path);
    if (site === undefined) return undefined;
    return servedAs(path, site);
  },
};

/** A folder of which each that lies in it is a page of its own: all of them on one link, the first page a list. */
export function folderOfPages(path: string, pages: readonly string[]): Detection {
  const because = `pages in ${pages.length} folders, and nothing to run`;
  return servedAs(path, { folder: ".", because, where: pages[0] ?? path, told: false, fallback: false, lists: true });
}

function servedAs(path: string, { folder, because, where, told, fallback, lists }: Found): Detection {
  const sure = told ? "Certain" : "Likely";
  const service = newService({
    name: serviceNameOf(path, "Web"),
    kind: "Web",
    path,
    language: "static",
    framework: null,
    runtime: { name: "caddy", version: "2", from: "files are served by Caddy" },
    manager: null,
    recipe: newRecipe({
      context: path,
      buildImage: caddyImage,
      ...caddyStage(folder === "." ? "/app" : `/app/${folder}`, fallback, lists),
    }),
    sure,
    ...caddyService,
    why: [
      { about: "start", value: `files of ${folder}`, because, where },
      { about: "runtime", value: "caddy 2", because: "there is nothing to run, so the files are served" },
    ],
  });
  return { sure, services: [service] };
}

interface Found {
  readonly folder: string;
  readonly because: string;
  readonly where: string;
  readonly told: boolean;
  readonly fallback: boolean;
  readonly lists?: boolean;
}

async function findSite(tree: SourceTree, path: string): Promise<Found | undefined> {
  const inside = (name: string): string => (path === "." ? name : `${path}/${name}`);
  const text = await tree.read(inside("Staticfile"));
  const told = /^root:[ \t]*([\w./-]+)[ \t]*$/m.exec(text ?? "")?.[1]?.replace(/^(?:\.?\/)+|\/+$/g, "");
  if (text !== undefined && !told?.split("/").includes("..")) {
    const folder = told === undefined || told === "" ? "." : told;
    const fallback = /^index_fallback:[ \t]*true[ \t]*$/m.test(text);
    return { folder, because: "Staticfile", where: inside("Staticfile"), told: true, fallback };
  }
  const published = await publishedBy(tree, path);
  const fallback = published?.fallback === true;
  const output = published?.output;
  if (published !== undefined && output !== undefined && (await tree.has(inside(`${output}/index.html`))))
    return { folder: output, because: "it is published from there", where: published.where, told: true, fallback };
  for (const folder of [".", "public", "site", "www", "html", "dist", "docs"]) {
    const page = inside(folder === "." ? "index.html" : `${folder}/index.html`);
    if (await tree.has(page))
      return { folder, because: "a page, and nothing to run", where: page, told: false, fallback };
  }
  return undefined;
}
