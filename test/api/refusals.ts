/** A spec that must not be taken, and the sentence that says why. */
export interface RefusalCase {
  readonly what: string;
  readonly spec: Readonly<Record<string, unknown>>;
  /** Whole sentences where Repo Runner wrote them; parts of them where the API server did. */
  readonly says: readonly string[];
  /** What the answer must not repeat. */
  readonly hides?: string;
}

const git = { url: "https://git.example.org/demo/guestbook.git" };
const source = { git };
const secret = "s3cr3t-value";
const inside = 'must be a path inside the repository: relative, without ".."';
const name = "must be lower-case letters, digits and dashes, starting with a letter";
const time = "must be a time above zero, such as 90s, 20m or 1h30m";
const credentials = "url must not hold a user name, password or token: put them into a Secret and name it in secretRef";

function service(wish: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { source, services: [{ name: "web", ...wish }] };
}

function refuse(what: string, spec: RefusalCase["spec"], ...says: string[]): RefusalCase {
  return { what, spec, says };
}

function hide(what: string, spec: RefusalCase["spec"], ...says: string[]): RefusalCase {
  return { what, spec, says, hides: secret };
}

export const refusals: readonly RefusalCase[] = [
  refuse("no source", {}, "spec.source: Required value"),
  refuse("neither git nor oci", { source: {} }, "spec.source: Invalid value: set exactly one of git, oci"),
  refuse(
    "git and oci",
    { source: { git, oci: { url: "oci://registry.example.org/a:1" } } },
    "set exactly one of git, oci",
  ),
  hide(
    "a password in the url",
    { source: { git: { url: `https://bob:${secret}@git.example.org/a.git` } } },
    credentials,
    "spec.source.git.url",
  ),
  hide("a token in the url", { source: { git: { url: `https://${secret}@git.example.org/a.git` } } }, credentials),
  hide(
    "a password in an ssh url",
    { source: { git: { url: `ssh://git:${secret}@git.example.org/a.git` } } },
    credentials,
  ),
  hide(
    "a password in an oci url",
    { source: { oci: { url: `oci://bob:${secret}@registry.example.org/a:1` } } },
    credentials,
  ),
  hide(
    "a url of another kind",
    { source: { git: { url: `ftp://bob:${secret}@git.example.org/a.git` } } },
    "url must start with https://, http:// or ssh://, or look like user@host:path",
  ),
  refuse(
    "an oci url of another kind",
    { source: { oci: { url: "https://registry.example.org/a:1" } } },
    "url must start with oci://",
  ),
  refuse(
    "a short commit",
    { source: { git: { ...git, ref: { commit: "4f1c9e2" } } } },
    "must be a full commit id (40 hex digits): a short one can come to mean another commit",
  ),
  refuse(
    "branch and tag",
    { source: { git: { ...git, ref: { branch: "main", tag: "v1" } } } },
    "set at most one of branch, tag, commit, pullRequest",
  ),
  refuse(
    "a path that climbs",
    { source: { git, path: "apps/../../etc" } },
    `spec.source.path: Invalid value: "apps/../../etc": ${inside}`,
  ),
  refuse("an absolute path", { source: { git, path: "/etc" } }, inside),
  refuse("a service's path that climbs", service({ path: ".." }), inside),
  refuse("a Dockerfile outside", service({ dockerfile: "/Dockerfile" }), inside),
  refuse(
    "a service's name in capitals",
    { source, services: [{ name: "Web" }] },
    `spec.services[0].name: Invalid value: "Web": ${name}`,
  ),
  refuse("two services of one name", { source, services: [{ name: "web" }, { name: "web" }] }, "Duplicate value"),
  refuse(
    "dockerfile and runtime",
    service({ dockerfile: "Dockerfile", runtime: { name: "node" } }),
    "dockerfile says how to build: leave out runtime, install and build",
  ),
  refuse(
    "dockerfile and build",
    service({ dockerfile: "Dockerfile", build: "make" }),
    "dockerfile says how to build: leave out runtime, install and build",
  ),
  refuse(
    "start and command",
    service({ start: "node a.js", command: ["node", "a.js"] }),
    "set start (a shell line) or command (words), not both",
  ),
  refuse(
    "replicas and autoscaling",
    service({ replicas: 2, autoscaling: { max: 3 } }),
    "set replicas or autoscaling, not both",
  ),
  refuse("min above max", service({ autoscaling: { min: 4, max: 3 } }), "min must not be above max"),
  refuse("Cron without a schedule", service({ kind: "Cron" }), "schedule and kind: Cron belong together"),
  refuse(
    "a schedule that is none",
    service({ kind: "Cron", schedule: "daily" }),
    'must be a cron schedule of five fields, such as "0 3 * * *"',
  ),
  refuse("a port that is none", service({ port: 70_000 }), "should be less than or equal to 65535"),
  refuse(
    "an amount that is none",
    service({ resources: { limits: { memory: "lots" } } }),
    'spec.services[0].resources.limits[memory]: Invalid value: "lots": must be an amount such as 100m, 2 or 512Mi',
  ),
  refuse(
    "a negative amount",
    service({ resources: { requests: { cpu: -1 } } }),
    "must be an amount such as 100m, 2 or 512Mi",
  ),
  refuse("a probe without a slash", service({ probe: { path: "healthz" } }), 'must start with "/"'),
  hide(
    "value and valueFrom",
    { source, env: [{ name: "A", value: secret, valueFrom: { secretKeyRef: { name: "a", key: "b" } } }] },
    "spec.env[0]: Invalid value: set exactly one of value, valueFrom",
  ),
  refuse("neither value nor valueFrom", { source, env: [{ name: "A" }] }, "set exactly one of value, valueFrom"),
  refuse(
    "a Secret at build time",
    { source, env: [{ name: "A", phase: "Build", valueFrom: { secretKeyRef: { name: "a", key: "b" } } }] },
    "a Secret is not given to a build as a variable: name it in spec.build.secrets",
  ),
  hide(
    "LD_PRELOAD",
    { source, env: [{ name: "LD_PRELOAD", value: secret }] },
    "this variable would run code in every process and is not accepted here; put it into your start command",
  ),
  hide(
    "NODE_OPTIONS for one service",
    service({ env: [{ name: "NODE_OPTIONS", value: secret }] }),
    "this variable would run code in every process",
  ),
  hide(
    "a variable's name with a dash",
    { source, env: [{ name: "A-B", value: secret }] },
    "must be letters, digits and underscores, not starting with a digit",
  ),
  refuse(
    "a bound database with a version",
    { source, databases: [{ name: "redis", bindTo: { name: "r" }, version: "8" }] },
    "bindTo names an existing database: leave out version, storage and deletionPolicy",
  ),
  refuse(
    "an engine that nobody knows",
    { source, databases: [{ name: "x", engine: "Oracle" }] },
    'Unsupported value: "Oracle"',
  ),
  refuse("a time-out of nothing", { source, timeout: "0s" }, `spec.timeout: Invalid value: "0s": ${time}`),
  refuse("a time-out without a unit", { source, timeout: "45" }, time),
  refuse("a build that never starts", { source, build: { timeout: "0m" } }, time),
  refuse("an interval without Follow", { source, update: { interval: "5m" } }, "interval needs mode: Follow"),
  refuse(
    "an interval that is too short",
    { source, update: { mode: "Follow", interval: "10s" } },
    "interval must be at least 30s",
  ),
  refuse("an interval that is none", { source, update: { mode: "Follow", interval: "soon" } }, time),
  refuse(
    "approve Fix where nothing is mended",
    { source, fix: { mode: "Off" }, approve: ["Fix"] },
    "fix.mode is Off: there is no fix to approve; leave Fix out of approve, or set fix.mode: Auto",
  ),
  refuse(
    "an image with a tag",
    { source, image: { repository: "registry.example.org/team/shop:1" } },
    "must be host/path in lower case, without tag or digest",
  ),
  refuse(
    "a word that is not of the resource",
    { source, service: [], services: [{ name: "web", nam: "x" }] },
    'unknown field "spec.service"',
    'unknown field "spec.services[0].nam"',
  ),
];
