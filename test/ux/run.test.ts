import { expect, it } from "vitest";
import { broken, brokenLines, building, needing, planConfigMap, runObject, verified } from "./samples.ts";
import { masked, repoRunner } from "./process.ts";
import { refused, StandIn, type Answerer, type Asked } from "./stand-in.ts";

const limitMs = 60_000;
const url = "https://git.example.org/demo/guestbook.git";
const one = "/apis/repo-runner.dev/v1alpha1/namespaces/team-a/reporuns";

/** A cluster in which a run that is created goes through these states, then stays. */
function cluster(name: string, states: readonly unknown[], exists = false): Answerer {
  let created = exists;
  return ({ method, path }: Asked) => {
    if (method === "POST" && path.startsWith(one)) {
      created = true;
      return { status: 201, object: runObject(name, {}) };
    }
    if (path.startsWith(`${one}?watch`)) {
      return { watch: states.map((status) => ({ type: "MODIFIED", object: runObject(name, status) })) };
    }
    if (method === "PATCH" && path === `${one}/${name}`) return { status: 200, object: runObject(name, states[0]) };
    if (method === "DELETE" && path === `${one}/${name}`) return { status: 200, object: {} };
    if (method === "GET" && path === `${one}/${name}`) {
      return created
        ? { status: 200, object: runObject(name, exists ? states[0] : {}) }
        : refused(404, "NotFound", `reporuns.repo-runner.dev "${name}" not found`);
    }
    if (path.startsWith("/api/v1/namespaces/team-a/events"))
      return path.includes("watch=1") ? { watch: [] } : { status: 200, object: { items: [] } };
    if (path.endsWith("/configmaps/guestbook-plan-2")) return { status: 200, object: planConfigMap };
    if (path.endsWith("/configmaps/api-log-1a2b3c"))
      return { status: 200, object: { data: { "web.build": brokenLines.join("\n") } } };
    if (method === "POST" && path.endsWith("/secrets")) return { status: 201, object: {} };
    return undefined;
  };
}

/** A link that this machine is refused at, so that trying it takes no time. */
const near = { ...verified, url: "http://127.0.0.1:9/", links: [{ ...verified.links[0], url: "http://127.0.0.1:9/" }] };

async function against(answer: Answerer, work: (file: string, standIn: StandIn) => Promise<void>): Promise<void> {
  const standIn = new StandIn(answer);
  const file = await standIn.start();
  try {
    await work(file, standIn);
  } finally {
    standIn.stop();
  }
}

it(
  "in a pipe: one line an event on stderr, one line on stdout, exit code 0",
  async () => {
    await against(cluster("guestbook", [building, verified]), async (file, { asked }) => {
      const ended = await repoRunner(["run", url], { kubeconfig: file });
      expect(ended.code).toBe(0);
      expect(ended.stderr).not.toContain("\u001B");
      await expect(masked(ended.stderr + ended.stdout)).toMatchFileSnapshot("./run-pipe.txt");
      const created = asked.find((each) => each.method === "POST" && each.path.startsWith(one));
      expect(created?.body).toEqual({
        apiVersion: "repo-runner.dev/v1alpha1",
        kind: "RepoRun",
        metadata: { name: "guestbook", namespace: "team-a" },
        spec: { source: { git: { url } } },
      });
    });
  },
  limitMs,
);

it(
  "on a terminal: steps with signs, then the report",
  async () => {
    await against(cluster("guestbook", [building, near]), async (file) => {
      const ended = await repoRunner(["run", url], { kubeconfig: file, terminal: true });
      expect(ended.code).toBe(0);
      expect(ended.stdout).toContain("\u001B[32m✓\u001B[0m build");
      expect(ended.stdout).toContain("guestbook runs.");
      expect(ended.stdout).toContain("this machine does not reach that address");
      expect(ended.stdout).toContain("./repo-runner open guestbook");
      const plain = await repoRunner(["run", url], { kubeconfig: file, terminal: true, env: { NO_COLOR: "1" } });
      expect(plain.stdout).toContain("✓ build");
      expect(plain.stdout).not.toContain("\u001B[32m");
    });
  },
  limitMs,
);

