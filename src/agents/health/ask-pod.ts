import type { V1PodSpec, V1ServiceSpec } from "@kubernetes/client-node";
import { shortHash } from "../../digest.ts";
import { done, failed, type Outcome, waiting } from "../../outcome.ts";
import { annotation, label, labelsOf, ownerOf } from "../../run-ref.ts";
import type { KubeObject, PodRecord } from "../cluster.ts";
import { wayFor } from "../links/links.ts";
import type { Link, LinkRequest } from "../links/way.ts";
import { lookerContainer, lookerResources, lookerUid } from "../looker.ts";
import { refusalToFailure } from "../refusal.ts";
import { accountName, childName } from "../runner/names.ts";
import { starting } from "../runner/starting.ts";
import { type Answer, isAlive, readAnswers } from "./answers.ts";
import type { HealthRequest } from "./health-request.ts";

/** Kept at the asking pod: which link it asks, so that its answer can be read without another request. */
const linkAnnotation = "repo-runner.dev/link";
const container = "look";
/** How often an asking pod that was lost is made again. */
const mostPods = 3;
/** How long the asking pod may take to start. */
const startMs = 180_000;

/** What the addresses of a release answered. */
export interface Asked {
  readonly pod: Answer | undefined;
  readonly service: Answer | undefined;
  readonly link: Answer | undefined;
  readonly url: string | undefined;
  readonly at: string;
}

interface PodObject extends KubeObject {
  readonly spec: V1PodSpec;
}
interface ServiceSeen extends KubeObject {
  readonly spec?: V1ServiceSpec;
  readonly status?: unknown;
}
interface HostSeen extends KubeObject {
  readonly status?: { readonly hostIP?: string };
}

/**
 * Asks a release from inside its namespace: the pod itself, its Service, and the address that people use. One pod for one release, which
 * asks until it is answered, from `afterMs` on, and another where an error was the answer before `since`; the controller itself never opens a connection to an address that a tenant can influence.
 */
export async function askRelease(request: HealthRequest, started: PodRecord, afterMs: number): Promise<Outcome<Asked>> {
  const { cluster, run, release, now } = request;
  const pods = cluster
    .children("Pod", run.namespace, run.name)
    .filter(
      (pod) =>
        !pod.deleting && pod.labels[label.stage] === "look" && pod.annotations[annotation.input] === release.podInput,
    );
  const told = pods.flatMap((pod) => toldBy(pod, now)).toSorted((one, other) => other.at.localeCompare(one.at));
  const [newest] = told;
  const fresh = told.find((each) => isAlive(each.service) || each.at >= (request.since ?? ""));
  if (fresh !== undefined) return done(fresh);
  const open = pods.find((pod) => pod.phase !== "Failed" && pod.phase !== "Succeeded");
  if (open) return stillAsking(request, open);
  if (pods.length >= mostPods && newest !== undefined) return done(newest);
  if (pods.length >= mostPods) {
    const said = pods.map((pod) => `${pod.reason ?? ""} ${pod.containers[0]?.reason ?? ""}`.trim());
    return failed({
      reason: "LookFailed",
      message: `asking ${release.service} failed ${pods.length} times: ${said.join(", ").slice(0, 300)}`,
      layer: "Cluster",
      blame: "Platform",
      service: release.service,
    });
  }
  return await sendAsker(request, started, { attempt: pods.length, afterMs });
}

/** What one asking pod was answered, once it has ended. */
function toldBy(pod: PodRecord, now: Date): readonly Asked[] {
  const looked = pod.containers.find((each) => each.name === container);
  const answers = looked?.state === "Terminated" ? readAnswers(looked.message) : undefined;
  return answers === undefined ? [] : [askedOf(answers, pod, looked?.finishedAt ?? now.toISOString())];
}

function stillAsking(request: HealthRequest, pod: PodRecord): Outcome<Asked> {
  const looked = pod.containers.find((each) => each.name === container);
  if (looked?.state !== "Running" && request.now.getTime() - Date.parse(pod.createdAt) > startMs) {
    return failed({
      reason: "LookFailed",
      message:
        `pod ${pod.name} does not start: ${pod.unschedulable ?? looked?.message ?? looked?.reason ?? pod.phase}`.slice(
          0,
          500,
        ),
      hint: "can the image of the looker be pulled, and is there room for a small pod?",
      layer: "Cluster",
      blame: "Platform",
      where: `Pod/${pod.name}`,
    });
  }
  return starting(request.service.name, 60);
}

