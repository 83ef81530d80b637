import type { Failure } from "../../failure.ts";
import type { WayName } from "../links/way.ts";
import { type Answer, isAlive, sayAnswer } from "./answers.ts";
import type { Asked } from "./ask-pod.ts";
import { fitProbe } from "./fit-probe.ts";
import type { Health } from "./health-request.ts";
import type { ProbePlan } from "../../plan.ts";

/** What was asked, and of whom. */
export interface Case {
  readonly service: string;
  readonly asked: Asked;
  readonly probe: ProbePlan;
  /** The person named the probe's path: then it is not left out silently. */
  readonly probeWished: boolean;
  readonly via: WayName;
  readonly port: number | undefined;
  readonly restarts: number;
}

/** Decides what counts: any answer below 500 is alive; through the Service it is Reachable, through the link's own address Verified. */
export function judge(which: Case): Health | Failure {
  const { service, asked, restarts } = which;
  const inside = asked.service;
  if (!isAlive(inside)) return ill(which);
  const link = asked.url === undefined ? inside : asked.link;
  if (!isAlive(link)) {
    return {
      reason: "LinkUnreachable",
      message: `${service} answers inside the cluster (${inside ? sayAnswer(inside) : ""}), but not at ${asked.url ?? "its link"}: ${link ? sayAnswer(link) : "not asked"}`,
      hint: "does a firewall or a network policy keep the nodes' ports closed? links.nodeAddress names the address that people use",
      layer: "Network",
      blame: "Platform",
      service,
      where: `${which.via}/${service}`,
      observed: { probes: probesOf(asked) },
    };
  }
  const evidence = link ?? inside;
  return {
    maturity: "Verified",
    evidence: evidence ? sayAnswer(evidence) : "",
    restarts,
    links: asked.url === undefined || !link ? [] : [linkOf(which, asked.url, link)],
  };
}

/** Who was asked and what came, for the evidence. */
function probesOf({ pod, service, link, url }: Asked): string[] {
  const asked = [
    ["pod", pod],
    ["Service", service],
    [url ?? "link", link],
  ] as const;
  return asked.flatMap(([who, answer]) => (answer === undefined ? [] : [`${who}: ${sayAnswer(answer)}`.slice(0, 200)]));
}

function linkOf(which: Case, url: string, answer: Answer): Health["links"][number] {
  return {
    service: which.service,
    url,
    via: which.via,
    from: "Outside",
    status: answer.status ?? 0,
    ...(answer.title === undefined ? {} : { title: answer.title }),
    ms: answer.ms,
    seenAt: which.asked.at,
  };
}

function ill(which: Case): Health | Failure {
  const { service, asked, probe, restarts } = which;
  const answer = asked.service;
  const said = answer ? sayAnswer(answer) : "no answer";
  const common = { blame: "Repo" as const, service, observed: { probes: probesOf(asked) } };
  // A program that answers its own probe with an error is kept from its Service: the error is what has to be told.
  const error = answer?.status === undefined && asked.pod !== undefined && !isAlive(asked.pod) ? asked.pod : answer;
  if (error?.status !== undefined) {
    return {
      ...common,
      reason: "AnswersError",
      message: `${service} answers GET / with ${sayAnswer(error)}`,
      hint: "its log says why; a missing setting or service is usual",
      layer: "Health",
    };
  }
  if (
    answer?.error === "NotHttp" ||
    (answer?.error === "Reset" && asked.pod?.error === "Reset") ||
    answer?.error === "NoAnswer"
  ) {
    return {
      ...common,
      reason: "NotHttp",
      message: `${service} takes connections on port ${which.port ?? "?"} but does not answer HTTP (${said})`,
      hint: `if it is not meant to, set services[name=${service}].kind: Worker`,
      layer: "Health",
    };
  }
  // The program itself answered, its Service did not: its pod is not ready, and the probe is what keeps it so.
  if (asked.pod && isAlive(asked.pod)) {
    const better = fitProbe(probe, asked.pod);
    if (better.path !== probe.path && !which.probeWished) {
      return {
        maturity: "Listening",
        evidence: `${probe.path ?? "/"} answered ${sayAnswer(asked.pod)}: any connection counts as ready`,
        links: [],
        restarts,
        refit: better,
      };
    }
    if (better.path !== probe.path) {
      return {
        ...common,
        reason: "ProbeFails",
        message: `${service}: probe path ${probe.path ?? "/"} answers ${sayAnswer(asked.pod)}`,
        hint: `name a path that answers 200, or leave out services[name=${service}].probe.path`,
        layer: "Health",
        blame: "Spec",
      };
    }
    return {
      ...common,
      reason: "ServiceUnreachable",
      message: `${service} answers in its pod (${sayAnswer(asked.pod)}), but not through its Service: ${said}`,
      hint: "a network policy, or the cluster's network, keeps them apart",
      layer: "Network",
      blame: "Platform",
    };
  }
  return {
    ...common,
    reason: "NotReachable",
    message: `${service} does not answer on port ${which.port ?? "?"}: ${said}; in its pod: ${asked.pod ? sayAnswer(asked.pod) : "not asked"}`,
    hint: `repo-runner logs shows what it says; if it starts slowly, raise services[name=${service}].probe.startupSeconds`,
    layer: "Health",
  };
}