it(
  "-o json: one document on stdout and nothing else",
  async () => {
    await against(cluster("guestbook", [building, verified]), async (file) => {
      const ended = await repoRunner(["run", url, "-o", "json"], { kubeconfig: file });
      expect(ended.code).toBe(0);
      expect(JSON.parse(ended.stdout)).toMatchObject({
        name: "guestbook",
        namespace: "team-a",
        ready: true,
        reason: "Verified",
        url: "http://192.0.2.10:30412/",
        failure: null,
        needs: [],
      });
    });
  },
  limitMs,
);

it(
  "--events: one JSON object a line",
  async () => {
    await against(cluster("guestbook", [building, verified]), async (file) => {
      const ended = await repoRunner(["run", url, "--events"], { kubeconfig: file });
      expect(ended.code).toBe(0);
      const events = ended.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as { event: string; step?: string });
      expect(events.filter((event) => event.event === "step").map((event) => event.step)).toEqual([
        "source",
        "plan",
        "mend",
        "build",
        "release",
        "verify",
      ]);
      expect(events.at(-1)).toMatchObject({ event: "end", how: "well", exitCode: 0 });
    });
  },
  limitMs,
);

it(
  "Ctrl-C leaves the run going and says so, exit code 130",
  async () => {
    await against(cluster("guestbook", [building]), async (file, { asked }) => {
      const ended = await repoRunner(["run", url], { kubeconfig: file, interruptAfter: /ok plan/ });
      expect(ended.code).toBe(130);
      expect(ended.stderr).toContain("guestbook goes on in the cluster; nothing was stopped.");
      expect(asked.some((each) => each.method === "DELETE")).toBe(false);
    });
  },
  limitMs,
);

it(
  "Ctrl-C on a terminal does the same",
  async () => {
    await against(cluster("guestbook", [building]), async (file) => {
      const ended = await repoRunner(["run", url], { kubeconfig: file, terminal: true, interruptAfter: /plan/ });
      expect(ended.code).toBe(130);
      expect(ended.stdout).toContain("guestbook goes on in the cluster; nothing was stopped.");
    });
  },
  limitMs,
);

it(
  "a broken repository ends with the five parts and exit code 4",
  async () => {
    await against(cluster("api", [broken]), async (file) => {
      const ended = await repoRunner(["run", "https://git.example.org/demo/api.git"], { kubeconfig: file });
      expect(ended.code).toBe(4);
      expect(ended.stdout).toBe("");
      await expect(masked(ended.stderr)).toMatchFileSnapshot("./run-repository.txt");
    });
  },
  limitMs,
);

it(
  "a secret that is needed ends with exit code 3, and where to put it",
  async () => {
    await against(cluster("blog", [needing]), async (file) => {
      const ended = await repoRunner(["run", "https://git.example.org/demo/blog.git"], { kubeconfig: file });
      expect(ended.code).toBe(3);
      expect(ended.stderr).toContain("./repo-runner secret set blog STRIPE_KEY MAIL_PASSWORD");
    });
  },
  limitMs,
);

it(
  "what looks secret goes into the Secret before the run, never into its spec or onto a stream",
  async () => {
    await against(cluster("guestbook", [verified]), async (file, { asked }) => {
      const ended = await repoRunner(["run", url, "--env", "API_TOKEN=planted-4711", "--env", "LOG_LEVEL=info"], {
        kubeconfig: file,
      });
      expect(ended.code).toBe(0);
      const posts = asked.filter((each) => each.method === "POST").map((each) => each.path.split("?")[0]);
      expect(posts).toEqual(["/api/v1/namespaces/team-a/secrets", one]);
      expect(
        JSON.stringify(asked.find((each) => each.path.startsWith(one) && each.method === "POST")?.body),
      ).not.toContain("planted-4711");
      expect(JSON.stringify(asked.find((each) => each.path.endsWith("/secrets"))?.body)).toContain("planted-4711");
      expect(ended.stdout + ended.stderr).not.toContain("planted-4711");
      expect(ended.stderr).toContain("API_TOKEN → Secret guestbook-env");
    });
  },
  limitMs,
);

