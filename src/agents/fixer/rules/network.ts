import { act, type Answer, end, type Found, type Rule } from "../rule.ts";
import { mend, otherStarts } from "../remedies.ts";

const usage = /^\s{0,8}usage:?\s|\bunknown (?:shorthand )?(?:flag|option)\b|\bunrecognized (?:option|arguments?)\b/i;

function needsArguments(service: string): Answer {
  return end(
    "NotAService",
    `${service} wrote how it is called, and ended: it asks for arguments`,
    `give the whole line: services[name=${service}].start`,
  );
}

/** What goes wrong between a program and those who look for it. */
export const network: readonly Rule[] = [
  {
    id: "K09",
    signature: "LowPort",
    layer: "Process",
    remedy: "a port above 1023, where the program reads one",
    stage: "Run",
    seen: [
      /EACCES.{0,40}(?:0\.0\.0\.0|::):(?<port>\d{1,4})\b|bind.{0,40}:(?<other>\d{2,3}).{0,20}[Pp]ermission denied|Permission denied.{0,40}(?:port|bind).{0,20}(?<third>\d{2,3})\b/,
    ],
    answers: (found) => {
      const port = Number(found.groups["port"] ?? found.groups["other"] ?? found.groups["third"] ?? "0");
      if (port <= 0 || port > 1023) return [];
      return found.service.port.readsPort
        ? mend(found, { kind: "SetPort", port: 8080 }, `it may not listen on port ${String(port)}; 8080 instead`)
        : mend(found, { kind: "SetPort", port }, `it listens on port ${String(port)}, which its pod now lets it`);
    },
  },
  {
    id: "K12",
    signature: "EndsByItself",
    layer: "Process",
    remedy: "it is run as a Job",
    origin: "catalogue K12; observed: exit code 0 within a minute, nothing listened",
    reasons: ["EndsByItself"],
    answers: (found) => {
      if (found.service.kind === "Job") return [];
      // Who only says how it is called has not done its work.
      if (found.evidence.lines.some((line) => usage.test(line))) return [needsArguments(found.service.name)];
      return mend(found, { kind: "SetKind", to: "Job" }, "it ends by itself with exit code 0; it is run as a Job");
    },
  },
  {
    id: "K12b",
    signature: "ListensNowhere",
    layer: "Process",
    remedy: "another way to start it that code found, else a worker",
    origin: "observed: the program runs on and no port is ever open",
    reasons: ["NothingListens"],
    answers: (found) => otherStarts(found, "it listens on no port"),
  },
  {
    id: "K14",
    signature: "ListensOnLoopback",
    layer: "Process",
    remedy: "the variable that the code reads for its address",
    origin: "catalogue K14; observed: the only listener was on 127.0.0.1 and the code reads a variable for its address",
    reasons: ["ListensOnLoopback"],
    answers: ({ service, evidence }) => {
      const name = service.port.hostVariable;
      if (name === undefined || service.env.some((variable) => variable.name === name && variable.value === "0.0.0.0"))
        return [];
      return [
        act(
          { kind: "SetEnv", name, value: "0.0.0.0", phase: "Run" },
          `${service.name} listened on ${evidence.failure.where ?? "127.0.0.1"} only; ${name}=0.0.0.0 set`,
        ),
      ];
    },
  },
  {
    id: "K14b",
    signature: "ListensOnLoopback",
    layer: "Network",
    remedy: "the server's own option, else a forwarder in the pod",
    origin: "catalogue K14; observed: the only listener was on 127.0.0.1 and nothing in the code changes that",
    reasons: ["ListensOnLoopback"],
    answers: (found) => {
      const { service, evidence } = found;
      const where = evidence.failure.where ?? "127.0.0.1";
      return [
        ...mend(found, { kind: "SetBind" }, `it listened on ${where} only; told to listen on every address`),
        ...(service.bridge
          ? []
          : [
              act(
                { kind: "SetBridge" },
                `${service.name} listens on ${where} only; a forwarder in its pod makes it reachable`,
              ),
            ]),
      ];
    },
  },
  {
    id: "K30",
    signature: "ServiceUnknown",
    layer: "Service",
    remedy: "the part of the plan that is meant is known under that name, too",
    stage: "Run",
    seen: [
      /getaddrinfo (?:ENOTFOUND|EAI_AGAIN) (?<host>[a-z][a-z0-9-]{0,40})\b|could not translate host name "(?<other>[a-z][a-z0-9-]{0,40})"|dial tcp: lookup (?<third>[a-z][a-z0-9-]{0,40})\b|Name or service not known.{0,40}'(?<fourth>[a-z][a-z0-9-]{0,40})'|UnknownHostException: (?<fifth>[a-z][a-z0-9-]{0,40})/,
    ],
    answers: alias,
  },
  {
    id: "K17",
    signature: "SlowStart",
    layer: "Health",
    remedy: "ten minutes to come up",
    reasons: ["NotReachable", "NothingListens"],
    seen: [/context deadline exceeded|[Ss]tarting|[Ll]oading|[Dd]ownloading|[Cc]ompiling|warming up|[Ii]nitializ/],
    answers: (found) =>
      found.service.probe.startupSeconds >= 600
        ? []
        : mend(found, { kind: "SetProbe", startupSeconds: 600 }, "it takes long to come up; ten minutes are given"),
  },
  {
    id: "O20",
    signature: "HostUnreachable",
    layer: "Transient",
    remedy: "none: the cluster's egress decides",
    origin:
      "observed: packages that fetch a binary, and imports by address, where builds reach package registries alone",
    stage: "Build",
    seen: [
      /getaddrinfo (?:ENOTFOUND|EAI_AGAIN) (?<host>[a-z\d][a-z\d.-]{1,100}\.[a-z]{2,20})\b/,
      /Import 'https:\/\/(?<host>[a-z\d][a-z\d.-]{1,100}\.[a-z]{2,20})\/[^']{0,300}' failed/,
      /curl error \d{1,3} while downloading https:\/\/(?<host>[a-z\d][a-z\d.-]{1,100}\.[a-z]{2,20})\/|indicates you are offline or have misconfigured DNS/,
      /Could not transfer artifact \S{1,200} (?:from\/to|from|to) \S{1,60} \(https:\/\/(?<host>[a-z\d][a-z\d.-]{1,100}\.[a-z]{2,20})\//,
      /error sending request for url \(https:\/\/(?<host>[a-z\d][a-z\d.-]{1,100}\.[a-z]{2,20})\//,
    ],
    besides: /telemetry|analytics|update-?(?:notifier|check)/i,
    answers: ({ service, groups }) => {
      // Without the repository's own Dockerfile it may be built otherwise: that comes first.
      if (service.recipe.dockerfile !== undefined) return [];
      const host = groups["host"] ?? "a host";
      return [
        end(
          "NetworkUnreachable",
          `${service.name} fetches from ${host} while it is built, which is not reached from here`,
          `let builds reach ${host}: the cluster's egress, a proxy or a mirror`,
          "Platform",
        ),
      ];
    },
  },
];

const engineWords: readonly (readonly [RegExp, string])[] = [
  [/^(?:db|database|postgres(?:ql)?|pg|sql)$/, "Postgres"],
  [/^(?:db|database|mysql|mariadb|sql)$/, "MySQL"],
  [/^(?:db|database|mysql|mariadb)$/, "MariaDB"],
  [/^(?:redis|cache|kv|queue)$/, "Redis"],
  [/^(?:rabbit(?:mq)?|broker|queue|amqp)$/, "RabbitMQ"],
];

function alias({ service, plan, groups }: Found): readonly Answer[] {
  const host = ["host", "other", "third", "fourth", "fifth"]
    .map((name) => groups[name])
    .find((each) => each !== undefined);
  if (host === undefined || host === "localhost") return [];
  const meant =
    plan.databases.find(
      ({ engine, aliases }) =>
        !aliases.includes(host) && engineWords.some(([word, name]) => name === engine && word.test(host)),
    )?.name ??
    plan.services.find((each) => each.name !== service.name && each.name === host && !each.aliases.includes(host))
      ?.name;
  return meant === undefined
    ? []
    : [
        act(
          { kind: "AddAlias", of: meant, alias: host },
          `${service.name} looks for ${host}; ${meant} is known under that name, too`,
        ),
      ];
}
