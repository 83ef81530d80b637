import type { Reason } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import { findAssets } from "../assets.ts";
import type { Detection, Language, Wishes } from "../language.ts";
import { newService } from "../new-service.ts";
import { plainText } from "../plain-text.ts";
import { serviceNameOf } from "../service-name.ts";
import type { SourceTree } from "../source-tree.ts";
import { newPhpApp, type PhpApp } from "./app.ts";
import { findApp } from "./apps.ts";
import { type Composer, readComposer } from "./composer.ts";
import { extensionsFor } from "./extensions.ts";
import { choosePhp } from "./php-version.ts";
import { type PhpFacts, phpRecipe } from "./recipe.ts";

/** PHP: Laravel, Symfony, WordPress and plain pages, served by Apache; programs of the command line. */
export const php: Language = {
  name: "php",
  async detect(tree, path, wishes): Promise<Detection | undefined> {
    const composer = await readComposer(tree, path);
    const found = await findApp({ tree, folder: path, composer, wishes });
    const told = wishes.service?.start ?? wishes.service?.command?.join(" ");
    const isTold = told !== undefined && told !== "" && composer !== undefined;
    const app =
      found ?? (isTold ? newPhpApp({ from: "spec", where: "spec.services", root: undefined, line: told }) : undefined);
    if (app === undefined) return composer === undefined ? undefined : library(composer);
    return await describe(tree, path, wishes, { app, composer });
  },
};

async function describe(
  tree: SourceTree,
  path: string,
  wishes: Wishes,
  { app, composer }: { readonly app: PhpApp; readonly composer: Composer | undefined },
): Promise<Detection> {
  const wanted = [...(composer?.extensions ?? []), ...app.extensions, ...toldExtensions(wishes)];
  const facts: PhpFacts = {
    path,
    app,
    composer,
    hasVendor: await tree.has(joinPath(path, "vendor/autoload.php") ?? ""),
    choice: await choosePhp(tree, path, composer, wishes),
    extensions: extensionsFor(wanted, composer?.packages.keys() ?? []),
    assets: app.root === undefined ? undefined : await assetsOf(tree, path, wishes),
  };
  const { choice, extensions } = facts;
  const lockFile = composer?.hasLock === true ? "composer.lock" : null;
  const service = newService({
    name: serviceNameOf(path, app.kind),
    kind: app.kind,
    path,
    language: "php",
    framework: app.framework,
    runtime: { name: "php", version: choice.version, from: choice.from },
    manager:
      composer?.installs === true
        ? { name: "composer", version: "2", lockFile, mode: lockFile === null ? "Unfrozen" : "Frozen" }
        : null,
    recipe: phpRecipe(facts),
    start: app.line,
    releaseSteps: [...app.releaseSteps],
    volumes: [...app.volumes],
    env: [...app.env],
    port: app.port ?? { number: 8080, from: "Framework", readsPort: true },
    probe: { startupSeconds: 120 },
    resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
    sure: app.sure,
    why: reasonsOf(facts),
  });
  const warnings = [
    ...(choice.warning === undefined ? [] : [choice.warning]),
    ...(extensions.unknown.length === 0
      ? []
      : [`PHP extensions that are not known here: ${extensions.unknown.join(", ")}`]),
    ...(facts.assets?.warnings ?? []),
    ...(app.warnings ?? []),
  ];
  return { sure: app.sure, services: [service], warnings: warnings.map((warning) => plainText(warning)) };
}

/** `PHP_EXTENSIONS=gd,redis`, as railpack takes them. */
function toldExtensions({ env }: Wishes): string[] {
  const told = env["PHP_EXTENSIONS"] ?? env["RAILPACK_PHP_EXTENSIONS"] ?? "";
  return told.split(/[\s,]+/).filter((name) => /^\w{1,40}$/.test(name));
}

/** A package.json beside PHP counts where it makes something: one with neither dependencies nor a build is for an editor. */
async function assetsOf(tree: SourceTree, path: string, wishes: Wishes): ReturnType<typeof findAssets> {
  const assets = await findAssets(tree, path, wishes);
  return assets === undefined || assets.build === null ? undefined : assets;
}

function reasonsOf({ app, choice, extensions, assets }: PhpFacts): Reason[] {
  const where = choice.where === undefined ? {} : { where: choice.where };
  return [
    { about: "runtime", value: `php ${choice.version}`, because: plainText(choice.from), ...where },
    { about: "start", value: plainText(app.line), because: plainText(app.from), where: app.where },
    ...(app.framework === null
      ? []
      : [{ about: "framework", value: app.framework, because: plainText(app.from), where: app.where }]),
    ...extensions.names
      .slice(0, 16)
      .map((name) => ({ about: "extension", value: name, because: "required, or called by the code" })),
    ...(assets?.why ?? []),
  ];
}

function library({ type, file }: Composer): Detection {
  return {
    sure: "Likely",
    services: [],
    notAService: `a PHP ${type ?? "package"} (${file})`,
    lookedFor: [
      ["index.php", "none in the folder, public, web, webroot and their like"],
      ["artisan, Procfile, server.php, main.php", "none"],
    ],
  };
}