it(
  "another address under a name that is taken is refused with both ways out, exit code 2",
  async () => {
    await against(cluster("guestbook", [verified], true), async (file, { asked }) => {
      const ended = await repoRunner(["run", "https://git.example.org/other/guestbook.git"], { kubeconfig: file });
      expect(ended.code).toBe(2);
      expect(ended.stderr).toContain(
        "guestbook is already a RepoRun of https://git.example.org/demo/guestbook.git in team-a",
      );
      expect(ended.stderr).toContain("--replace");
      expect(asked.every((each) => each.method === "GET")).toBe(true);
    });
  },
  limitMs,
);

it(
  "a spec that is refused is told in the API server's words, exit code 2",
  async () => {
    const said = 'RepoRun.repo-runner.dev "x" is invalid: spec.source: Invalid value: set exactly one of git, oci';
    const answer: Answerer = (asked, count) =>
      asked.method === "POST" ? refused(422, "Invalid", said) : cluster("guestbook", [])(asked, count);
    await against(answer, async (file) => {
      const ended = await repoRunner(["run", url], { kubeconfig: file });
      expect(ended.code).toBe(2);
      expect(ended.stderr).toContain(said);
    });
  },
  limitMs,
);

it(
  "delete asks on a terminal only, and without one wants --yes",
  async () => {
    await against(cluster("guestbook", [verified], true), async (file, { asked }) => {
      const refusedToAsk = await repoRunner(["delete", "guestbook"], { kubeconfig: file });
      expect(refusedToAsk.code).toBe(2);
      expect(asked.some((each) => each.method === "DELETE")).toBe(false);
      const deleted = await repoRunner(["delete", "guestbook", "--yes"], { kubeconfig: file });
      expect(deleted.code).toBe(0);
      expect(asked.some((each) => each.method === "DELETE" && each.path === `${one}/guestbook`)).toBe(true);
    });
  },
  limitMs,
);

it(
  "an address with a password in it is refused, and the password not repeated",
  async () => {
    const ended = await repoRunner(["run", "https://me:hunter2@git.example.org/a.git"], {});
    expect(ended.code).toBe(2);
    expect(ended.stderr).not.toContain("hunter2");
  },
  limitMs,
);

it(
  "a namespace that is not open is opened where the caller may, and how to undo it is said",
  async () => {
    const rbac = "/apis/rbac.authorization.k8s.io/v1";
    const answer: Answerer = (asked, count) => {
      if (asked.path === `${rbac}/clusterroles/repo-runner-tenant`) return { status: 200, object: {} };
      if (asked.path === `${rbac}/clusterrolebindings/repo-runner`)
        return { status: 200, object: { subjects: [{ name: "repo-runner", namespace: "elsewhere" }] } };
      if (asked.method === "POST" && asked.path === `${rbac}/namespaces/team-a/rolebindings`)
        return { status: 201, object: {} };
      return running(asked, count);
    };
    const running = cluster("guestbook", [verified]);
    await against(answer, async (file, { asked }) => {
      const ended = await repoRunner(["run", url], { kubeconfig: file });
      expect(ended.code).toBe(0);
      expect(ended.stderr).toContain("undo: kubectl delete rolebinding repo-runner -n team-a");
      expect(asked.find((each) => each.path.endsWith("/rolebindings"))?.body).toMatchObject({
        roleRef: { kind: "ClusterRole", name: "repo-runner-tenant" },
        subjects: [{ kind: "ServiceAccount", name: "repo-runner", namespace: "elsewhere" }],
      });
    });
  },
  limitMs,
);
