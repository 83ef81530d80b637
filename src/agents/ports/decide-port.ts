import type { Failure } from "../../failure.ts";
import { lookerUid } from "../looker.ts";
import { isLoopback, type Socket, type Sockets } from "./sockets.ts";

/** The port that Service and probes go to, by what was seen. */
export interface PortDecision {
  readonly port: number;
  /** True when nothing but looking told it: the plan said otherwise or nothing. */
  readonly surprising: boolean;
  /** For people: `listens on 0.0.0.0:8000; 3000 was planned`. */
  readonly because: string;
}

export interface PortQuestion {
  readonly service: string;
  readonly sockets: Sockets;
  /** Where Service and probes go now. */
  readonly planned: number | undefined;
  /** The value of PORT that the program was given. */
  readonly passed: number | undefined;
  /** Uid of the program; undefined where only the image knows it. */
  readonly appUid: number | undefined;
  /** A forwarder stands in the pod: listening on the loopback is fine. */
  readonly bridge: boolean;
  readonly exposed: readonly number[];
}

/** Debuggers, profilers and databases: what listens there is not what people come for, unless it was planned or nothing else is there. */
export const besidePorts: readonly number[] = [
  9229, 9230, 5678, 5005, 6060, 35729, 24678, 5432, 3306, 6379, 27017, 11211, 5672, 9092, 2181, 9200, 1433,
];
/** Ports that the kernel hands out: seen for a moment in many programs, chosen by none. */
const ephemeralFrom = 32_768;

/** Ports that HTTP servers take, most usual first, where several are open and nothing else speaks for one. */
const usualPorts: readonly number[] = [80, 8080, 8000, 3000, 5000, 8888, 8081, 4000, 4200, 5173, 8501, 7860];

/** Decides by what is there: a socket belongs to the container whose uid owns it. */
export function decidePort(question: PortQuestion): PortDecision | Failure {
  const { service, planned } = question;
  const own = question.sockets.sockets.filter((socket) => isOwn(socket, question.appUid));
  const reachable = own.filter((socket) => question.bridge || !isLoopback(socket.address));
  const chosen = choose(reachable, question);
  if (chosen) {
    const surprising = chosen.port !== planned;
    const said = `listens on ${show(chosen)}`;
    return {
      port: chosen.port,
      surprising,
      because: surprising && planned !== undefined ? `${said}; ${planned} was planned` : said,
    };
  }
  const inside = choose(own, question);
  if (inside) {
    return {
      reason: "ListensOnLoopback",
      message: `${service} listens on ${show(inside)} only: nobody outside its pod can reach it`,
      hint: "let it listen on 0.0.0.0",
      layer: "Process",
      blame: "Repo",
      service,
      where: show(inside),
      observed: { sockets: tableOf(question.sockets) },
    };
  }
  return {
    reason: "NothingListens",
    message: `${service} runs but ${silence(question.sockets)}`,
    hint: `if it is not meant to answer requests, set services[name=${service}].kind: Worker; if it only starts slowly, raise probe.startupSeconds`,
    layer: "Process",
    blame: "Repo",
    service,
    observed: { sockets: tableOf(question.sockets) },
  };
}

/** The sockets that were there, for the evidence. */
function tableOf({ sockets }: Sockets): string[] {
  return sockets.slice(0, 8).map((socket) => `${show(socket)} uid ${String(socket.uid)}`);
}

/** What was seen instead of a port of its own. */
function silence({ sockets, waitedMs }: Sockets): string {
  const [other] = sockets.filter(({ uid }) => uid !== lookerUid);
  if (other) return `listens on no port of its own: ${show(other)} belongs to uid ${other.uid}`;
  return `listened on no port for ${Math.round(waitedMs / 1000)} s`;
}

function isOwn(socket: Socket, appUid: number | undefined): boolean {
  if (socket.uid === lookerUid && appUid !== lookerUid) return false;
  // A program that starts as root hands its sockets to whom it likes.
  return appUid === undefined || appUid === 0 || socket.uid === appUid;
}

/** One of several: the planned port, then PORT, then what the image exposes, then usual ones, then the lowest. */
function choose(sockets: readonly Socket[], question: PortQuestion): Socket | undefined {
  const { planned, passed, exposed } = question;
  const asked = [planned, passed, ...exposed].filter((port) => port !== undefined);
  for (const port of asked) {
    const found = best(sockets.filter((socket) => socket.port === port));
    if (found) return found;
  }
  const plain = sockets.filter((socket) => !besidePorts.includes(socket.port) && socket.port < ephemeralFrom);
  for (const port of usualPorts) {
    const found = best(plain.filter((socket) => socket.port === port));
    if (found) return found;
  }
  return (
    best(plain) ??
    // Nobody takes a port of the kernel's range by accident twice; but where it is all there is, it is what there is.
    best(sockets.filter((socket) => !besidePorts.includes(socket.port)))
  );
}

/** The lowest port; of one port the address that reaches furthest. */
function best(sockets: readonly Socket[]): Socket | undefined {
  return sockets.toSorted(
    (a, b) => a.port - b.port || Number(isLoopback(a.address)) - Number(isLoopback(b.address)),
  )[0];
}

function show({ address, port }: Socket): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
