import { describe, expect, it } from "vitest";
import type { AgentContext } from "../agent.ts";
import { containerRecord, FakeCluster } from "../fake-cluster.ts";
import type { Release } from "../runner/run-request.ts";
import { sampleRequest } from "../runner/sample-request.ts";
import { PortManagerAgent } from "./port-manager-agent.ts";
import { observerFor } from "./port-observer.ts";

const context: AgentContext = { signal: new AbortController().signal, log: () => undefined };
const { service, settings } = sampleRequest();
const agent = new PortManagerAgent(observerFor(settings));
const release: Release = {
  service: "web",
  kind: "Web",
  workload: "shop-web",
  podInput: "sha256:1",
  kubeService: "shop-web",
  port: 3000,
  passedPort: 3000,
  portFrom: "Planned",
  appUid: 10_001,
  probe: { startupSeconds: 120 },
  replicas: 1,
  changed: false,
};
const seen = (port: number) => `{"v":1,"waitedMs":900,"sockets":[{"address":"0.0.0.0","port":${port},"uid":10001}]}`;
const look = (name: string, message: string) =>
  containerRecord({ name, type: "Ephemeral", state: "Terminated", exitCode: 0, message });
const running = containerRecord({ name: "app", state: "Running" });

function ask(cluster: FakeCluster): ReturnType<PortManagerAgent["run"]> {
  const pod = cluster.pods.get("Pod/team-a/p");
  if (!pod) throw new Error("no pod");
  return agent.run({ cluster, service, release, pod, exposed: [] }, context);
}

describe("PortManagerAgent", () => {
  it("sends one looker for one start of one pod, and reads what it said", async () => {
    const cluster = new FakeCluster();
    cluster.setPod({ name: "p", namespace: "team-a", containers: [running] });
    expect(await ask(cluster)).toMatchObject({ state: "waiting" });
    expect(await ask(cluster)).toMatchObject({ state: "waiting" });
    expect(cluster.takeRequests()).toEqual(["ephemeral Pod"]);
    cluster.setPod({ name: "p", namespace: "team-a", containers: [running, look("look-0-0", seen(8000))] });
    expect(await ask(cluster)).toMatchObject({ state: "done", value: { port: 8000, surprising: true } });
    expect(cluster.takeRequests()).toEqual([]);
  });

  it("looks again after a restart, and a few times where a looker was lost", async () => {
    const cluster = new FakeCluster();
    const again = { ...running, restarts: 1 };
    cluster.setPod({ name: "p", namespace: "team-a", containers: [again, look("look-0-0", seen(8000))] });
    expect(await ask(cluster)).toMatchObject({ state: "waiting" });
    expect(cluster.pods.get("Pod/team-a/p")?.containers.at(-1)?.name).toBe("look-1-0");
    const lost = ["look-1-0", "look-1-1", "look-1-2"].map((name) => look(name, "killed"));
    cluster.setPod({ name: "p", namespace: "team-a", containers: [again, ...lost] });
    expect(await ask(cluster)).toMatchObject({ state: "failed", failure: { reason: "LookFailed", blame: "Platform" } });
  });

  it("says so where ephemeral containers are not allowed", async () => {
    const cluster = new FakeCluster();
    cluster.setPod({ name: "p", namespace: "team-a", containers: [running] });
    cluster.refuse = () => ({
      status: 403,
      reason: "Forbidden",
      message: 'cannot patch resource "pods/ephemeralcontainers"',
    });
    expect(await ask(cluster)).toMatchObject({ state: "failed", failure: { reason: "NotOptedIn" } });
  });

  it("tells what a program said that never came to listen", async () => {
    const cluster = new FakeCluster();
    const nothing = look("look-0-0", '{"v":1,"waitedMs":115000,"sockets":[]}');
    cluster.setPod({ name: "p", namespace: "team-a", containers: [running, nothing] });
    cluster.logs.set("p/app", "connecting to db\nstill waiting for db\n");
    expect(await ask(cluster)).toMatchObject({
      state: "failed",
      failure: { reason: "NothingListens", lines: ["connecting to db", "still waiting for db"] },
    });
  });

  it("trusts the plan where looking is off", async () => {
    const cluster = new FakeCluster();
    const pod = cluster.setPod({ name: "p", namespace: "team-a", containers: [running] });
    const off = new PortManagerAgent(observerFor({ ...settings, observe: "Off" }));
    expect(await off.run({ cluster, service, release, pod, exposed: [] }, context)).toMatchObject({
      state: "done",
      value: { port: 3000, surprising: false },
    });
    expect(cluster.takeRequests()).toEqual([]);
  });
});
