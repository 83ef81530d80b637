import { done, failed, type Outcome } from "../../outcome.ts";
import type { Service } from "../../plan.ts";
import { type AgentContext, BaseAgent } from "../agent.ts";
import type { Cluster, PodRecord } from "../cluster.ts";
import { lastLines, readProgramLog } from "../health/program-log.ts";
import type { Release } from "../runner/run-request.ts";
import { decidePort, type PortDecision } from "./decide-port.ts";
import type { PortObserver } from "./port-observer.ts";

export interface PortRequest {
  readonly cluster: Cluster;
  readonly service: Service;
  readonly release: Release;
  /** A pod of the release whose program runs (`startedPod`). */
  readonly pod: PodRecord;
  readonly exposed: readonly number[];
}

/** Looks at the listening sockets of a pod and decides by what is there which port people and probes reach. */
export class PortManagerAgent extends BaseAgent<PortRequest, PortDecision> {
  readonly name = "PortManagerAgent";
  readonly #observer: PortObserver;

  constructor(observer: PortObserver) {
    super();
    this.#observer = observer;
  }

  protected async work(request: PortRequest, context: AgentContext): Promise<Outcome<PortDecision>> {
    const { cluster, service, release, pod, exposed } = request;
    const sockets = await this.#observer.observe({
      cluster,
      pod,
      planned: release.port,
      appUid: release.appUid,
      startupSeconds: service.probe.startupSeconds,
    });
    if (sockets.state !== "done") return sockets;
    const decision = decidePort({
      service: service.name,
      sockets: sockets.value,
      planned: release.port,
      passed: release.passedPort,
      appUid: release.appUid,
      bridge: service.bridge,
      exposed,
    });
    if ("reason" in decision) {
      // A program that never came to listen has often said why.
      const log = decision.reason === "NothingListens" ? await readProgramLog(cluster, pod, 40) : [];
      return failed({ ...decision, ...lastLines(log) });
    }
    context.log("port decided", { service: service.name, pod: pod.name, ...decision });
    return done(decision);
  }
}
