import type { PortPlan, ProbePlan, Reason, Service } from "../../plan.ts";
import type { CodeText } from "../config/code-text.ts";
import { readCodes, serviceCodePaths } from "../config/service-files.ts";
import { startedFiles } from "../config/started-files.ts";
import type { SourceTree } from "../detection/source-tree.ts";
import { portOfDevcontainer, portOfDockerfile, portOfExample } from "./likely-port-files.ts";
import { hostVariableIn, loopbackIn, portIn } from "./likely-port-code.ts";
import { probeIn } from "./likely-port-routes.ts";
import { defaultsOf, portOfStart } from "./likely-port-start.ts";

/** Where a service most likely listens, before anybody looked at its sockets. */
export interface LikelyPort {
  readonly port: PortPlan;
  readonly probe: ProbePlan;
  readonly why: readonly Reason[];
  readonly warnings: readonly string[];
}

/** Reads the likely port from what the person said, the start line, code, files and the framework's habit, in this order. */
export async function findLikelyPort(tree: SourceTree, service: Service): Promise<LikelyPort> {
  if (service.kind !== "Web") return { port: service.port, probe: service.probe, why: [], warnings: [] };
  const sources = await sourcesOf(tree, service);
  const start = portOfStart(service.start ?? "");
  const code = portIn(sources);
  const file = (await portOfDockerfile(tree, service)) ?? (await portOfExample(tree, service.path));
  const habit = defaultsOf(service);
  const readsPort = service.port.readsPort || start.readsPort || code.readsPort || habit.readsPort;
  const hostVariable = service.port.hostVariable ?? start.hostVariable ?? hostVariableIn(sources) ?? habit.hostVariable;
  const forwarded = await portOfDevcontainer(tree, service.path);
  const number = chosen(service, { start, code, file, habit, forwarded });
  const port: PortPlan = {
    ...number,
    readsPort,
    ...(hostVariable === undefined ? {} : { hostVariable }),
  };
  const loopback = start.setsHost ? undefined : loopbackIn(sources);
  const probe = service.probe.path === undefined ? { ...service.probe, ...probeIn(sources) } : service.probe;
  return {
    port,
    probe,
    why: reasonsOf(port, probe),
    warnings:
      loopback === undefined
        ? []
        : [
            `${loopback.where} listens on ${loopback.address}, which nothing outside of its pod reaches${hostVariable === undefined ? "" : `; ${hostVariable} may change it`}`.slice(
              0,
              256,
            ),
          ],
  };
}

/** Files that run; all of the service where none could be told, and none of a stranger's Dockerfile's languages left out. */
async function sourcesOf(tree: SourceTree, service: Service): Promise<readonly CodeText[]> {
  const all = await readCodes(tree, await serviceCodePaths(tree, service.path, ["python", "javascript", "go"]));
  const started = startedFiles(service, all);
  const running = all.filter((source) => started.has(source.path));
  return running.length === 0 ? all : running;
}

interface Evidence {
  readonly start: { readonly number?: number };
  readonly code: { readonly number?: number; readonly where?: string };
  readonly file: { readonly number: number; readonly where: string } | undefined;
  readonly habit: { readonly number?: number };
  /** What a development container forwards: a hint where nothing else speaks. */
  readonly forwarded: { readonly number: number; readonly where: string } | undefined;
}

function chosen(
  service: Service,
  { start, code, file, habit, forwarded }: Evidence,
): Pick<PortPlan, "number" | "from" | "where"> {
  const { port } = service;
  if (port.from === "Spec" || port.from === "Observed") return pick(port.number, port.from, port.where);
  // A compose file and a fly.toml speak of what they start themselves, whatever the code's own default is.
  if (port.from === "Config" && /(?:^|\/)(?:(?:docker-)?compose\.ya?ml|fly\.toml)$/.test(port.where ?? ""))
    return pick(port.number, "Config", port.where);
  if (start.number !== undefined) return pick(start.number, "Config", "start");
  // A line that passes PORT on is right with any number, and its framework's own is what people expect.
  if (port.number !== undefined && port.from === "Framework" && service.start?.includes("$PORT") === true)
    return pick(port.number, port.from, port.where);
  // What a Dockerfile exposes was written for its image; code may serve something else besides.
  if (file !== undefined && service.recipe.dockerfile !== undefined) return pick(file.number, "Config", file.where);
  if (code.number !== undefined) return pick(code.number, "Code", code.where);
  if (file !== undefined) return pick(file.number, "Config", file.where);
  if (port.number !== undefined) return pick(port.number, port.from, port.where);
  if (habit.number !== undefined) return pick(habit.number, "Framework");
  if (forwarded !== undefined) return pick(forwarded.number, "Config", forwarded.where);
  return { from: "Default" };
}

function pick(
  number: number | undefined,
  from: PortPlan["from"],
  where?: string,
): Pick<PortPlan, "number" | "from" | "where"> {
  return { from, ...(number === undefined ? {} : { number }), ...(where === undefined ? {} : { where }) };
}

function reasonsOf(port: PortPlan, probe: ProbePlan): Reason[] {
  const sources: Readonly<Record<PortPlan["from"], string>> = {
    Spec: "the spec says so",
    Observed: "it was seen listening",
    Code: "the code says so",
    Config: "a file or the start line says so",
    Framework: "the framework's own",
    Default: "nothing speaks of a port; it is looked at once it runs",
  };
  const because = `${sources[port.from]}${port.readsPort ? "; it takes PORT" : ""}`;
  const where = (place: string | undefined): { where?: string } => (place === undefined ? {} : { where: place });
  return [
    {
      about: "port",
      value: port.number === undefined ? "unknown" : String(port.number),
      because,
      ...where(port.where),
    },
    ...(probe.path === undefined
      ? []
      : [
          {
            about: "probe",
            value: `GET ${probe.path}`.slice(0, 256),
            because: "a route of the code",
            ...where(probe.where),
          },
        ]),
  ];
}
