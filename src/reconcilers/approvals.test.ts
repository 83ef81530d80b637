import { describe, expect, it } from "vitest";
import type { ApprovalStep } from "../approval.ts";
import { lacksApproval, proposedBuild, proposedFix, proposedRelease, type Proposed } from "./approvals.ts";
import { sampleService } from "../agents/runner/sample-request.ts";
import { sampleImage, samplePass, sampleRecord, sampleRun } from "./sample-pass.ts";

const record = sampleRecord();
const images = new Map([["web", sampleImage(sampleService())]]);

function asking(step: ApprovalStep) {
  const run = sampleRun();
  return samplePass({ run: { ...run, spec: { ...run.spec, approve: [step] } } });
}

function say(pass: ReturnType<typeof samplePass>, { step, digest }: Proposed, over: object = {}) {
  const id = { namespace: "team-a", name: "yes", uid: "1", resourceVersion: "1", createdAt: "" };
  pass.cluster.papers.RepoRunApproval.push({ ...id, spec: { run: "shop", step, digest }, ...over });
}

describe("approvals", () => {
  it("are asked for only where the spec names the step", () => {
    const pass = asking("Release");
    expect(lacksApproval(pass, proposedBuild(pass, record))).toBeUndefined();
    expect(lacksApproval(pass, proposedRelease(pass, record, images))).toMatchObject({
      failure: { reason: "NeedsApproval", blame: "Spec" },
      need: { kind: "Approval", name: "Release", digest: expect.stringMatching(/^sha256:/) },
    });
  });

  it("let exactly what they name go on", () => {
    const pass = asking("Release");
    const proposed = proposedRelease(pass, record, images);
    say(pass, proposed);
    expect(lacksApproval(pass, proposed)).toBeUndefined();
    const other = new Map([["web", { ...sampleImage(sampleService()), digest: `sha256:${"0".repeat(64)}` }]]);
    expect(lacksApproval(pass, proposedRelease(pass, record, other))).toBeDefined();
    expect(lacksApproval(pass, proposedRelease(pass, sampleRecord([]), images))).toBeDefined();
  });

  it("are asked for anew when the person's words change, not when work is only put off", () => {
    const pass = asking("Release");
    const said = (words: object) => ({ ...pass, run: { ...pass.run, spec: { ...pass.run.spec, ...words } } });
    const digest = (words: object) => proposedRelease(said(words), record, images).digest;
    expect(digest({ suspend: true, timeout: "2h" })).toBe(digest({}));
    expect(digest({ envFrom: [{ secretRef: { name: "boss" } }] })).not.toBe(digest({}));
    expect(digest({ pod: { serviceAccountName: "boss" } })).not.toBe(digest({}));
  });

  it("mean nothing for another step, run, namespace, or a run of the same name that was made anew", () => {
    const pass = asking("Build");
    const proposed = proposedBuild(pass, record);
    say(pass, { ...proposed, step: "Fix" });
    say(pass, proposed, { namespace: "team-b" });
    say(pass, proposed, { spec: { run: "other", step: "Build", digest: proposed.digest } });
    expect(lacksApproval(pass, proposed)).toBeDefined();
    say(pass, proposed);
    expect(lacksApproval(pass, proposed)).toBeUndefined();
    const anew = { ...pass, run: { ...pass.run, uid: "another" } };
    expect(lacksApproval(anew, proposedBuild(anew, record))).toBeDefined();
  });

  it("bind a fix to the change and to the plan that it changes", () => {
    const pass = asking("Fix");
    const step = { how: "Restart", plan: record.plan } as const;
    const changed = { ...record.plan, summary: "another" };
    const digests = [
      proposedFix(pass, record, step),
      proposedFix(pass, record, { ...step, how: "RollBack" }),
      proposedFix(pass, record, { ...step, plan: changed }),
      proposedFix(pass, { ...record, plan: changed }, step),
    ].map(({ digest }) => digest);
    expect(new Set(digests).size).toBe(4);
  });
});
