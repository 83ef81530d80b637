import { existsSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { Platform } from "../../agents/detection/language.ts";
import type { Failure } from "../../failure.ts";
import type { Outcome } from "../../outcome.ts";
import type { Plan } from "../../plan.ts";
import type { RepoRunSpec } from "../../repo-run.ts";
import { word, type Invocation } from "../command.ts";
import { CommandError, exitCode, exitCodeOf } from "../exit-code.ts";
import { renderFailure, turnOf, type NextStep } from "../failure-view.ts";
import { readVariables } from "../run/variables.ts";
import { nameFromAddress } from "../run/run-name.ts";
import { Voice } from "../voice.ts";
import { checkAddress, checkOut, isAddress, type Checkout } from "./checkout.ts";
import { planDocument, type PlanAnswer } from "./document.ts";
import { counting } from "./reading.ts";
import { writeRepositoryFile } from "./repository-file.ts";
import { renderPlan, renderWhy } from "./view.ts";

/** `plan URL|DIR`: what was found and why, without a cluster. */
export async function plan(invocation: Invocation): Promise<number> {
  const { flags, io } = invocation;
  const what = word(invocation, 0);
  const voice = new Voice(io);
  const write = flags.on("write");
  if (isAddress(what)) {
    if (write)
      throw new CommandError(exitCode.usage, "--write needs a folder: clone the repository, then plan it there");
    checkAddress(what);
    voice.live("source", what);
    const startedMs = performance.now();
    const checkout = await checkOut(what, flags.text("ref"), io.signal).finally(() => {
      voice.rest();
    });
    const cloneSeconds = (performance.now() - startedMs) / 1000;
    const name = nameFromAddress(what);
    if (checkout.state === "waiting") throw new Error("a checkout does not wait");
    if (checkout.state === "failed") return show(invocation, unread(name, what, checkout.failure, cloneSeconds));
    try {
      const answer = await survey(invocation, {
        folder: checkout.value.dir,
        url: what,
        name,
        checkout: checkout.value,
        cloneSeconds,
      });
      return show(invocation, answer);
    } finally {
      await checkout.value.remove();
    }
  }
  const folder = resolve(what);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new CommandError(exitCode.usage, `${what} is neither a folder nor an address`, [
      "an address looks like https://git.example.org/you/app.git",
    ]);
  }
  if (flags.text("ref") !== undefined)
    throw new CommandError(exitCode.usage, "--ref needs an address; a folder is planned as it lies there");
  const answer = await survey(invocation, {
    folder,
    url: undefined,
    name: nameFromAddress(basename(folder)),
    checkout: undefined,
    cloneSeconds: null,
  });
  const code = show(invocation, answer);
  if (write && answer.plan && code === exitCode.done) {
    const file = await writeRepositoryFile(folder, answer.plan, flags.on("force"));
    io.stderr.write(`${file} written. Undo: remove it\n`);
  }
  return code;
}

interface Folder {
  readonly folder: string;
  readonly url: string | undefined;
  readonly name: string;
  readonly checkout: Checkout | undefined;
  readonly cloneSeconds: number | null;
}

async function survey(
  { flags }: Invocation,
  { folder, url, name, checkout, cloneSeconds }: Folder,
): Promise<PlanAnswer> {
  const [{ draftPlan }, { openTree }] = await Promise.all([
    import("../../agents/survey.ts"),
    import("../../agents/detection/folder-tree.ts"),
  ]);
  const path = flags.text("path");
  const env = readVariables(flags.list("env")).map(({ name, value }) => ({ name, value, phase: "Run" as const }));
  const spec: RepoRunSpec = {
    source: { git: { url: url ?? "https://localhost/folder.git" }, ...(path === undefined ? {} : { path }) },
    ...(env.length === 0 ? {} : { env }),
  };
  // Any official version: without a cluster nobody knows what its mirror holds.
  const platform: Platform = { baseImages: "Any", listed: {}, now: new Date(), commitDate: checkout?.committedAt };
  const startedMs = performance.now();
  const tree = counting(openTree(folder));
  const outcome: Outcome<Plan> = await draftPlan(tree, { spec, platform, name });
  if (outcome.state === "waiting") throw new Error(`a plan does not wait: ${outcome.message}`);
  const found = outcome.state === "done" ? outcome.value : undefined;
  return {
    name,
    source: checkout
      ? { url: url ?? null, commit: checkout.commit, revision: checkout.revision, subject: checkout.subject }
      : null,
    plan: found,
    failure: outcome.state === "failed" ? outcome.failure : undefined,
    dockerfiles: found ? await dockerfiles(found, tree) : new Map<string, string>(),
    filesRead: tree.filesRead(),
    seconds: { clone: cloneSeconds, plan: (performance.now() - startedMs) / 1000 },
  };
}

async function dockerfiles(
  plan: Plan,
  tree: { read(path: string): Promise<string | undefined> },
): Promise<ReadonlyMap<string, string>> {
  const { renderDockerfile } = await import("../../agents/setup/dockerfile.ts");
  const texts = new Map<string, string>();
  for (const service of plan.services) {
    const own = service.recipe.dockerfile;
    const text =
      own === undefined ? renderDockerfile(service, { caBundle: false, buildEnv: {} }) : await tree.read(own);
    if (text !== undefined) texts.set(service.name, text);
  }
  return texts;
}

function unread(name: string, url: string, failure: Failure, clone: number): PlanAnswer {
  const source = { url, commit: null, revision: null, subject: null };
  return { name, source, plan: undefined, failure, dockerfiles: new Map(), filesRead: 0, seconds: { clone, plan: 0 } };
}

function show({ flags, io }: Invocation, answer: PlanAnswer): number {
  const code = answer.failure ? exitCodeOf(answer.failure.reason, answer.failure.blame) : exitCode.done;
  if (flags.json) {
    io.stdout.write(`${JSON.stringify(planDocument(answer), null, 2)}\n`);
    return code;
  }
  const { failure } = answer;
  if (failure && failure.reason !== "NotAService") {
    const view = {
      reason: failure.reason,
      sentence: failure.message,
      where: failure.where,
      lines: failure.lines,
      turn: turnOf(failure.blame),
      next: nextOf(failure),
    };
    io.stderr.write(`${renderFailure(view).join("\n")}\n`);
    return code;
  }
  const { plan } = answer;
  const lines = plan && flags.on("why") ? renderWhy(plan) : plan && flags.on("dockerfile") ? [] : renderPlan(answer);
  if (plan && flags.on("dockerfile")) {
    for (const [service, text] of answer.dockerfiles) lines.push(`# ${service}`, text.trimEnd(), "");
  }
  io.stdout.write(`${lines.join("\n").trimEnd()}\n`);
  return code;
}

/** Here git's own credentials are asked, not a Secret: the cluster's hint would lead astray. */
function nextOf(failure: Failure): readonly NextStep[] {
  const source = failure.layer === "Source" && failure.blame === "Spec";
  if (source)
    return [
      {
        command: "git ls-remote ADDRESS",
        does: "does git itself get in? For a private repository its credential helper is asked",
      },
    ];
  return failure.hint === undefined ? [] : [{ command: failure.hint }];
}
