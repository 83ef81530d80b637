import { joinPath } from "../../config/service-files.ts";
import { plainText } from "../plain-text.ts";
import type { SourceTree } from "../source-tree.ts";
import { valueOf } from "../declared/host-files.ts";
import { fly } from "./fly.ts";
import { appJson, herokuYml } from "./heroku.ts";
import { type HostedDatabase, type HostedPart, type HostedReader, type HostedWords, noWords } from "./hosted.ts";
import { railway } from "./railway.ts";
import { render } from "./render.ts";
import { vercel } from "./vercel.ts";

/** Files of other hosts that say which programs there are, the surest first. */
const files: readonly { readonly names: readonly string[]; readonly read: HostedReader }[] = [
  { names: ["render.yaml", "render.yml"], read: render },
  { names: ["fly.toml"], read: fly },
  { names: ["heroku.yml"], read: herokuYml },
  { names: ["railway.json", "railway.toml"], read: railway },
  { names: ["app.json"], read: appJson },
  { names: ["vercel.json"], read: vercel },
];

/** What the files for other hosts in a folder say of programs, variables, schedules and databases; a program that two of them know is the first one's. */
export async function readHosted(tree: SourceTree, folder: string): Promise<HostedWords> {
  const there = new Set(await tree.list(folder));
  const parts: HostedPart[] = [];
  const databases: HostedDatabase[] = [];
  const off = new Set<string>();
  for (const { names, read } of files) {
    const name = names.find((each) => there.has(each));
    if (name === undefined) continue;
    const path = joinPath(folder, name) ?? name;
    const text = await tree.read(path);
    if (text === undefined || text.length > maxText) continue;
    const words = { ...noWords, ...read(valueOf(name, text), plainText(path), folder) };
    const known = parts.some(({ line }) => line !== undefined);
    parts.push(...words.parts.filter((part) => !known || part.line === undefined || part.kind === "Cron"));
    databases.push(...words.databases.filter(({ engine }) => databases.every((each) => each.engine !== engine)));
    for (const each of words.off) off.add(each);
  }
  return { parts: parts.slice(0, 32), databases: databases.slice(0, 8), off: [...off].slice(0, 16), warnings: [] };
}

const maxText = 131_072;
