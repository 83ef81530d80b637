import type { V1Container, V1PodSpec, V1Volume, V1VolumeMount } from "@kubernetes/client-node";
import { lookerContainer, lookerResources } from "../looker.ts";
import { environmentOf } from "./environment.ts";
import { accountName, childName } from "./names.ts";
import { probesOf } from "./probes.ts";
import { resourcesOf } from "./resources.ts";
import { appContainer, type RunRequest, wishOf } from "./run-request.ts";
import { containerSecurity, identityOf, podSecurity } from "./security.ts";
import type { ProbePlan } from "../../plan.ts";

/** What the plan and the looking settled about the port of one release. */
export interface PortSetting {
  /** Given to the program as PORT. */
  readonly passed: number | undefined;
  /** Where probes and Service go; undefined where nothing listens. */
  readonly served: number | undefined;
  readonly probe: ProbePlan;
}

/** The pod of one service. `wide`: the namespace admits what a root server needs (see security.ts). */
export function podOf(request: RunRequest, ports: PortSetting, wide: boolean): V1PodSpec {
  const { run, service, spec, settings, registrySecret } = request;
  const ends = service.kind === "Job" || service.kind === "Cron";
  const identity = identityFor(request);
  const volumes = wishOf(request)?.volumes ?? [];
  const { pod } = spec;
  const lowPorts = service.recipe.dockerfile !== undefined || (ports.served ?? 8080) < 1024;
  return {
    restartPolicy: ends ? "Never" : "Always",
    serviceAccountName: pod?.serviceAccountName ?? accountName(run),
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 15,
    ...(identity.userNamespace ? { hostUsers: false } : {}),
    securityContext: podSecurity(identity, lowPorts, volumes.length > 0),
    ...(registrySecret === undefined ? {} : { imagePullSecrets: [{ name: registrySecret }] }),
    ...(pod?.nodeSelector ? { nodeSelector: pod.nodeSelector } : {}),
    ...(pod?.tolerations ? { tolerations: pod.tolerations.map(defined) } : {}),
    ...(pod?.runtimeClassName === undefined ? {} : { runtimeClassName: pod.runtimeClassName }),
    ...(pod?.priorityClassName === undefined ? {} : { priorityClassName: pod.priorityClassName }),
    ...(service.bridge && ports.served !== undefined ? { initContainers: [bridge(ports.served, settings)] } : {}),
    containers: [app(request, ports, wide)],
    volumes: [
      { name: "tmp", emptyDir: {} },
      ...volumes.map((volume): V1Volume => ({
        name: `data-${volume.name}`,
        persistentVolumeClaim: { claimName: childName(run, `${service.name}-${volume.name}`) },
      })),
    ],
  };
}

export function identityFor(
  request: Pick<RunRequest, "service" | "imageFacts" | "settings">,
): ReturnType<typeof identityOf> {
  return identityOf(request.service.recipe.dockerfile !== undefined, request.imageFacts.user, request.settings);
}

function app(request: RunRequest, ports: PortSetting, wide: boolean): V1Container {
  const { service, image } = request;
  const wish = wishOf(request);
  const mounts: V1VolumeMount[] = [
    { name: "tmp", mountPath: "/tmp" },
    ...(wish?.volumes ?? []).map((volume) => ({ name: `data-${volume.name}`, mountPath: volume.path })),
  ];
  const { served } = ports;
  return {
    name: appContainer,
    image,
    ...commandOf(request),
    ...environmentOf(request, ports.passed),
    ...(served === undefined
      ? {}
      : { ports: [{ name: "app", containerPort: served }], ...probesOf(served, ports.probe) }),
    resources: resourcesOf(request),
    securityContext: containerSecurity(identityFor(request), wide),
    volumeMounts: mounts.filter(
      (mount, index) => mounts.findIndex((other) => other.mountPath === mount.mountPath) === index,
    ),
    // The program's own words stay in its log: it must not be able to speak by the pod's status.
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    ...(service.kind === "Web" || service.kind === "Worker" ? { imagePullPolicy: "IfNotPresent" } : {}),
  };
}

/** Images that we render know how they start; a repository's own is started as its Dockerfile says unless a person said otherwise. */
function commandOf(request: RunRequest): Pick<V1Container, "command" | "args"> {
  const { service } = request;
  const words = wishOf(request)?.command;
  if (words && words.length > 0) return { command: [...words] };
  if (service.recipe.dockerfile !== undefined && service.start !== null) {
    return { command: ["/bin/sh", "-c", service.start.replaceAll("$(", "$$$$(")] };
  }
  return {};
}

function bridge(port: number, settings: RunRequest["settings"]): V1Container {
  return {
    ...lookerContainer(settings, "bridge", ["bridge", "-listen", `$(POD_IP):${port}`, "-to", String(port)]),
    env: [{ name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }],
    restartPolicy: "Always",
    resources: lookerResources,
  };
}

function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
