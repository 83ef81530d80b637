import { conditions, done } from "./samples.ts";

/** A run that waits for a person's yes to its release. */
export const asking = {
  observedGeneration: 1,
  conditions: conditions({
    Ready: [
      "False",
      "NeedsApproval",
      "Release waits for a person's yes: release plan 1 of main@99d01aa: web sha256:4f1c9e2a2f10",
    ],
    Stalled: ["True", "NeedsApproval", ""],
    SourceReady: done,
    Planned: done,
    ImagesReady: done,
  }),
  maturity: "Built",
  source: { commit: "99d01aa", revision: "main@99d01aa" },
  plan: { revision: 1, summary: "python 3.13 (django)", configMap: "shop-plan-1" },
  services: [{ name: "web", kind: "Web", runtime: "python 3.13", maturity: "Built" }],
  needs: [
    {
      kind: "Approval",
      name: "Release",
      why: "release plan 1 of main@99d01aa: web sha256:4f1c9e2a2f10",
      digest: "sha256:8a1b3c5d7e9f8a1b3c5d7e9f8a1b3c5d7e9f8a1b3c5d7e9f8a1b3c5d7e9f8a1b",
    },
  ],
  failure: {
    reason: "NeedsApproval",
    message: "Release waits for a person's yes: release plan 1 of main@99d01aa: web sha256:4f1c9e2a2f10",
    hint: "repo-runner approve shop -n team-a",
    layer: "Config",
    blame: "Spec",
  },
} as const;
