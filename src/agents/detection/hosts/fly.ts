import { z } from "zod";
import type { HostedPart, HostedReader } from "./hosted.ts";
import { httpPath, lenient, lineOf, literals, port, text, volumeOf } from "./shapes.ts";

const names = lenient(z.array(z.string().max(64)).max(16));
const oneOrMore = <T extends z.ZodType>(shape: T) =>
  lenient(z.union([shape, z.array(shape).max(8)]).transform((all) => [all].flat()));
const Check = z.object({ path: text });

const Fly = z.object({
  build: lenient(z.object({ builder: text, buildpacks: z.unknown().optional() })),
  env: z.unknown().optional(),
  processes: lenient(z.record(z.string().max(64), z.string().max(2048))),
  http_service: lenient(z.object({ internal_port: port, processes: names, checks: oneOrMore(Check) })),
  services: oneOrMore(z.object({ internal_port: port, processes: names, http_checks: oneOrMore(Check) })),
  mounts: oneOrMore(z.object({ destination: text, initial_size: text, processes: names })),
  deploy: lenient(z.object({ release_command: text })),
});

/** A fly.toml: its processes, of which those with a service behind them answer requests, its port, disk, variables and release command. */
export const fly: HostedReader = (value, from, folder) => {
  const { data } = Fly.safeParse(value);
  if (data === undefined || value === null || typeof value !== "object") return {};
  const served = data.http_service ?? data.services?.[0];
  const probe = httpPath(data.http_service?.checks?.[0]?.path ?? data.services?.[0]?.http_checks?.[0]?.path);
  const release = lineOf(data.deploy?.release_command);
  const shared = {
    path: folder,
    from,
    isImage: data.build?.builder === undefined && data.build?.buildpacks === undefined,
    variables: literals(data.env, from),
  };
  const processes = Object.entries(data.processes ?? {}).slice(0, 16);
  const isServed = (name: string): boolean =>
    served !== undefined &&
    (served.processes === undefined ? name === "app" || name === "web" : served.processes.includes(name));
  const disks = (name: string | undefined): Pick<HostedPart, "volumes"> => {
    const volumes = (data.mounts ?? []).flatMap(({ destination, initial_size, processes: whose }) => {
      const volume = volumeOf(destination, Number.parseInt(initial_size ?? "", 10) || undefined);
      return volume === undefined || (whose !== undefined && name !== undefined && !whose.includes(name))
        ? []
        : [volume];
    });
    return volumes.length === 0 ? {} : { volumes: volumes.slice(0, 1) };
  };
  const web: Partial<HostedPart> = {
    kind: "Web",
    ...(served?.internal_port === undefined ? {} : { port: served.internal_port }),
    ...(probe === undefined ? {} : { probe }),
  };
  const first = processes.findIndex(([name]) => isServed(name));
  const parts = processes.map(([name, said], at): HostedPart => {
    const line = lineOf(said);
    return {
      ...shared,
      name,
      ...(line === undefined ? {} : { line }),
      ...(isServed(name) ? web : { kind: "Worker" }),
      ...(release === undefined || at !== Math.max(0, first) ? {} : { release }),
      ...disks(name),
    };
  });
  if (parts.length > 0) return { parts };
  const lone = { ...shared, ...(served === undefined ? {} : web), ...(release === undefined ? {} : { release }) };
  return { parts: [{ ...lone, ...disks(undefined) }] };
};
