import type { Command, Flag } from "./command.ts";

const output: Flag = {
  name: "output",
  short: "o",
  value: "json",
  help: "one JSON document on stdout, nothing else (docs/cli.md)",
};
const cluster: readonly Flag[] = [
  { name: "namespace", short: "n", value: "NAMESPACE", help: "default: that of the kubeconfig's context" },
  { name: "context", value: "NAME", help: "which context of the kubeconfig" },
  { name: "kubeconfig", value: "FILE", help: "default: $KUBECONFIG, ~/.config/repo-runner/kubeconfig, ~/.kube/config" },
];
const timeout: Flag = { name: "timeout", value: "DURATION", help: "how long to follow: 90s, 20m, 1h; default 45m" };
const events: Flag = { name: "events", help: "one JSON object a line instead of words" };
const path: Flag = { name: "path", value: "FOLDER", help: "the folder of the repository that counts" };
const ref: Flag = {
  name: "ref",
  value: "REF",
  help: "branch, tag, full commit id, or pull/NUMBER; default: the default branch",
};
const env: Flag = {
  name: "env",
  value: "KEY=VALUE",
  many: true,
  help: "a variable; what looks secret goes into a Secret, never into the spec",
};
const yes: Flag = { name: "yes", help: "do not ask" };

/** Every command: help, completion and the parser read this table. */
export const commands: readonly Command[] = [
  {
    name: "up",
    synopsis: "",
    words: { min: 0, max: 99 },
    raw: true,
    flags: [
      { name: "status", help: "what runs, and where its logs are; starts nothing" },
      { name: "no-sample", help: "no sample: the cluster with Repo Runner in it" },
      { name: "timeout", value: "DURATION", help: "how long to follow the sample; default 20m" },
    ],
    help: "a cluster with Repo Runner and a sample's link, from nothing",
    load: async () => {
      const { up } = await import("./up/up.ts");
      return ({ words, io }) => up([...words], io);
    },
  },
  {
    name: "down",
    synopsis: "",
    words: { min: 0, max: 99 },
    raw: true,
    flags: [{ name: "purge", help: "forgets the cluster's data, too (PURGE=1); built programs and images are kept" }],
    help: "stops what up started, keeps everything",
    load: async () => {
      const { down } = await import("./up/up.ts");
      return ({ words, io }) => down([...words], io);
    },
  },
  {
    name: "plan",
    synopsis: "URL|DIR",
    words: { min: 1, max: 1 },
    help: "what was found in a repository, and why; needs no cluster",
    flags: [
      { name: "dockerfile", help: "the Dockerfile of each service" },
      { name: "why", help: "every decision with its reason" },
      { name: "write", help: "writes repo-runner.yaml into the folder: the plan in the words of a spec" },
      { name: "force", help: "with --write: over a file that is there" },
      path,
      ref,
      env,
      output,
    ],
    load: async () => (await import("./plan/plan.ts")).plan,
  },
  {
    name: "run",
    synopsis: "URL|DIR",
    words: { min: 1, max: 1 },
    help: "runs a repository and follows it until its link answers",
    flags: [
      { name: "name", value: "NAME", help: "default: from the URL" },
      path,
      ref,
      env,
      { name: "env-file", value: "FILE", many: true, help: "KEY=VALUE lines, split like --env" },
      { name: "plain", help: "put every --env into the spec, also what looks secret" },
      { name: "replace", help: "run this address under a name that another one has" },
      { name: "wait", help: "follow until it ends (what happens anyway; --no-wait only creates)" },
      { name: "no-wait", help: "create it and leave" },
      timeout,
      yes,
      events,
      ...cluster,
      output,
    ],
    load: async () => (await import("./run/run.ts")).run,
  },
  {
    name: "update",
    synopsis: "NAME",
    words: { min: 1, max: 1 },
    help: "looks for a newer commit and moves to it",
    flags: [{ name: "no-wait", help: "ask for it and leave" }, timeout, events, ...cluster, output],
    load: async () => (await import("./run/again.ts")).update,
  },
  {
    name: "retry",
    synopsis: "NAME",
    words: { min: 1, max: 1 },
    help: "tries again now, without waiting",
    flags: [{ name: "no-wait", help: "ask for it and leave" }, timeout, events, ...cluster, output],
    load: async () => (await import("./run/again.ts")).retry,
  },
  {
    name: "status",
    synopsis: "[NAME]",
    words: { min: 0, max: 1 },
    help: "all runs in a table, or one in detail",
    flags: [
      { name: "watch", short: "w", help: "follow it" },
      { name: "all-namespaces", short: "A", help: "of every namespace" },
      timeout,
      events,
      ...cluster,
      output,
    ],
    load: async () => (await import("./status/status.ts")).status,
  },
  {
    name: "wait",
    synopsis: "NAME",
    words: { min: 1, max: 1 },
    help: "waits until a run is ready or has failed; the exit code says which",
    flags: [timeout, events, ...cluster, output],
    load: async () => (await import("./run/wait.ts")).wait,
  },
  {
    name: "logs",
    synopsis: "NAME",
    words: { min: 1, max: 1 },
    help: "what a run's programs print, also when their pods are gone",
    flags: [
      { name: "follow", short: "f", help: "go on as they print" },
      { name: "service", value: "NAME", help: "of one service only" },
      { name: "build", help: "of its builds" },
      { name: "plan", value: "N", help: "kept lines of plan N" },
      { name: "since", value: "DURATION", help: "not older than: 10m, 2h" },
      { name: "tail", value: "LINES", help: "last lines of each; default 200" },
      ...cluster,
    ],
    load: async () => (await import("./logs/logs.ts")).logs,
  },
  {
    name: "open",
    synopsis: "NAME [SERVICE]",
    words: { min: 1, max: 2 },
    help: "forwards a service to this machine until Ctrl-C",
    flags: [{ name: "port", value: "PORT", help: "port on this machine; default: any free one" }, ...cluster],
    load: async () => (await import("./open/open.ts")).open,
  },
  {
    name: "explain",
    synopsis: "NAME [WHAT] | --reason REASON",
    words: { min: 0, max: 2 },
    help: "why it did what it did; what a reason means",
    flags: [{ name: "reason", value: "REASON", help: "what a reason means and what to do" }, ...cluster, output],
    load: async () => (await import("./explain/explain.ts")).explain,
  },
  {
    name: "fixes",
    synopsis: "NAME",
    words: { min: 1, max: 1 },
    help: "what was mended, by which rule",
    flags: [...cluster, output],
    load: async () => (await import("./explain/fixes.ts")).fixes,
  },
  {
    name: "secret",
    synopsis: "set NAME KEY… | git NAME",
    words: { min: 2, max: 64 },
    help: "gives a run the values that only you know",
    flags: [
      { name: "stdin", help: "read KEY=VALUE lines from stdin instead of asking" },
      { name: "no-wait", help: "do not follow the run" },
      timeout,
      ...cluster,
      output,
    ],
    load: async () => (await import("./secret/secret.ts")).secret,
  },
  {
    name: "history",
    synopsis: "NAME",
    words: { min: 1, max: 1 },
    help: "releases of a run",
    flags: [...cluster, output],
    load: async () => (await import("./status/history.ts")).history,
  },
  {
    name: "rollback",
    synopsis: "NAME [RELEASE]",
    words: { min: 1, max: 2 },
    help: "back to an earlier release; databases stay as they are",
    flags: [{ name: "no-wait", help: "ask for it and leave" }, timeout, events, ...cluster, output],
    load: async () => (await import("./run/rollback.ts")).rollback,
  },
  {
    name: "approve",
    synopsis: "NAME",
    words: { min: 1, max: 1 },
    help: "says yes to what a run waits with: a build, a release, a fix",
    flags: [yes, { name: "digest", value: "DIGEST", help: "only to this, without asking" }, ...cluster],
    load: async () => (await import("./approve/approve.ts")).approve,
  },
  {
    name: "eject",
    synopsis: "NAME -d FOLDER",
    words: { min: 1, max: 1 },
    help: "Dockerfiles, manifests and a README: runs without Repo Runner",
    flags: [{ name: "dir", short: "d", value: "FOLDER", help: "where to; must be empty or not be there" }, ...cluster],
    load: async () => (await import("./eject/eject.ts")).eject,
  },
  {
    name: "delete",
    synopsis: "NAME",
    words: { min: 1, max: 1 },
    help: "takes a run away, and says what goes with it",
    flags: [yes, ...cluster],
    load: async () => (await import("./delete/delete.ts")).remove,
  },
  {
    name: "doctor",
    synopsis: "",
    words: { min: 0, max: 0 },
    help: "is everything there that a run needs?",
    flags: [{ name: "run", help: "a whole run as a test: makes, asks, removes" }, ...cluster, output],
    load: async () => (await import("./doctor/doctor.ts")).doctor,
  },
  {
    name: "completion",
    synopsis: "bash|zsh|fish",
    words: { min: 1, max: 1 },
    help: "a script that completes commands and flags",
    flags: [],
    load: async () => (await import("./completion.ts")).completion,
  },
  {
    name: "version",
    synopsis: "",
    words: { min: 0, max: 0 },
    help: "the version",
    flags: [output],
    load: async () => (await import("./version.ts")).version,
  },
];
