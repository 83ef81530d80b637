import type { V1Affinity, V1Container, V1PodSpec } from "@kubernetes/client-node";
import { label } from "../../run-ref.ts";
import { lookerContainer, lookerResources } from "../looker.ts";
import { withExec } from "../setup/dockerfile-syntax.ts";
import { hostAliasesOf } from "./aliases.ts";
import { environmentOf } from "./environment.ts";
import { accountName } from "./names.ts";
import { probesOf } from "./probes.ts";
import { resourcesOf } from "./resources.ts";
import { appContainer, isForeign, type RunRequest, wishOf } from "./run-request.ts";
import { containerSecurity, identityOf, podSecurity, workloadUid } from "./security.ts";
import { foldersOf, mountsOf, sharedFolders } from "./volumes.ts";
import type { ProbePlan } from "../../plan.ts";

/** How long a pod that is replaced goes on answering: nodes learn a moment later than it does that it is to end. */
const farewellSeconds = 5;

/** What the plan and the looking settled about the port of one release. */
export interface PortSetting {
  /** Given to the program as PORT. */
  readonly passed: number | undefined;
  /** Where probes and Service go; undefined where nothing listens. */
  readonly served: number | undefined;
  readonly probe: ProbePlan;
}

/**
 * The pod of one service. `wide`: the namespace admits what a root server needs (see security.ts). `line`: a shell line that is run once in place
 * of the program.
 */
export function podOf(asked: RunRequest, ports: PortSetting, wide: boolean, line?: string): V1PodSpec {
  const request = wide ? asked : withoutRoot(asked);
  const { run, service, spec, settings, registrySecret } = request;
  const aliases = hostAliasesOf(request);
  const hostAliases = aliases.state === "done" ? [...aliases.value] : [];
  const ends = service.kind === "Job" || service.kind === "Cron" || line !== undefined;
  const identity = identityFor(request);
  const { volumes } = mountsOf(request);
  const { pod } = spec;
  const sidecars = [
    ...(service.bridge && ports.served !== undefined ? [bridge(ports.served, settings)] : []),
    ...forwards(request),
  ];
  const lowPorts = isForeign(service.recipe) || (ports.served ?? 8080) < 1024;
  return {
    restartPolicy: ends ? "Never" : "Always",
    serviceAccountName: pod?.serviceAccountName ?? accountName(run),
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 15 + farewellSeconds,
    ...(identity.userNamespace ? { hostUsers: false } : {}),
    securityContext: podSecurity(identity, lowPorts, volumes.length > 1),
    ...(registrySecret === undefined ? {} : { imagePullSecrets: [{ name: registrySecret }] }),
    ...(hostAliases.length === 0 ? {} : { hostAliases }),
    ...(sharedFolders(request) ? { affinity: nearEachOther(run) } : {}),
    ...(pod?.nodeSelector ? { nodeSelector: pod.nodeSelector } : {}),
    ...(pod?.tolerations ? { tolerations: pod.tolerations.map(defined) } : {}),
    ...(pod?.runtimeClassName === undefined ? {} : { runtimeClassName: pod.runtimeClassName }),
    ...(pod?.priorityClassName === undefined ? {} : { priorityClassName: pod.priorityClassName }),
    ...(sidecars.length === 0 ? {} : { initContainers: sidecars }),
    containers: [app(request, ports, wide, line)],
    volumes,
  };
}

/** Where a namespace gives root no rights, a server that would give root up itself is started as nobody. */
function withoutRoot(request: RunRequest): RunRequest {
  const { service, imageFacts } = request;
  if (service.rootless === undefined || identityFor(request).uid !== 0) return request;
  const writable = [...new Set([...(service.writable ?? []), ...service.rootless])].slice(0, 8);
  const user = `${String(workloadUid)}:${String(workloadUid)}`;
  return { ...request, service: { ...service, writable }, imageFacts: { ...imageFacts, user } };
}

export function identityFor(
  request: Pick<RunRequest, "service" | "imageFacts" | "settings">,
): ReturnType<typeof identityOf> {
  return identityOf(isForeign(request.service.recipe), request.imageFacts.user, request.settings);
}

