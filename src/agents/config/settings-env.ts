import type { Service } from "../../plan.ts";
import { readSettings } from "../detection/java/spring-settings.ts";
import { readJson5 } from "../detection/json5.ts";
import type { SourceTree } from "../detection/source-tree.ts";
import { settingKeys } from "./csharp-env.ts";
import { type EnvRead, seenAs } from "./env-read.ts";
import { parseEnvFile } from "./example-file.ts";
import { nodeConfigReads } from "./node-config.ts";
import { joinPath } from "./service-files.ts";

/** Environment variables that settings of a framework read, where no code does: Spring's, Quarkus' and Micronaut's application.*, Symfony's config, the package `config` of Node. */
export async function settingsReads(tree: SourceTree, service: Service): Promise<readonly EnvRead[]> {
  if (["java", "kotlin", "scala", "groovy"].includes(service.language)) return await javaSettings(tree, service.path);
  if (service.language === "node") return await nodeConfigReads(tree, service.path);
  return service.language === "php" ? await symfonySettings(tree, service.path) : [];
}

/** Keys of the appsettings files of a .NET project that have a value, in small letters. */
export async function appSettings(tree: SourceTree, folder: string): Promise<ReadonlySet<string>> {
  const keys = await Promise.all(
    ["appsettings.json", "appsettings.Production.json"].map(async (name) => {
      const text = await tree.read(joinPath(folder, name) ?? name);
      return text === undefined || text.length > maxText ? [] : settingKeys(readJson5(text));
    }),
  );
  return new Set(keys.flat());
}

const maxText = 131_072;

/** `${STRIPE_KEY}` and `${STRIPE_KEY:none}`. What stands in no other setting's name is asked of the environment; without a default nothing starts. */
async function javaSettings(tree: SourceTree, folder: string): Promise<readonly EnvRead[]> {
  const settings = await readSettings(tree, folder);
  const found: EnvRead[] = [];
  for (const [key, { value, where }] of settings) {
    for (const match of value.matchAll(
      /\$\{(?<name>[A-Z][A-Z0-9_]{1,126})(?::(?<text>[^{}]{0,200}|\$\{[^{}]{0,100}\}))?\}/g,
    )) {
      const { name = "", text } = match.groups ?? {};
      if (found.length >= 200 || settings.has(name)) continue;
      // A placeholder inside of a placeholder's default is asked only where the outer one is missing.
      const isInner = /\$\{[^}]{0,100}:$/.test(value.slice(0, match.index));
      const required = text === undefined && !isInner;
      const seen = seenAs(`${key}=${match[0]}${required ? ", no default" : ""}`);
      const fallback = text === undefined ? {} : { fallback: text.startsWith("$") ? "" : text };
      found.push({ name, where: await placeIn(tree, where, match[0]), seen, required, phase: "Run", ...fallback });
    }
  }
  return found;
}

/** A place with its line: of YAML only the file is known. */
async function placeIn(tree: SourceTree, where: string, said: string): Promise<string> {
  if (!/\.ya?ml$/.test(where)) return where;
  const lines = ((await tree.read(where)) ?? "").split("\n");
  const at = lines.findIndex((line) => line.includes(said) && !/^\s*#/.test(line));
  return at === -1 ? where : `${where}:${at + 1}`;
}

/** `%env(int:MAIL_PORT)%` of Symfony's YAML: without a value of `.env` and without a default parameter nothing starts. */
async function symfonySettings(tree: SourceTree, folder: string): Promise<readonly EnvRead[]> {
  const paths = (await tree.files(joinPath(folder, "config") ?? "config")).filter(
    (path) => /\.ya?ml$/.test(path) && !/\/(?:dev|test)\//.test(path),
  );
  const known = parseEnvFile((await tree.read(joinPath(folder, ".env") ?? ".env")) ?? "", ".env");
  const texts = await Promise.all(
    paths.slice(0, 60).map(async (path) => ({ path, text: (await tree.read(path)) ?? "" })),
  );
  const spare = new Set(
    texts.flatMap(({ text }) =>
      [...text.matchAll(/^[ \t]+env\((?<name>[A-Z]\w{0,126})\)[ \t]*:/gm)].map((match) => match.groups?.["name"]),
    ),
  );
  return texts.flatMap(({ path, text }) => {
    // `when@dev:` and all that is below it holds where code is written.
    let only: string | undefined;
    return text
      .split("\n")
      .slice(0, 2000)
      .flatMap((line, index): EnvRead[] => {
        if (/^[^\s#]/.test(line)) only = /^when@(?<where>\w{1,40}):/.exec(line)?.groups?.["where"];
        if (/^\s*#/.test(line) || line.length > 2000 || (only !== undefined && only !== "prod")) return [];
        return [...line.matchAll(/%env\((?<how>(?:[\w-]{1,40}:){0,6})(?<name>[A-Z]\w{0,126})\)%/g)].map((match) => {
          const { name = "", how = "" } = match.groups ?? {};
          const required = !how.includes("default:") && !spare.has(name) && !known.has(name);
          const seen = seenAs(required ? `${match[0]}, no default` : match[0]);
          return { name, where: `${path}:${index + 1}`.slice(-256), seen, required, phase: "Run" };
        });
      });
  });
}
