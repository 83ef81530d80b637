import { z } from "zod";
import { joinPath } from "../../config/service-files.ts";
import { valueOf } from "../declared/host-files.ts";
import { lenient, listOf, text } from "../hosts/shapes.ts";
import type { SourceTree } from "../source-tree.ts";

/** What a file for a host of pages says of a folder's pages. */
export interface Published {
  /** Where they lie, relative to the folder; undefined where only the rest is said. */
  readonly output?: string;
  /** Unknown paths are answered by the first page. */
  readonly fallback: boolean;
  readonly where: string;
}

interface Said {
  readonly output?: string | undefined;
  readonly fallback?: boolean;
}

interface PageHost {
  readonly names: readonly string[];
  readonly read: (value: unknown) => Said | undefined;
}

const any = /^\/?(?:\*{1,2}|\(\.\*\)|:path\*|\(\?!.{1,60}\)\.\*|\/?\((?:\?!.{1,60}\))?\.\*\))$/;
const first = /^\/?(?:index\.html)?$/;

const leads = (from: string | undefined, to: string | undefined): boolean =>
  from !== undefined && to !== undefined && any.test(from) && first.test(to);

const Netlify = z.object({
  build: lenient(z.object({ publish: text, base: text })),
  redirects: listOf(z.object({ from: text, to: text, status: lenient(z.number()) })),
});
const Vercel = z.object({
  outputDirectory: text,
  rewrites: listOf(z.object({ source: text, destination: text })),
  routes: listOf(z.object({ src: text, dest: text })),
});
const Hosting = z.object({ public: text, rewrites: listOf(z.object({ source: text, destination: text })) });
const Firebase = z.object({
  hosting: lenient(
    z.union([
      Hosting,
      z
        .array(Hosting)
        .max(8)
        .transform((all) => all[0]),
    ]),
  ),
});
const Azure = z.object({ navigationFallback: lenient(z.object({ rewrite: text })) });
const Render = z.object({
  services: listOf(
    z.object({ staticPublishPath: text, routes: listOf(z.object({ type: text, source: text, destination: text })) }),
  ),
});

const hosts: readonly PageHost[] = [
  {
    names: ["netlify.toml"],
    read: (value) => {
      const { data } = Netlify.safeParse(value);
      // A base is another folder's: what is published then lies there.
      if (data === undefined || !["", ".", "/"].includes(data.build?.base ?? "")) return undefined;
      return {
        output: data.build?.publish,
        fallback: data.redirects?.some(({ from, to, status }) => status === 200 && leads(from, to)) === true,
      };
    },
  },
  {
    names: ["vercel.json"],
    read: (value) => {
      const { data } = Vercel.safeParse(value);
      const rewrites = [
        ...(data?.rewrites ?? []).map(({ source, destination }) => leads(source, destination)),
        ...(data?.routes ?? []).map(({ src, dest }) => leads(src, dest)),
      ];
      return data && { output: data.outputDirectory, fallback: rewrites.includes(true) };
    },
  },
  {
    names: ["firebase.json"],
    read: (value) => {
      const hosting = Firebase.safeParse(value).data?.hosting;
      return (
        hosting && {
          output: hosting.public,
          fallback: hosting.rewrites?.some(({ source, destination }) => leads(source, destination)) === true,
        }
      );
    },
  },
  {
    names: ["render.yaml"],
    read: (value) => {
      const [service, ...more] = (Render.safeParse(value).data?.services ?? []).filter(
        (one) => one.staticPublishPath !== undefined,
      );
      if (service === undefined || more.length > 0) return undefined;
      const fallback =
        service.routes?.some(({ type, source, destination }) => type === "rewrite" && leads(source, destination)) ===
        true;
      return { output: service.staticPublishPath, fallback };
    },
  },
  {
    names: ["staticwebapp.config.json"],
    read: (value) => ({ fallback: first.test(Azure.safeParse(value).data?.navigationFallback?.rewrite ?? "none") }),
  },
];

/** What files of Netlify, Vercel, Firebase, Render and Azure in a folder say of its pages: the first that names where they lie, and whether any of them wants a fallback. */
export async function publishedBy(tree: SourceTree, folder: string): Promise<Published | undefined> {
  const there = new Set(await tree.list(folder));
  const found: Published[] = [];
  for (const { names, read } of hosts) {
    const name = names.find((each) => there.has(each));
    const path = name === undefined ? undefined : joinPath(folder, name);
    const source = path === undefined ? undefined : await tree.read(path);
    if (name === undefined || path === undefined || source === undefined || source.length > 131_072) continue;
    const said = read(valueOf(name, source));
    if (said === undefined) continue;
    const output = inside(said.output);
    found.push({ fallback: said.fallback === true, where: path, ...(output === undefined ? {} : { output }) });
  }
  for (const name of ["_redirects", "public/_redirects", "static/_redirects"]) {
    const lines = (await tree.read(joinPath(folder, name) ?? name))?.slice(0, 65_536) ?? "";
    if (/^\/\*[ \t]{1,8}\/(?:index\.html)?[ \t]{1,8}200!?[ \t]*$/m.test(lines))
      found.push({ fallback: true, where: name });
  }
  const best = found.find(({ output }) => output !== undefined) ?? found.find(({ fallback }) => fallback);
  return best && { ...best, fallback: found.some(({ fallback }) => fallback) };
}

/** A plain folder below the one that the file lies in. */
function inside(said: string | undefined): string | undefined {
  const path = said?.replace(/^(?:\.?\/)+|\/+$/g, "");
  return path === undefined || !/^[\w@][\w@./-]{0,120}$/.test(path) || path.split("/").includes("..")
    ? undefined
    : path;
}
