import { procfileStart } from "../procfile-start.ts";
import { newPhpApp, type PhpApp } from "./app.ts";
import { extensionsInCode, findProgram } from "./code.ts";
import { findLaravel, findSymfony, findWordPress, inside, type PhpLook } from "./frameworks.ts";

const rootVariables = ["PHP_ROOT_DIR", "RAILPACK_PHP_ROOT_DIR", "NIXPACKS_PHP_ROOT_DIR"];
const roots = ["public", "web", "webroot", "htdocs", "public_html", "httpdocs", "www", "html", "pub"];

/** Frameworks that need no more than to be served, by their package. */
const known: readonly (readonly [package_: RegExp, name: string])[] = [
  [/^codeigniter4\/framework$/, "codeigniter"],
  [/^cakephp\/cakephp$/, "cakephp"],
  [/^yiisoft\/yii2$/, "yii"],
  [/^drupal\/core(?:-recommended)?$/, "drupal"],
  [/^slim\/slim$/, "slim"],
  [/^laminas\/laminas-mvc$/, "laminas"],
  [/^roots\/(?:wordpress|bedrock)$/, "wordpress"],
];

/** What of a folder runs: a framework, a site, or a program; its Procfile's word on how before the rest. */
export async function findApp(look: PhpLook): Promise<PhpApp | undefined> {
  const app =
    (await findLaravel(look)) ??
    (await findSymfony(look)) ??
    (await findWordPress(look)) ??
    (await findSite(look)) ??
    (await findScript(look));
  const said = await procfileStart(look.tree, look.folder);
  if (said === undefined || (app === undefined && !/(?:^|[\s/])php\s/.test(said.line))) return app;
  const steps = said.releaseSteps.length > 0 ? said.releaseSteps : (app?.releaseSteps ?? []);
  // heroku-php-apache2 and its like are a platform's own: what they do is done here anyway.
  if (/\bheroku-php-|\bvendor\/bin\/heroku/.test(said.line)) {
    return app === undefined ? undefined : { ...app, releaseSteps: steps };
  }
  return {
    ...(app ?? newPhpApp({ from: said.from, where: said.where })),
    kind: said.kind,
    root: undefined,
    line: said.line,
    from: said.from,
    where: said.where,
    releaseSteps: steps,
    port: { from: "Default", readsPort: /\$\{?PORT\b/.test(said.line) },
    warnings: said.warnings,
  };
}

/** Pages below a folder that is served, its index.php first of all. */
async function findSite(look: PhpLook): Promise<PhpApp | undefined> {
  const root = await rootOf(look);
  if (root === undefined) return undefined;
  const names = [...(look.composer?.packages.keys() ?? [])];
  const framework = known.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1] ?? null;
  const index = inside(look, root === "." ? "index.php" : `${root}/index.php`);
  const htaccess = await look.tree.has(inside(look, root === "." ? ".htaccess" : `${root}/.htaccess`));
  return newPhpApp({
    framework,
    root,
    fallsBack: !htaccess && (await look.tree.has(index)),
    from: `pages of ${root === "." ? "the folder" : root}`,
    where: index,
    extensions: await extensionsInCode(look.tree, look.folder),
  });
}

async function rootOf(look: PhpLook): Promise<string | undefined> {
  for (const name of rootVariables) {
    const told = look.wishes.env[name]?.replace(/^\/app(?:\/|$)/, "").replaceAll(/^\.?\/+|\/+$/g, "");
    if (told !== undefined && (told === "" || /^[\w][\w./-]*$/.test(told)) && !told.split("/").includes("..")) {
      return told === "" ? "." : told;
    }
  }
  const below: string[] = [];
  for (const root of roots) if (await look.tree.has(inside(look, `${root}/index.php`))) below.push(root);
  const here = await look.tree.has(inside(look, "index.php"));
  // A framework's root has an index.php at most to keep people out of it.
  if (here && (look.composer?.installs !== true || below.length === 0)) return ".";
  return below[0] ?? (here ? "." : undefined);
}

/** A program of the command line. */
async function findScript(look: PhpLook): Promise<PhpApp | undefined> {
  const program = await findProgram(look.tree, look.folder);
  if (program === undefined) return undefined;
  const does = { Web: "it serves", Worker: "it goes on and serves nothing", Job: "it ends by itself" }[program.kind];
  const { port, readsPort } = program;
  return newPhpApp({
    kind: program.kind,
    root: undefined,
    line: `php ${program.file}`,
    from: `${program.path}: ${does}`,
    where: program.path,
    sure: program.kind === "Web" ? "Certain" : "Likely",
    extensions: await extensionsInCode(look.tree, look.folder),
    port:
      port === undefined
        ? { from: "Default", readsPort }
        : { number: port, from: "Code", where: program.path, readsPort },
  });
}
