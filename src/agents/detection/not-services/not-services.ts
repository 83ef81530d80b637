import { joinPath } from "../../config/service-files.ts";
import { parseRelaxedJson } from "../comments.ts";
import { plainText } from "../plain-text.ts";
import type { SourceTree } from "../source-tree.ts";

/** What a repository is that nothing of it can be started as a service, and what its owner may do. */
export interface NotService {
  /** `a Helm chart (shop)` */
  readonly what: string;
  readonly hint: string;
}

type Look = {
  readonly tree: SourceTree;
  readonly folder: string;
  /** Names in the folder. */
  readonly names: readonly string[];
  /** Paths of all files below, relative to the folder; at most 2000. */
  readonly files: readonly string[];
};

type Kind = (look: Look) => Promise<NotService | undefined>;

/**
 * Says what a folder is in which no language finds anything to run; undefined where that cannot be told. `isKnown`: a language has its own word for it,
 * which only what is made for another program to load outdoes.
 */
export async function whatItIs(tree: SourceTree, folder: string, isKnown: boolean): Promise<NotService | undefined> {
  const prefix = folder === "." ? "" : `${folder}/`;
  const all = (await tree.files(folder)).filter((path) => path.startsWith(prefix)).slice(0, 2000);
  const look: Look = {
    tree,
    folder,
    names: await tree.list(folder),
    files: all.map((path) => path.slice(prefix.length)),
  };
  for (const kind of isKnown ? loaded : [...loaded, ...kinds]) {
    const found = await kind(look);
    if (found !== undefined) return { what: plainText(found.what, 120), hint: plainText(found.hint, 300) };
  }
  return undefined;
}

const read = async ({ tree, folder }: Look, name: string): Promise<string> =>
  ((await tree.read(joinPath(folder, name) ?? name)) ?? "").slice(0, 131_072);

const fields = async (look: Look, name: string): Promise<Readonly<Record<string, unknown>>> => {
  const value = parseRelaxedJson(await read(look, name));
  return value !== null && typeof value === "object" ? (value as Readonly<Record<string, unknown>>) : {};
};

const count = ({ files }: Look, pattern: RegExp): number => files.filter((path) => pattern.test(path)).length;

const app =
  "a phone or a computer runs it; if there is a server beside it, name its folder by --path or spec.source.path";
const other =
  "nothing of it answers or works by itself; name a folder that does by --path, or say what should run: spec.services with a start";

/** What another program loads. */
const loaded: readonly Kind[] = [browserExtension, editorExtension, action, phoneApp];

const kinds: readonly Kind[] = [chart, infrastructure, manifests, game, typesetting, definitions, documents];

async function browserExtension(look: Look): Promise<NotService | undefined> {
  for (const name of ["manifest.json", "src/manifest.json", "public/manifest.json", "extension/manifest.json"]) {
    if (!look.files.includes(name)) continue;
    const { manifest_version: version } = await fields(look, name);
    if (version === 2 || version === 3)
      return {
        what: `a browser extension (manifest version ${version})`,
        hint: "a browser loads it: pack it for its store; there is no page to serve",
      };
  }
  return undefined;
}

async function editorExtension(look: Look): Promise<NotService | undefined> {
  const { engines } = await fields(look, "package.json");
  const isOne = engines !== null && typeof engines === "object" && ("vscode" in engines || "atom" in engines);
  return isOne
    ? {
        what: "an extension of an editor",
        hint: "an editor loads it: pack it for its marketplace; there is nothing to serve",
      }
    : undefined;
}

async function action(look: Look): Promise<NotService | undefined> {
  const name = ["action.yml", "action.yaml"].find((each) => look.names.includes(each));
  if (name === undefined || !/^runs:/m.test(await read(look, name))) return undefined;
  return { what: "a GitHub Action", hint: "a workflow calls it by `uses`; there is nothing to serve" };
}