function app(request: RunRequest, ports: PortSetting, wide: boolean, line: string | undefined): V1Container {
  const { service, image } = request;
  const { mounts } = mountsOf(request);
  const { served } = ports;
  return {
    name: appContainer,
    image,
    ...(line === undefined ? commandOf(request) : shellLine(line)),
    ...environmentOf(request, ports.passed),
    ...(served === undefined
      ? {}
      : { ports: [{ name: "app", containerPort: served }], ...probesOf(served, ports.probe) }),
    ...(isReplaced(request, served, line) ? { lifecycle: { preStop: { sleep: { seconds: farewellSeconds } } } } : {}),
    resources: resourcesOf(request),
    securityContext: containerSecurity(identityFor(request), wide),
    volumeMounts: mounts,
    // The program's own words stay in its log: it must not be able to speak by the pod's status.
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    ...(service.kind === "Web" || service.kind === "Worker" ? { imagePullPolicy: "IfNotPresent" } : {}),
  };
}

/** Whether a pod of this kind goes while its successor is there already: then it answers until every node knows that it is going. */
function isReplaced(request: RunRequest, served: number | undefined, line: string | undefined): boolean {
  const { kind } = request.service;
  return served !== undefined && line === undefined && kind === "Web" && foldersOf(request).length === 0;
}

/**
 * Images that we render know how they start, unless they were built for another service of the same recipe; a repository's own, or one that is
 * taken as it is, is started as it says unless a person or the plan said otherwise.
 */
function commandOf(request: RunRequest): Pick<V1Container, "command" | "args"> {
  const { service, imageStart } = request;
  const words = wishOf(request)?.command;
  if (words && words.length > 0) return { command: [...words] };
  if (service.command !== undefined || service.args !== undefined) {
    return {
      ...(service.command === undefined ? {} : { command: service.command.map(literal) }),
      ...(service.args === undefined ? {} : { args: service.args.map(literal) }),
    };
  }
  if (service.start === null) return {};
  if (isForeign(service.recipe)) return shellLine(service.start);
  return imageStart === undefined || imageStart === service.start ? {} : shellLine(withExec(service.start));
}

/** A line as a container's command. */
function shellLine(line: string): Pick<V1Container, "command"> {
  return { command: ["/bin/sh", "-c", literal(line)] };
}

/** The kubelet would expand `$(NAME)`: a word is given as it is written. */
function literal(word: string): string {
  return word.replaceAll("$(", "$$$$(");
}

/** Pods that share a volume had better be on one node: most storage is of one node at a time. */
function nearEachOther(run: RunRequest["run"]): V1Affinity {
  const labelSelector = { matchLabels: { [label.run]: run.name } };
  return {
    podAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 100, podAffinityTerm: { labelSelector, topologyKey: "kubernetes.io/hostname" } },
      ],
    },
  };
}

function bridge(port: number, settings: RunRequest["settings"]): V1Container {
  return {
    ...lookerContainer(settings, "bridge", ["bridge", "-listen", `$(POD_IP):${port}`, "-to", String(port)]),
    env: [{ name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }],
    restartPolicy: "Always",
    resources: lookerResources,
  };
}

/** Stands in for databases on the pod's own address, where the code looks for them; each is reached by what its Secret says. */
function forwards({ service, settings, databases = [] }: RunRequest): readonly V1Container[] {
  return (service.forwards ?? []).flatMap(({ port, database, socket }) => {
    const access = databases.find(({ name }) => name === database);
    if (access === undefined) return [];
    const from = (key: string) => ({ valueFrom: { secretKeyRef: { name: access.secret, key } } });
    return [
      {
        ...lookerContainer(settings, `near-${database}`, [
          "forward",
          "-listen",
          `127.0.0.1:${port}`,
          "-to",
          "$(HOST):$(PORT)",
          ...(socket === undefined ? [] : ["-socket", socket]),
        ]),
        ...(socket === undefined ? {} : { volumeMounts: [{ name: "tmp", mountPath: "/tmp" }] }),
        env: [
          { name: "HOST", ...from("host") },
          { name: "PORT", ...from("port") },
        ],
        restartPolicy: "Always",
        resources: lookerResources,
      },
    ];
  });
}

function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
