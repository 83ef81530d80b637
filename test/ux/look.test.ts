import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { broken, brokenLines, needing, planConfigMap, runObject, verified } from "./samples.ts";
import { repoRunner } from "./process.ts";
import { refused, StandIn, type Answerer, type Asked } from "./stand-in.ts";

const limitMs = 60_000;
const runs = "/apis/repo-runner.dev/v1alpha1/namespaces/team-a/reporuns";
const labels = {
  "repo-runner.dev/run": "guestbook",
  "repo-runner.dev/service": "web",
  "repo-runner.dev/stage": "release",
};
const pod = {
  metadata: { name: "guestbook-web-1", labels },
  spec: { containers: [{ name: "app" }] },
  status: { phase: "Running" },
};
const deployment = {
  metadata: { name: "guestbook-web", uid: "u", labels },
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: "app", image: "x" }] } },
  },
};

const answer: Answerer = ({ method, path }: Asked) => {
  if (path.startsWith(`${runs}?limit`))
    return { status: 200, object: { items: [runObject("guestbook", verified), runObject("blog", needing)] } };
  if (path === `${runs}/guestbook`) return { status: 200, object: runObject("guestbook", verified) };
  if (path === `${runs}/api`) return { status: 200, object: runObject("api", broken) };
  if (path === `${runs}/blog` && method === "GET") return { status: 200, object: runObject("blog", needing) };
  if (path.includes("/configmaps/guestbook-plan-2")) return { status: 200, object: planConfigMap };
  if (path.includes("/configmaps?")) {
    return {
      status: 200,
      object: { items: [{ metadata: { name: "api-log-1a2b3c" }, data: { "web.build": brokenLines.join("\n") } }] },
    };
  }
  if (path.includes("/pods?") && path.includes("guestbook")) return { status: 200, object: { items: [pod] } };
  if (path.includes("/pods?")) return { status: 200, object: { items: [] } };
  if (path.includes("/pods/guestbook-web-1/log")) {
    if (path.includes("follow=true")) return { text: "one\n\u001B[2Jtwo\n" };
    return { text: "one\n\u001B[2Jtwo\n" };
  }
  if (path.includes("/deployments?")) return { status: 200, object: { items: [deployment] } };
  if (/\/(?:services|serviceaccounts|jobs|events)\?/.test(path)) return { status: 200, object: { items: [] } };
  if (method === "POST" && path.endsWith("/secrets"))
    return refused(409, "AlreadyExists", 'secrets "blog-env" already exists');
  if (method === "PATCH" && path.endsWith("/secrets/blog-env")) return { status: 200, object: {} };
  return undefined;
};

async function withCluster(work: (file: string, asked: readonly Asked[]) => Promise<void>): Promise<void> {
  const cluster = new StandIn(answer);
  const file = await cluster.start();
  try {
    await work(file, cluster.asked);
  } finally {
    cluster.stop();
  }
}

it(
  "status shows a table, and one document as JSON",
  async () => {
    await withCluster(async (kubeconfig) => {
      const table = await repoRunner(["status"], { kubeconfig });
      expect(table).toMatchObject({ code: 0, stderr: "" });
      expect(
        table.stdout
          .split("\n")
          .slice(0, 3)
          .map((line) => line.split(/\s+/).slice(0, 3)),
      ).toEqual([
        ["NAMESPACE", "NAME", "READY"],
        ["team-a", "guestbook", "yes"],
        ["team-a", "blog", "needs"],
      ]);
      const json = await repoRunner(["status", "-o", "json"], { kubeconfig });
      expect(JSON.parse(json.stdout)).toMatchObject({
        items: [
          { name: "guestbook", ready: true },
          { name: "blog", ready: false },
        ],
      });
    });
  },
  limitMs,
);

it(
  "logs puts the service before each line, and shows no escape sequence of the program",
  async () => {
    await withCluster(async (kubeconfig) => {
      expect(await repoRunner(["logs", "guestbook"], { kubeconfig })).toEqual({
        code: 0,
        stdout: "web | one\nweb | two\n",
        stderr: "",
      });
    });
  },
  limitMs,
);

it(
  "logs -f goes on until Ctrl-C",
  async () => {
    await withCluster(async (kubeconfig) => {
      const ended = await repoRunner(["logs", "guestbook", "-f"], { kubeconfig, interruptAfter: /web \| two/ });
      expect(ended).toMatchObject({ code: 130, stdout: "web | one\nweb | two\n" });
    });
  },
  limitMs,
);

