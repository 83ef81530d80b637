import { expect, it } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { kubeconfig, refused, StandIn, type Answerer } from "./stand-in.ts";
import { masked, repoRunner } from "./process.ts";

const limitMs = 60_000;

async function against(answer: Answerer, work: (kubeconfig: string, cluster: StandIn) => Promise<void>): Promise<void> {
  const cluster = new StandIn(answer);
  const file = await cluster.start();
  try {
    await work(file, cluster);
  } finally {
    cluster.stop();
  }
}

const aName: Readonly<Record<string, readonly string[]>> = {
  plan: ["."],
  run: ["https://git.example.org/demo/guestbook.git"],
  status: [],
  doctor: [],
  completion: ["bash"],
  version: [],
  secret: ["set", "guestbook", "KEY"],
  eject: ["guestbook", "-d", "/nonexistent/out"],
};

it(
  "the overview is an answer when it is asked for, and a wrong call when nothing was typed",
  async () => {
    const asked = await repoRunner(["help"]);
    expect(asked).toMatchObject({ code: 0, stderr: "" });
    const nothing = await repoRunner([]);
    expect(nothing).toMatchObject({ code: 2, stdout: "" });
    expect(nothing.stderr).toBe(asked.stdout);
  },
  limitMs,
);

it(
  "an unknown command and an unknown flag end in one clear line with a suggestion, exit code 2",
  async () => {
    const command = await repoRunner(["staus"]);
    expect(command).toEqual({
      code: 2,
      stdout: "",
      stderr: "!! there is no command staus; did you mean status?\n   next   ./repo-runner help\n",
    });
    const flag = await repoRunner(["plan", ".", "--dockerfiles"]);
    expect(flag).toEqual({
      code: 2,
      stdout: "",
      stderr: "!! plan has no flag --dockerfiles; did you mean --dockerfile?\n   next   ./repo-runner help plan\n",
    });
  },
  limitMs,
);

it.each(commands.filter((command) => command.raw !== true).map((command) => command.name))(
  "%s refuses a wrong flag without a stack trace",
  async (name) => {
    const ended = await repoRunner([name, ...(aName[name] ?? ["guestbook"]), "--no-such-flag"]);
    expect(ended.code).toBe(2);
    expect(ended.stdout).toBe("");
    expect(ended.stderr).toContain(`${name} has no flag --no-such-flag`);
    expect(ended.stderr).not.toContain("    at ");
  },
  limitMs,
);

const needCluster = commands.filter(
  (command) => command.flags.some((flag) => flag.name === "kubeconfig") && command.name !== "doctor",
);

it.each(needCluster.map((command) => command.name))(
  "%s without a cluster says so, and what to do, exit code 5",
  async (name) => {
    const stdin = name === "secret" ? "KEY=value\n" : undefined;
    const args = [name, ...(aName[name] ?? ["guestbook"]), ...(name === "secret" ? ["--stdin"] : [])];
    const ended = await repoRunner(args, {
      env: { KUBECONFIG: "/nonexistent/kubeconfig" },
      ...(stdin === undefined ? {} : { stdin }),
    });
    expect(ended.code).toBe(5);
    expect(ended.stdout).toBe("");
    expect(ended.stderr).toContain(
      "there is no cluster to talk to: no kubeconfig (looked for /nonexistent/kubeconfig)",
    );
    expect(ended.stderr).toContain("sudo make up");
  },
  limitMs,
);

it(
  "doctor without a cluster looks at the machine all the same, exit code 5",
  async () => {
    const ended = await repoRunner(["doctor"], { env: { KUBECONFIG: "/nonexistent/kubeconfig" } });
    expect(ended.code).toBe(5);
    expect(ended.stdout).toContain("✓ node ");
    expect(ended.stdout).toContain("✗ there is no cluster to talk to");
  },
  limitMs,
);

it(
  "a cluster that does not answer is named, exit code 5",
  async () => {
    const ended = await repoRunner(["status"], { kubeconfig: kubeconfig("http://127.0.0.1:1") });
    expect(ended.code).toBe(5);
    expect(ended.stderr).toContain("the cluster at http://127.0.0.1:1 cannot be reached: nothing listens there");
  },
  limitMs,
);

it(
  "a cluster without Repo Runner, without rights, with refused credentials: a sentence each, exit code 5",
  async () => {
    const notFound = (): ReturnType<Answerer> =>
      refused(404, "NotFound", "the server could not find the requested resource");
    await against(notFound, async (file) => {
      const ended = await repoRunner(["status"], { kubeconfig: file });
      expect(ended).toMatchObject({ code: 5, stdout: "" });
      expect(ended.stderr).toContain("Repo Runner is not installed in this cluster");
    });
    const words = 'reporuns.repo-runner.dev is forbidden: User "bob" cannot list resource "reporuns"';
    await against(
      () => refused(403, "Forbidden", words),
      async (file) => {
        const ended = await repoRunner(["status"], { kubeconfig: file });
        expect(ended.code).toBe(5);
        expect(ended.stderr).toContain(`you may not list RepoRuns in namespace team-a: ${words}`);
      },
    );
    await against(
      () => refused(401, "Unauthorized", "Unauthorized"),
      async (file) => {
        const ended = await repoRunner(["status"], { kubeconfig: file });
        expect(ended.code).toBe(5);
        expect(ended.stderr).toContain("does not accept your credentials");
      },
    );
  },
  limitMs,
);

it(
  "a name that is not there is answered with those that are, exit code 2",
  async () => {
    const answer: Answerer = ({ path }) =>
      path.includes("reporuns?limit")
        ? { status: 200, object: { items: [] } }
        : refused(404, "NotFound", 'reporuns.repo-runner.dev "shop" not found');
    await against(answer, async (file) => {
      const ended = await repoRunner(["wait", "shop"], { kubeconfig: file });
      expect(ended.code).toBe(2);
      expect(ended.stderr).toContain("no run shop in namespace team-a; it has none");
    });
  },
  limitMs,
);

it(
  "a stack trace is shown with --debug only",
  async () => {
    const plain = await repoRunner(["status"], { env: { KUBECONFIG: "/nonexistent/kubeconfig" } });
    expect(plain.stderr).not.toContain("    at ");
    const debug = await repoRunner(["status", "--debug"], { env: { KUBECONFIG: "/nonexistent/kubeconfig" } });
    expect(debug.stderr).toContain("    at ");
  },
  limitMs,
);

it(
  "values of secrets are not taken from arguments",
  async () => {
    const ended = await repoRunner(["secret", "set", "blog", "STRIPE_KEY=sk_live_1234"]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("give names only");
    expect(ended.stderr).not.toContain("sk_live_1234");
  },
  limitMs,
);

it(
  "completion names every command",
  async () => {
    for (const shell of ["bash", "zsh", "fish"]) {
      const { stdout, code } = await repoRunner(["completion", shell]);
      expect(code).toBe(0);
      for (const command of commands) expect(masked(stdout)).toContain(command.name);
    }
  },
  limitMs,
);
