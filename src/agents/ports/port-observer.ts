import { done, failed, type Outcome } from "../../outcome.ts";
import { label } from "../../run-ref.ts";
import type { Settings } from "../../settings.ts";
import type { Cluster, PodRecord } from "../cluster.ts";
import { lookerContainer } from "../looker.ts";
import { refusalToFailure } from "../refusal.ts";
import { appContainer } from "../runner/run-request.ts";
import { starting } from "../runner/starting.ts";
import { besidePorts } from "./decide-port.ts";
import { readSockets, type Sockets } from "./sockets.ts";

/** One look at the sockets of a running pod of ours. */
export interface LookRequest {
  readonly cluster: Cluster;
  readonly pod: PodRecord;
  readonly planned: number | undefined;
  readonly appUid: number | undefined;
  readonly startupSeconds: number;
}

/** How sockets are looked at: a seam, since an ephemeral container needs a right that some clusters do not give. */
export interface PortObserver {
  observe(request: LookRequest): Promise<Outcome<Sockets>>;
}

/** How often a look that was lost (a looker that was killed) is repeated for one start of one pod. */
const mostLooks = 3;

/**
 * A one-shot ephemeral container with the looker, a uid of its own and no target container: it shares the pod's network and nothing else. It
 * waits inside for the first listener, so that one look is enough, and answers by its termination message, which comes with the pod's record.
 */
export class EphemeralObserver implements PortObserver {
  readonly #settings: Pick<Settings, "images">;

  constructor(settings: Pick<Settings, "images">) {
    this.#settings = settings;
  }

  async observe(request: LookRequest): Promise<Outcome<Sockets>> {
    const { cluster, pod } = request;
    const restarts = pod.containers.find((container) => container.name === appContainer)?.restarts ?? 0;
    // A restarted program may listen elsewhere: looks are counted by its starts.
    const prefix = `look-${restarts}-`;
    const looks = pod.containers.filter((each) => each.type === "Ephemeral" && each.name.startsWith(prefix));
    for (const look of looks) {
      const sockets = look.state === "Terminated" ? readSockets(look.message) : undefined;
      if (sockets) return done(sockets);
    }
    if (looks.some((look) => look.state !== "Terminated")) return looking(pod);
    if (looks.length >= mostLooks) {
      return failed({
        reason: "LookFailed",
        message:
          `looking at the sockets of pod ${pod.name} failed ${looks.length} times: ${looks.at(-1)?.reason ?? ""} ${looks.at(-1)?.message?.slice(0, 200) ?? ""}`.trim(),
        hint: "the chart's value observe: Off goes without it",
        layer: "Cluster",
        blame: "Platform",
        where: `Pod/${pod.name}`,
      });
    }
    const added = await cluster.addEphemeralContainer(
      pod.namespace,
      pod.name,
      lookContainer(this.#settings, `${prefix}${looks.length}`, request),
    );
    // The name is taken: another pass of ours was quicker, and the watch will tell.
    if (added.state !== "refused") return looking(pod);
    return failed(refusalToFailure(added.refusal, `a look at pod ${pod.name}`));
  }
}

/** Trusts the plan: nothing is looked at. */
export class PlanTrustingObserver implements PortObserver {
  observe(request: LookRequest): Promise<Outcome<Sockets>> {
    const { planned, appUid } = request;
    const sockets = planned === undefined ? [] : [{ address: "0.0.0.0", port: planned, uid: appUid ?? 0 }];
    return Promise.resolve(done({ v: 1 as const, waitedMs: 0, sockets }));
  }
}

/** The observer that an administrator chose. */
export function observerFor(settings: Pick<Settings, "images" | "observe">): PortObserver {
  return settings.observe === "Off" ? new PlanTrustingObserver() : new EphemeralObserver(settings);
}

function lookContainer(
  settings: Pick<Settings, "images">,
  name: string,
  request: LookRequest,
): Readonly<Record<string, unknown>> {
  const { planned, appUid, startupSeconds } = request;
  return lookerContainer(settings, name, [
    "sockets",
    "-wait",
    // A little less than the kubelet gives the program: so the look ends before the program is killed.
    `${Math.max(5, Math.min(startupSeconds - 5, 1800))}s`,
    "-settle",
    "1500ms",
    ...(appUid === undefined || appUid === 0 ? [] : ["-uid", String(appUid)]),
    ...(planned === undefined ? [] : ["-want", String(planned)]),
    "-ignore",
    // What was planned is wanted, wherever it is.
    besidePorts.filter((port) => port !== planned).join(","),
  ]);
}

function looking(pod: PodRecord): Outcome<Sockets> {
  return starting(pod.labels[label.service] ?? pod.name);
}
