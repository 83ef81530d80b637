import type { Service, Variable } from "../../../plan.ts";

/** A program that asks the folder's own web service for a path, with what its image has at hand. */
export interface Asker {
  readonly line: string;
  readonly env: readonly Variable[];
}

/** Reads its address from a variable, so that nothing of a repository's file stands on a line. `CRON_SECRET` is sent as Vercel does. */
const lines: Readonly<Record<string, string>> = {
  node: `node -e "const s=process.env.CRON_SECRET;fetch(process.env.CRON_URL,{headers:s?{authorization:'Bearer '+s}:{}}).then(async r=>{console.log(r.status,(await r.text()).slice(0,500));process.exit(r.ok?0:1)},e=>{console.error(String(e));process.exit(1)})"`,
  python: `python -c "import os,urllib.request as u;s=os.environ.get('CRON_SECRET');r=u.urlopen(u.Request(os.environ['CRON_URL'],headers={'authorization':'Bearer '+s} if s else {}));print(r.status,r.read(500))"`,
};

/** How a path of a service is asked by schedule; undefined where its image holds nothing that can ask. */
export function askerOf(service: Service, path: string): Asker | undefined {
  const line =
    service.kind === "Web" && service.recipe.dockerfile === undefined ? lines[service.runtime?.name ?? ""] : undefined;
  if (line === undefined) return undefined;
  const url: Variable = {
    name: "CRON_URL",
    source: "Service",
    of: service.name,
    value: `{url}${path}`,
    phase: "Run",
    why: "asked by schedule",
  };
  return { line, env: [url] };
}
