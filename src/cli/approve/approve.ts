import { ApprovalStep } from "../../approval.ts";
import { connect } from "../cluster/client.ts";
import { ApiProblem, refusal } from "../cluster/problems.ts";
import { getRun } from "../cluster/runs.ts";
import type { RunSeen } from "../cluster/run-seen.ts";
import { self, word, type Invocation } from "../command.ts";
import { CommandError, exitCode } from "../exit-code.ts";
import { askLine } from "../secret/ask.ts";
import { clean } from "../text.ts";

/** What a run waits for a yes to. */
interface Asked {
  readonly step: ApprovalStep;
  readonly digest: string;
  readonly why: string;
}

/** `approve NAME`: shows what waits for a yes, asks on a terminal, and says yes to exactly that. */
export async function approve(invocation: Invocation): Promise<number> {
  const { flags, io } = invocation;
  const name = word(invocation, 0);
  const wanted = flags.text("digest");
  const client = await connect(io, flags);
  const run = await getRun(client, name);
  const asked = askedOf(run);
  if (!asked) {
    throw new CommandError(exitCode.usage, `${clean(name, 60)} waits for no approval`, [
      `${self} status ${clean(name, 60)}      how it is`,
    ]);
  }
  if (wanted !== undefined && wanted !== asked.digest) {
    throw new CommandError(exitCode.usage, `nothing was approved: ${clean(name, 60)} waits for another digest by now`, [
      `${self} approve ${clean(name, 60)} --digest ${asked.digest}`,
    ]);
  }
  io.stderr.write(`${renderAsked(run, asked).join("\n")}\n`);
  if (!flags.on("yes") && wanted === undefined) {
    if (!io.isTTY.stdin) {
      throw new CommandError(exitCode.usage, "nothing was approved: there is no terminal to ask on", [
        `${self} approve ${clean(name, 60)} --digest ${asked.digest}`,
      ]);
    }
    const answer = await askLine(io, "Approve? [y/N] ");
    if (!/^y(?:es)?$/i.test(answer.trim())) {
      io.stderr.write("nothing was approved\n");
      return exitCode.done;
    }
  }
  try {
    const path = `/apis/repo-runner.dev/v1alpha1/namespaces/${encodeURIComponent(client.namespace)}/reporunapprovals`;
    await client.call("POST", path, { body: approvalOf(run, asked) });
  } catch (error) {
    // The same yes, said before: it is there.
    if (error instanceof ApiProblem && error.status === 409) return exitCode.done;
    throw error instanceof ApiProblem ? refusal(error, `approve ${name}`, client.namespace) : error;
  }
  io.stderr.write(`approved; it goes on by itself\n   next   ${self} status ${clean(name, 60)} -w\n`);
  return exitCode.done;
}

/** The step that a run waits with; undefined where it waits for no yes. */
export function askedOf(run: RunSeen): Asked | undefined {
  const need = run.status.needs.find(({ kind }) => kind === "Approval");
  const step = ApprovalStep.safeParse(need?.name);
  if (need?.digest === undefined || !step.success) return undefined;
  return { step: step.data, digest: need.digest, why: need.why ?? "" };
}

/** What is approved, before anybody is asked. */
export function renderAsked(run: RunSeen, { step, digest, why }: Asked): string[] {
  const { name } = run.metadata;
  const more: Readonly<Record<ApprovalStep, string>> = {
    Build: `${self} plan ${clean(run.spec.source.git?.url ?? "DIR", 200)}   the plan, with its Dockerfiles`,
    Release: `${self} explain ${clean(name, 60)}   how it got there`,
    Fix: `${self} fixes ${clean(name, 60)}   what was tried before`,
  };
  return [
    `${clean(name, 60)} waits for a yes to: ${step}`,
    `   what     ${clean(why, 300)}`,
    `   digest   ${clean(digest, 80)}`,
    `   see      ${more[step]}`,
  ];
}

/** A yes that goes when its run goes. Its name is made of what it says, so that a second one is the same. */
function approvalOf(run: RunSeen, { step, digest }: Asked): unknown {
  const { name, namespace, uid } = run.metadata;
  const owner = uid === undefined ? [] : [{ apiVersion: "repo-runner.dev/v1alpha1", kind: "RepoRun", name, uid }];
  return {
    apiVersion: "repo-runner.dev/v1alpha1",
    kind: "RepoRunApproval",
    metadata: {
      name: `${name}-${step.toLowerCase()}-${digest.replace(/^sha256:/, "").slice(0, 12)}`,
      namespace,
      ownerReferences: owner,
    },
    spec: { run: name, step, digest },
  };
}