it(
  "logs of pods that are gone are the kept lines",
  async () => {
    await withCluster(async (kubeconfig) => {
      const ended = await repoRunner(["logs", "api", "--build"], { kubeconfig });
      expect(ended.code).toBe(0);
      expect(ended.stderr).toContain("kept lines of api-log-1a2b3c/web.build; its pod is gone");
      expect(ended.stdout).toContain("web | src/orders.ts:41:17 - error TS2339");
    });
  },
  limitMs,
);

it(
  "explain and history answer from the plan and the status",
  async () => {
    await withCluster(async (kubeconfig) => {
      const explained = await repoRunner(["explain", "guestbook", "web.start"], { kubeconfig });
      expect(explained.stdout).toContain("package.json scripts.start");
      const unknown = await repoRunner(["explain", "guestbook", "web.nothing"], { kubeconfig });
      expect(unknown.code).toBe(2);
      const history = await repoRunner(["history", "guestbook", "-o", "json"], { kubeconfig });
      expect(JSON.parse(history.stdout)).toMatchObject({
        releases: [
          { release: 2, serving: true },
          { release: 1, serving: false },
        ],
      });
    });
  },
  limitMs,
);

it(
  "secret set adds to a Secret that is there, never reads it, and prints no value",
  async () => {
    await withCluster(async (kubeconfig, asked) => {
      const ended = await repoRunner(["secret", "set", "blog", "STRIPE_KEY", "--stdin", "--no-wait"], {
        kubeconfig,
        stdin: "STRIPE_KEY=planted-4711\n",
      });
      expect(ended.code).toBe(0);
      expect(ended.stdout + ended.stderr).not.toContain("planted-4711");
      expect(asked.filter((each) => each.path.includes("/secrets")).map((each) => each.method)).toEqual([
        "POST",
        "PATCH",
      ]);
      expect(asked.find((each) => each.method === "PATCH")?.body).toEqual({
        stringData: { STRIPE_KEY: "planted-4711" },
      });
    });
  },
  limitMs,
);

it(
  "eject writes files that apply elsewhere, and never over what is there",
  async () => {
    await withCluster(async (kubeconfig) => {
      const folder = join(mkdtempSync(join(tmpdir(), "repo-runner-eject-")), "out");
      const ended = await repoRunner(["eject", "guestbook", "-d", folder], { kubeconfig });
      expect(ended.code).toBe(0);
      expect(readFileSync(join(folder, "Dockerfile.web"), "utf8")).toContain("FROM ");
      expect(parse(readFileSync(join(folder, "manifests/deployment-guestbook-web.yaml"), "utf8"))).toMatchObject({
        kind: "Deployment",
        metadata: { name: "guestbook-web" },
      });
      expect(readFileSync(join(folder, "README.md"), "utf8")).toContain("docker build -f ../Dockerfile.web");
      const again = await repoRunner(["eject", "guestbook", "-d", folder], { kubeconfig });
      expect(again.code).toBe(2);
      expect(again.stderr).toContain("nothing is written over");
    });
  },
  limitMs,
);

it(
  "wait gives the exit code of how it stands",
  async () => {
    await withCluster(async (kubeconfig) => {
      expect((await repoRunner(["wait", "guestbook"], { kubeconfig })).code).toBe(0);
      expect((await repoRunner(["wait", "blog"], { kubeconfig })).code).toBe(3);
      expect((await repoRunner(["wait", "api"], { kubeconfig })).code).toBe(4);
    });
  },
  limitMs,
);

it(
  "secret set asks on a terminal without showing what is typed",
  async () => {
    await withCluster(async (kubeconfig, asked) => {
      const ended = await repoRunner(["secret", "set", "blog", "STRIPE_KEY", "--no-wait"], {
        kubeconfig,
        terminal: true,
        type: { after: /STRIPE_KEY: /, text: "planted-4711\r" },
      });
      expect(ended.code).toBe(0);
      expect(ended.stdout).not.toContain("planted");
      expect(asked.find((each) => each.method === "PATCH")?.body).toEqual({
        stringData: { STRIPE_KEY: "planted-4711" },
      });
    });
  },
  limitMs,
);

it(
  "delete asks on a terminal, and anything but yes keeps the run",
  async () => {
    await withCluster(async (kubeconfig, asked) => {
      const ended = await repoRunner(["delete", "guestbook"], {
        kubeconfig,
        terminal: true,
        type: { after: /Delete\?/, text: "n\r" },
      });
      expect(ended.code).toBe(0);
      expect(ended.stdout).toContain("nothing was deleted");
      expect(asked.some((each) => each.method === "DELETE")).toBe(false);
    });
  },
  limitMs,
);
