import type { Reason } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import { borrowNode, findAssets } from "../assets.ts";
import type { Detection, Language, Wishes } from "../language.ts";
import { newService } from "../new-service.ts";
import { plainText } from "../plain-text.ts";
import { serviceNameOf } from "../service-name.ts";
import type { SourceTree } from "../source-tree.ts";
import { caddyService } from "../static/caddy.ts";
import { type Gems, readGems } from "./gems.ts";
import { type RubyFacts, rubyRecipe } from "./recipe.ts";
import { chooseRuby } from "./ruby-version.ts";
import type { RubyStart } from "./start.ts";
import { findStarts } from "./starts.ts";
import { rubyLibraries } from "./system-libraries.ts";

/** Ruby: Rails, Rack and Sinatra, sites of Jekyll and its like, workers and programs of one file. */
export const ruby: Language = {
  name: "ruby",
  async detect(tree, path, wishes): Promise<Detection | undefined> {
    const gems = await readGems(tree, path);
    const found = await findStarts(tree, path, gems);
    const told = wishes.service?.start ?? wishes.service?.command?.join(" ");
    const [first] = found;
    const isTold = told !== undefined && told !== "" && gems !== undefined;
    const start = isTold ? toldStart(told, first) : first;
    if (start === undefined) return await library(tree, path, gems);
    return await describe(tree, path, wishes, { gems, start, others: found.filter((one) => one !== start) });
  },
};

function toldStart(line: string, known: RubyStart | undefined): RubyStart {
  return { kind: "Web", framework: null, ...known, line, from: "spec", where: "spec.services", sure: "Certain" };
}

interface Found {
  readonly gems: Gems | undefined;
  readonly start: RubyStart;
  readonly others: readonly RubyStart[];
}

async function describe(tree: SourceTree, path: string, wishes: Wishes, found: Found): Promise<Detection> {
  const { gems, start } = found;
  const choice = await chooseRuby(tree, path, gems, wishes);
  const assets = await findAssets(tree, path, wishes);
  const runsNode = start.site === undefined && (gems?.names.has("execjs") === true || assets?.build === null);
  const node = assets ?? (runsNode ? await borrowNode(tree, path, wishes) : undefined);
  const facts: RubyFacts = {
    path,
    gems,
    choice,
    start,
    node: node === undefined ? undefined : { borrows: node.borrows, tools: node.tools.slice(0, 1) },
    assets,
    runsNode,
  };
  const service = newService({
    name: serviceNameOf(path, start.kind),
    kind: start.kind,
    path,
    language: "ruby",
    framework: start.framework,
    runtime: { name: "ruby", version: choice.version, from: choice.from },
    manager: managerOf(gems),
    recipe: rubyRecipe(facts),
    start: start.line,
    otherStarts: found.others
      .filter(({ line }) => line !== start.line && line !== "")
      .slice(0, 8)
      .map(({ line, from }) => ({ line, from: plainText(from) })),
    releaseSteps: [...(start.releaseSteps ?? [])],
    volumes: [...(start.volumes ?? [])],
    env: [...(start.env ?? [])],
    port: start.port ?? { from: "Default", readsPort: false },
    probe: { startupSeconds: 180 },
    resources: { requests: { cpu: "50m", memory: "256Mi" }, limits: { memory: "768Mi" } },
    sure: start.sure,
    why: reasonsOf(facts, node?.why ?? []),
    ...(start.site === undefined ? {} : caddyService),
  });
  const warnings = [
    ...(choice.warning === undefined ? [] : [choice.warning]),
    ...(node?.warnings ?? []),
    ...(start.warnings ?? []),
    ...(gems?.lacksLinux === true ? ["Gemfile.lock names no platform of Linux; it is added while building"] : []),
  ];
  return { sure: start.sure, services: [service], warnings: warnings.map((warning) => plainText(warning)) };
}

function managerOf(gems: Gems | undefined): {
  name: string;
  version: string | null;
  lockFile: string | null;
  mode: "Frozen" | "Unfrozen";
} | null {
  if (gems === undefined || gems.names.size === 0) return null;
  const lockFile = gems.hasLock ? "Gemfile.lock" : null;
  const mode = gems.hasLock && !gems.lacksLinux ? "Frozen" : "Unfrozen";
  return { name: "bundler", version: gems.bundler ?? null, lockFile, mode };
}

function reasonsOf({ gems, choice, start, path }: RubyFacts, node: readonly Reason[]): Reason[] {
  const where = choice.where === undefined ? {} : { where: choice.where };
  const gemfile = joinPath(path, "Gemfile") ?? "Gemfile";
  const started = start.site === undefined ? start.line : `files of ${start.site}`;
  return [
    { about: "runtime", value: `ruby ${choice.version}`, because: plainText(choice.from), ...where },
    { about: "start", value: plainText(started), because: plainText(start.from), where: start.where },
    ...(start.framework === null
      ? []
      : [{ about: "framework", value: start.framework, because: plainText(start.from), where: start.where }]),
    ...(start.build ?? []).map((line) => ({ about: "build", value: plainText(line), because: "once per image" })),
    ...(gems === undefined ? [] : rubyLibraries(gems.names).because.slice(0, 12)).map((gem) => ({
      about: "packages",
      value: gem,
      because: "a gem that needs a library of the system",
      where: gemfile,
    })),
    ...node,
  ];
}

async function library(tree: SourceTree, path: string, gems: Gems | undefined): Promise<Detection | undefined> {
  const gemspec = (await tree.list(path)).find((name) => /^[\w.-]+\.gemspec$/.test(name));
  if (gems === undefined && gemspec === undefined) return undefined;
  // A Gemfile that only brings tools (CocoaPods, fastlane) is not what the folder is for.
  if (gemspec === undefined && ![...(gems?.names ?? [])].some((name) => /^(?:rake|rspec|minitest)$/.test(name))) {
    return undefined;
  }
  return {
    sure: "Likely",
    services: [],
    notAService: gemspec === undefined ? "Ruby without a program (a Gemfile alone)" : `a Ruby gem (${gemspec})`,
    lookedFor: [
      ["Procfile, config/application.rb, config.ru", "none"],
      ["main.rb, app.rb, server.rb", "none"],
    ],
  };
}