interface Turn {
  readonly attempt: number;
  readonly afterMs: number;
}

async function sendAsker(request: HealthRequest, started: PodRecord, turn: Turn): Promise<Outcome<Asked>> {
  const { cluster, run, service, release, spec, settings } = request;
  const { kubeService, port } = release;
  if (kubeService === undefined || port === undefined || started.ip === undefined) return starting(service.name);
  const seen = await cluster.get<ServiceSeen>("Service", run.namespace, kubeService);
  const address = seen?.spec?.clusterIP;
  if (!seen || address === undefined) return starting(service.name, 1);
  const way = wayFor(service, spec, settings);
  const linkRequest: LinkRequest = { run, service: service.name, kubeService, spec, settings };
  const own = way.objects(linkRequest)[0];
  const host =
    way.kind === "NodePort" && settings.links.nodeAddress === undefined
      ? await cluster.get<HostSeen>("Pod", run.namespace, started.name)
      : undefined;
  const links = way.read(linkRequest, {
    service: seen,
    object: own && own.kind !== "Secret" ? await cluster.get(own.kind, run.namespace, own.metadata.name) : undefined,
    nodeAddress: host?.status?.hostIP,
  });
  if (!links) return waiting("LinkPending", `the ${way.kind} of ${service.name} has no address yet`, 5);
  const link = links[0];
  const targets = [
    line("pod", started.ip, port, "", release.probe.path ?? "/"),
    line("service", address === "None" ? started.ip : address, 80, kubeService, "/"),
    ...(link ? [line("link", link.host, link.port, link.hostHeader, link.path)] : []),
  ];
  const created = await cluster.create(askPod(request, targets, turn, link));
  if (created.state === "refused") return failed(refusalToFailure(created.refusal, `a look at ${service.name}`));
  return starting(request.service.name, 60);
}

/** One target as the looker reads it. What could end the line or the request is no part of any address, so it is left out. */
function line(name: string, host: string, port: number, header: string, path: string): string {
  // oxlint-disable-next-line no-control-regex -- it is what is taken out
  const clean = (text: string) => text.replaceAll(/[\u0000-\u0020\u007f-\uffff]/g, "");
  return [name, clean(host), String(port), clean(header), clean(path).slice(0, 512) || "/"].join("\t");
}

function askPod(
  request: HealthRequest,
  targets: readonly string[],
  { attempt, afterMs }: Turn,
  link: Link | undefined,
): PodObject {
  const { run, service, release, settings, spec } = request;
  const waitSeconds = release.probe.startupSeconds + 30;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: childName(run, `${service.name}-ask-${shortHash([run.uid, release.podInput, attempt], 6)}`),
      namespace: run.namespace,
      labels: labelsOf(run, "look", service.name),
      annotations: {
        [annotation.input]: release.podInput,
        ...(link ? { [linkAnnotation]: link.url } : {}),
      },
      ownerReferences: [ownerOf(run)],
    },
    spec: {
      restartPolicy: "Never",
      serviceAccountName: spec.pod?.serviceAccountName ?? accountName(run),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      activeDeadlineSeconds: waitSeconds + 120,
      terminationGracePeriodSeconds: 1,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: lookerUid,
        runAsGroup: lookerUid,
        seccompProfile: { type: "RuntimeDefault" },
      },
      ...(spec.pod?.nodeSelector ? { nodeSelector: spec.pod.nodeSelector } : {}),
      containers: [
        {
          ...lookerContainer(settings, container, [
            "ask",
            "-after",
            `${Math.ceil(afterMs)}ms`,
            "-wait",
            `${waitSeconds}s`,
            "-timeout",
            "10s",
          ]),
          env: [{ name: "ASK_TARGETS", value: targets.join("\n").replaceAll("$(", "$$$$(") }],
          resources: lookerResources,
        },
      ],
    },
  };
}

function askedOf(answers: readonly Answer[], pod: PodRecord, at: string): Asked {
  const named = (name: string) => answers.find((answer) => answer.name === name);
  return {
    pod: named("pod"),
    service: named("service"),
    link: named("link"),
    url: pod.annotations[linkAnnotation],
    at,
  };
}
