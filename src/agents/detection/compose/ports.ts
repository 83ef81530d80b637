import type { ExtraPort } from "../../../plan.ts";
import { listOf, mapping, type Mapping } from "./compose-file.ts";
import { textOf } from "./texts.ts";

export interface ComposePorts {
  /** Where people reach it: the first published port that is none of a database or a debugger. */
  readonly main: number | undefined;
  /** Published to people; else only other services reach it. */
  readonly published: boolean;
  readonly extra: readonly ExtraPort[];
}

/** Ports of databases, brokers and debuggers: published for a developer, never a page. */
const notForPeople = new Set([
  1433, 1521, 2181, 2345, 3306, 33060, 4369, 5005, 5432, 5433, 5671, 5672, 5678, 6379, 6380, 7000, 7001, 7199, 7687,
  9042, 9092, 9160, 9200, 9229, 9230, 9300, 11211, 25672, 26257, 27017, 27018, 28015, 29092, 50000,
]);

interface Port {
  readonly target: number;
  readonly protocol: "TCP" | "UDP";
}

/** Reads `ports` and `expose` in all their forms; at most eight besides the main one. */
export function portsOf(service: Mapping): ComposePorts {
  const published = listOf(service["ports"]).flatMap(portsIn);
  const exposed = listOf(service["expose"]).flatMap(portsIn);
  const isPage = ({ target, protocol }: Port): boolean => protocol === "TCP" && !notForPeople.has(target);
  const page = published.find(isPage);
  const main = page ?? exposed.find(isPage);
  const all = [...published, ...exposed].filter(
    (port, at, every) =>
      port.target !== main?.target &&
      every.findIndex((other) => other.target === port.target && other.protocol === port.protocol) === at,
  );
  return {
    main: main?.target,
    published: page !== undefined,
    extra: all.slice(0, 8).map(({ target, protocol }) => ({
      name: `${protocol.toLowerCase()}-${target}`,
      port: target,
      protocol,
    })),
  };
}

function portsIn(value: unknown): readonly Port[] {
  const long = mapping(value);
  const text = textOf(value) ?? textOf(long["target"]) ?? "";
  const match = /(?:^|:)(?<from>\d{1,5})(?:-(?<to>\d{1,5}))?(?:\/(?<protocol>tcp|udp))?$/i.exec(text.trim());
  if (match === null) return [];
  const { from, to = from, protocol = textOf(long["protocol"]) ?? "tcp" } = match.groups ?? {};
  const first = Number(from);
  const count = Math.min(Math.max(Number(to) - first, 0), 8) + 1;
  return Array.from({ length: count }, (_, index) => first + index)
    .filter((target) => target >= 1 && target <= 65535)
    .map((target) => ({ target, protocol: protocol.toLowerCase() === "udp" ? "UDP" : "TCP" }));
}