async function phoneApp(look: Look): Promise<NotService | undefined> {
  if (count(look, /(?:^|\/)AndroidManifest\.xml$/) > 0 && count(look, /(?:^|\/)\w+\.xcodeproj\//) === 0)
    return { what: "an Android app", hint: app };
  if (count(look, /\.xcodeproj\/|\.xcworkspace\/|(?:^|\/)Podfile$|\.storyboard$/) > 0)
    return { what: "an app for Apple's devices (an Xcode project)", hint: app };
  return undefined;
}

async function chart(look: Look): Promise<NotService | undefined> {
  const charts = look.files.filter((path) => /(?:^|\/)Chart\.yaml$/.test(path));
  const [first] = charts;
  if (first === undefined) return undefined;
  const name = /^name:[ \t]*["']?(?<name>[\w.-]{1,60})/m.exec(await read(look, first))?.groups?.["name"];
  const what =
    charts.length > 1 ? `${charts.length} Helm charts` : `a Helm chart${name === undefined ? "" : ` (${name})`}`;
  return {
    what,
    hint: "helm install puts it on a cluster; Repo Runner runs the source that its images are made of: name that repository",
  };
}

async function infrastructure(look: Look): Promise<NotService | undefined> {
  const hint = "its own tool applies it to an infrastructure, which Repo Runner leaves alone";
  if (count(look, /\.tf(?:\.json)?$|\.tofu$|(?:^|\/)terragrunt\.hcl$/) > 0)
    return { what: "Terraform or OpenTofu code", hint };
  if (count(look, /(?:^|\/)Pulumi\.ya?ml$/) > 0) return { what: "a Pulumi program", hint };
  if (count(look, /(?:^|\/)(?:roles\/[^/]+\/tasks\/main\.ya?ml|ansible\.cfg|galaxy\.yml)$/) > 0)
    return { what: "Ansible roles or playbooks", hint };
  if (count(look, /\.bicep$/) > 0) return { what: "Bicep templates", hint };
  if (count(look, /(?:^|\/)flake\.nix$|(?:^|\/)configuration\.nix$/) > 0 && count(look, /\.nix$/) > 0)
    return { what: "a Nix configuration", hint };
  return undefined;
}

/** Kubernetes' own words in every second YAML file. */
async function manifests(look: Look): Promise<NotService | undefined> {
  const files = look.files.filter((path) => /\.ya?ml$/.test(path) && !path.startsWith(".github/")).slice(0, 30);
  if (files.length === 0) return undefined;
  const texts = await Promise.all(files.map(async (path) => await read(look, path)));
  const objects = texts.filter((text) => /^apiVersion:[ \t]/m.test(text) && /^kind:[ \t]/m.test(text)).length;
  if (objects * 2 <= files.length) return undefined;
  return {
    what: "Kubernetes manifests",
    hint: "kubectl apply puts them on a cluster; Repo Runner runs the source that their images are made of: name that repository",
  };
}

async function game(look: Look): Promise<NotService | undefined> {
  if (look.names.includes("project.godot")) return { what: "a game (Godot)", hint: app };
  if (look.files.includes("ProjectSettings/ProjectVersion.txt")) return { what: "a game (Unity)", hint: app };
  return count(look, /^[^/]+\.uproject$/) > 0 ? { what: "a game (Unreal)", hint: app } : undefined;
}

async function typesetting(look: Look): Promise<NotService | undefined> {
  return count(look, /\.(?:tex|typ)$/) > 0
    ? { what: "documents to be typeset (LaTeX, Typst)", hint: other }
    : undefined;
}

async function definitions(look: Look): Promise<NotService | undefined> {
  const all = count(look, /./);
  if (count(look, /\.(?:proto|avsc|thrift|graphqls?)$/) * 2 > all)
    return { what: "definitions of interfaces", hint: other };
  return count(look, /\.(?:csv|tsv|parquet|jsonl|geojson|ndjson|feather|arrow)$/) * 2 > all
    ? { what: "data, and no program", hint: other }
    : undefined;
}

const text =
  /\.(?:md|markdown|mdx|rst|adoc|asciidoc|txt|org|pdf|docx?|odt|png|jpe?g|gif|svg|webp)$|(?:^|\/)(?:README|LICEN[CS]E|COPYING|CHANGELOG|AUTHORS|NOTICE|CODEOWNERS|CONTRIBUTING|SECURITY|Makefile|\.[^/]+|\.github\/.+)$/i;

async function documents(look: Look): Promise<NotService | undefined> {
  const all = count(look, /./);
  if (all === 0 || count(look, text) < all) return undefined;
  const what = "documents, and no program";
  return {
    what,
    hint: "add a generator's configuration (mkdocs.yml, an index.html) to have them as pages, or name another repository",
  };
}
