import type { FailureView, NextStep } from "../failure-view.ts";
import { turnOf } from "../failure-view.ts";
import { condition, type RunSeen } from "../cluster/run-seen.ts";
import { self } from "../command.ts";

/** The five parts of a run that did not become well; `lines` are the kept lines of what failed. */
export function runFailureView(run: RunSeen, lines: readonly string[]): FailureView {
  const ready = condition(run, "Ready");
  const { failure, needs } = run.status;
  const reason = failure?.reason ?? ready?.reason ?? "Unknown";
  const { name } = run.metadata;
  if (reason === "NeedsSecret" || (reason.startsWith("Needs") && needs.some((need) => need.kind === "Secret")))
    return needsView(run, reason);
  if (reason === "NeedsApproval") return approvalView(run, reason);
  const sentence = failure ? withService(failure.message, failure.service) : (ready?.message ?? "");
  const tried = run.status.fixes
    .filter((fix) => fix.outcome !== "Fixed")
    .map(
      (fix, index) =>
        `${String(index + 1)} ${fix.summary ?? fix.signature} (plan ${String(fix.revision)}): ${outcomeWords[fix.outcome ?? ""] ?? "not known"}`,
    );
  return {
    reason,
    sentence,
    where: failure?.where ?? (failure?.log === undefined ? undefined : `ConfigMap ${failure.log.replace("/", ", ")}`),
    lines,
    tried,
    turn: turnOf(failure?.blame),
    because: failure?.hint,
    next: nextOf(run, reason),
    meanwhile: meanwhileOf(run, name),
  };
}

const outcomeWords: Readonly<Record<string, string>> = {
  NoEffect: "no effect",
  Regressed: "worse",
  Untested: "not tried yet",
  Fixed: "helped",
};

function needsView(run: RunSeen, reason: string): FailureView {
  const { name } = run.metadata;
  const secrets = run.status.needs.filter((need) => need.kind === "Secret" || need.kind === "Variable");
  const names = secrets.map((need) => need.name);
  const service = secrets[0]?.service ?? name;
  const values =
    names.length === 1 ? "1 value that only you know" : `${String(names.length)} values that only you know`;
  const last = names.at(-1) ?? "KEY";
  return {
    reason,
    sentence: `${service} needs ${values}`,
    wanted: secrets.map((need) => ({ name: need.name, ...splitWhy(need.why) })),
    turn: "you: setting",
    next: [
      { command: `${self} secret set ${name} ${names.join(" ")}`, does: "asks for them, without echo" },
      {
        command: `kubectl create secret generic ${name}-env ${names.map((each) => `--from-literal=${each}=…`).join(" ")}`,
      },
      { command: `or, if one is not needed to try it:  ${self} run … --env ${last}=unused` },
    ],
    meanwhile: `It is built and waits; it goes on by itself as soon as the Secret ${name}-env has ${names.length === 1 ? "this key" : "these keys"}.`,
  };
}

function approvalView(run: RunSeen, reason: string): FailureView {
  const { name } = run.metadata;
  const asked = run.status.needs.filter((need) => need.kind === "Approval");
  const steps = asked.map((need) => need.name.toLowerCase()).join(", ");
  return {
    reason,
    sentence: `${name} waits for a person's yes: ${steps}`,
    wanted: asked.map((need) => ({ name: need.name, ...(need.why === undefined ? {} : { why: need.why }) })),
    turn: "you: setting",
    next: [
      { command: `${self} approve ${name}`, does: "shows it, and asks" },
      { command: `kubectl get reporun ${name} -o jsonpath='{.status.needs}'`, does: "the digest to name" },
    ],
    meanwhile: "It goes on by itself as soon as there is a RepoRunApproval with this digest.",
  };
}

/** `os.environ["X"] in shop/payments.py:12` as a place and a sentence. */
function splitWhy(why: string | undefined): { where?: string; why?: string } {
  if (why === undefined) return {};
  const match =
    /^(?<where>[^\s:]+:\d+)[:,]? (?<what>.+)$/s.exec(why) ?? /^(?<what>.*) in (?<where>\S+:\d+|\S+\.\w+)$/s.exec(why);
  const { what, where } = match?.groups ?? {};
  return what !== undefined && where !== undefined ? { where, why: what } : { why };
}

function withService(message: string, service: string | undefined): string {
  return service === undefined || message.includes(service) ? message : `${service}: ${message}`;
}

function nextOf(run: RunSeen, reason: string): readonly NextStep[] {
  const { name } = run.metadata;
  const build =
    run.status.failure?.layer === "Build" ||
    run.status.failure?.layer === "Deps" ||
    run.status.failure?.layer === "System";
  const logs: NextStep = { command: `${self} logs ${name}${build ? " --build" : ""}`, does: "all lines that are kept" };
  const meaning: NextStep = { command: `${self} explain --reason ${reason}`, does: "what this reason means" };
  if (reason === "NoSuchSource" || reason === "AuthRefused") {
    return [
      { command: `${self} secret git ${name}`, does: "asks for user name and token of a private repository" },
      { command: `${self} run URL --name ${name} --replace`, does: "if the address was wrong" },
      meaning,
    ];
  }
  if (reason === "NotAService")
    return [{ command: `${self} run URL --path FOLDER`, does: "a folder of it that has a program" }, meaning];
  switch (run.status.failure?.blame) {
    case "Repo":
      return [
        { command: `mend it and push, then ${self} update ${name}` },
        { command: `${self} run URL --ref COMMIT`, does: "the last good one, if there is one" },
        logs,
      ];
    case "Spec":
      return [
        {
          command: `kubectl edit rr ${name} -n ${run.metadata.namespace}`,
          does: "change the spec; it goes on by itself",
        },
        meaning,
        logs,
      ];
    case "Platform":
    case undefined:
      return [{ command: `${self} doctor` }, { command: `${self} retry ${name}` }, meaning];
  }
}

function meanwhileOf(run: RunSeen, name: string): string | undefined {
  const serving = condition(run, "Serving");
  if (serving?.status === "True" && serving.reason === "PreviousRelease")
    return `${serving.message} serves on${run.status.url === undefined ? "" : ` at ${run.status.url}`}.`;
  if (condition(run, "Reconciling")?.status === "True")
    return `It is tried again by itself; ${self} status ${name} -w follows it.`;
  return undefined;
}
