import { describe, expect, it } from "vitest";
import { slimDeployment, slimJob, slimPod } from "./slim.ts";

const metadata = {
  name: "a",
  namespace: "n",
  uid: "u",
  resourceVersion: "5",
  creationTimestamp: "2026-11-22T18:00:00Z",
  labels: { "repo-runner.dev/run": "web" },
};

describe("of a pod is kept", () => {
  it("how each container does, with the run before it", () => {
    const record = slimPod({
      metadata,
      status: {
        phase: "Running",
        podIP: "10.0.0.7",
        conditions: [{ type: "Ready", status: "True" }],
        initContainerStatuses: [
          {
            name: "clone",
            restartCount: 0,
            ready: false,
            state: { terminated: { exitCode: 0, message: "{}", finishedAt: "t2", startedAt: "t1" } },
          },
        ],
        containerStatuses: [
          {
            name: "app",
            restartCount: 2,
            ready: true,
            state: { running: { startedAt: "t3" } },
            lastState: { terminated: { exitCode: 137, reason: "OOMKilled", finishedAt: "t2", startedAt: "t1" } },
          },
        ],
      },
    } as Parameters<typeof slimPod>[0]);
    expect(record).toMatchObject({ kind: "Pod", phase: "Running", ip: "10.0.0.7", ready: true, deleting: false });
    expect(record.containers).toEqual([
      {
        name: "clone",
        type: "Init",
        state: "Terminated",
        message: "{}",
        exitCode: 0,
        startedAt: "t1",
        finishedAt: "t2",
        restarts: 0,
        ready: false,
      },
      {
        name: "app",
        type: "App",
        state: "Running",
        startedAt: "t3",
        last: { exitCode: 137, reason: "OOMKilled", finishedAt: "t2", startedAt: "t1" },
        restarts: 2,
        ready: true,
      },
    ]);
  });

  it("why it does not start: unscheduled, waiting, or evicted", () => {
    const status = {
      phase: "Pending",
      conditions: [
        { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/1 nodes are available" },
        { type: "DisruptionTarget", status: "True", reason: "PreemptionByScheduler" },
      ],
      containerStatuses: [
        {
          name: "app",
          restartCount: 0,
          ready: false,
          state: { waiting: { reason: "ImagePullBackOff", message: "no such image" } },
        },
      ],
    };
    const record = slimPod({
      metadata: { ...metadata, deletionTimestamp: "2026-01-01T00:00:30Z", deletionGracePeriodSeconds: 30 },
      status,
    } as Parameters<typeof slimPod>[0]);
    expect(record).toMatchObject({
      unschedulable: "0/1 nodes are available",
      reason: "PreemptionByScheduler",
      deleting: true,
      deletedAtMs: Date.parse("2026-01-01T00:00:00Z"),
    });
    expect(record.containers[0]).toMatchObject({
      state: "Waiting",
      reason: "ImagePullBackOff",
      message: "no such image",
    });
  });

  it("nothing more than its name while it is new", () => {
    expect(slimPod({ metadata })).toMatchObject({ phase: "Pending", ready: false, containers: [] });
  });
});

describe("of a Job is kept", () => {
  it("how often it ended, and why it failed", () => {
    const status = {
      failed: 2,
      conditions: [{ type: "Failed", status: "True", reason: "DeadlineExceeded", message: "too long" }],
    };
    expect(slimJob({ metadata, status } as Parameters<typeof slimJob>[0])).toMatchObject({
      failed: 2,
      succeeded: 0,
      failure: { reason: "DeadlineExceeded", message: "too long" },
    });
    expect(slimJob({ metadata })).not.toHaveProperty("failure");
  });
});

describe("of a Deployment is kept", () => {
  it("how far its rollout is, and since when it is not available", () => {
    const status = {
      observedGeneration: 2,
      updatedReplicas: 1,
      conditions: [{ type: "Available", status: "False", lastTransitionTime: "2026-11-22T18:10:00Z" }],
    };
    const raw = { metadata: { ...metadata, generation: 2 }, spec: { replicas: 1 }, status };
    expect(slimDeployment(raw as Parameters<typeof slimDeployment>[0])).toMatchObject({
      generation: 2,
      observedGeneration: 2,
      replicas: 1,
      updated: 1,
      available: 0,
      unavailableSince: "2026-11-22T18:10:00Z",
    });
  });
});
