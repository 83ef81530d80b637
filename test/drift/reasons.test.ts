import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");

/** Words that stand beside `reason:` and are no way to fail: stages, rungs, Events, conditions, and the kubelet's own. */
const others = new Set([
  "Because",
  "Building",
  "Cloning",
  "Completed",
  "CrashLoopBackOff",
  "CreateContainerConfigError",
  "DeadlineExceeded",
  "Done",
  "Error",
  "Fixing",
  "Forbidden",
  "ImagePullBackOff",
  "NamespaceTerminating",
  "NoRelease",
  "OOMKilled",
  "Planned",
  "PreemptionByScheduler",
  "PreviousRelease",
  "Recovered",
  "ReleaseStepDone",
  "RolledBack",
  "RunContainerError",
  "SourceResolved",
  "Starting",
  "Timeout",
  "Verified",
  "WantedRelease",
  "AlreadyExists",
  "NotFound",
  "RulesOnly",
  "NoEndpoint",
  "Busy",
  "Unsure",
  "Invalid",
  "Conflict",
]);

const sections = new Set(
  [...readFileSync(join(root, "docs/troubleshooting.md"), "utf8").matchAll(/^## (?<name>\w+)$/gm)].map(
    (match) => match.groups?.["name"] ?? "",
  ),
);

const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter(
  (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
);

it("every reason that a person can meet has a section in docs/troubleshooting.md", () => {
  const reasons = files.flatMap((file) =>
    [...readFileSync(join(root, "src", file), "utf8").matchAll(/\breason: "(?<name>[A-Z]\w+)"/g)].map(
      (match) => match.groups?.["name"] ?? "",
    ),
  );
  expect(reasons.length).toBeGreaterThan(40);
  expect([...new Set(reasons)].filter((reason) => !others.has(reason) && !sections.has(reason))).toEqual([]);
});
