import { expect, it } from "vitest";
import { applyFix } from "../../src/agents/fixer/apply/apply-fix.ts";
import { askedOf, renderAsked } from "../../src/cli/approve/approve.ts";
import { commands } from "../../src/cli/commands.ts";
import { renderLoss } from "../../src/cli/delete/delete.ts";
import { renderChecks } from "../../src/cli/doctor/check.ts";
import { renderPatch } from "../../src/cli/explain/patch.ts";
import { renderAttempt, renderFixTable } from "../../src/cli/explain/fixes.ts";
import { parseReasons, renderReason } from "../../src/cli/explain/reasons.ts";
import { renderExplain, renderTrail } from "../../src/cli/explain/view.ts";
import { renderFailure } from "../../src/cli/failure-view.ts";
import { renderCommandHelp, renderHelp } from "../../src/cli/help.ts";
import { planDocument, type PlanAnswer } from "../../src/cli/plan/document.ts";
import { repositoryFile } from "../../src/cli/plan/repository-file.ts";
import { renderPlan, renderWhy } from "../../src/cli/plan/view.ts";
import { renderUnended } from "../../src/cli/run/conclude.ts";
import { runDocument } from "../../src/cli/run/document.ts";
import { renderAnswer, renderReport } from "../../src/cli/run/report-view.ts";
import { runFailureView } from "../../src/cli/run/run-failure.ts";
import type { EventSeen } from "../../src/cli/cluster/watch.ts";
import { renderDetail } from "../../src/cli/status/detail-view.ts";
import type { Told } from "../../src/cli/watch/journal.ts";
import { renderTold } from "../../src/cli/watch/watch.ts";
import { renderHistory } from "../../src/cli/status/history.ts";
import { renderTable } from "../../src/cli/status/table-view.ts";
import { asking } from "./asking.ts";
import {
  broken,
  brokenLines,
  building,
  needing,
  now,
  plan,
  planRecord,
  registryDown,
  seen,
  verified,
} from "./samples.ts";

const answer: PlanAnswer = {
  name: "guestbook",
  source: {
    url: "https://git.example.org/demo/guestbook.git",
    commit: verified.source.commit,
    revision: "main@4f1c9e2",
    subject: "Add a form",
  },
  plan,
  failure: undefined,
  dockerfiles: new Map([["web", "FROM docker.io/library/node:24-slim\n"]]),
  filesRead: 14,
  seconds: { clone: 0.7, plan: 0.03 },
};

const nothing: PlanAnswer = {
  ...answer,
  name: "toolkit",
  plan: undefined,
  failure: {
    reason: "NotAService",
    message: "a Python library",
    hint: "./repo-runner plan URL --path examples/web",
    layer: "Source",
    blame: "Repo",
    lines: [
      "a server in the dependencies        none of 61 known (requests, rich, typer)",
      "main.py app.py manage.py            none",
    ],
  },
};

const record = planRecord();
const guestbook = seen("guestbook", verified);

const events: readonly EventSeen[] = [
  {
    type: "Normal",
    reason: "SourceResolved",
    message: 'main@4f1c9e2 "Add a form"',
    at: "2026-11-22T18:04:33Z",
    order: 1,
  },
  {
    type: "Warning",
    reason: "ListensOnLoopback",
    message: "web listens on 127.0.0.1:3000 only",
    at: "2026-11-22T18:05:20Z",
    order: 2,
  },
];
const about = { namespace: "team-a", run: "guestbook", uid: "u1" };
const toldAt = Date.parse("2026-11-22T18:04:31Z");
const told: readonly Told[] = [
  { ...about, at: toldAt, kind: "Asked", body: { url: "https://git.example.org/demo/guestbook.git", generation: 1 } },
  {
    ...about,
    at: toldAt + 2000,
    kind: "Event",
    body: { reason: "SourceResolved", message: 'main@4f1c9e2 "Add a form"' },
  },
  { ...about, at: toldAt + 5000, kind: "Stage", body: { stage: "Building", plan: 1 } },
  {
    ...about,
    at: toldAt + 60_000,
    kind: "Fix",
    body: { signature: "ListensOnLoopback", summary: "HOST=0.0.0.0", plan: 2, outcome: "Fixed" },
  },
  {
    ...about,
    at: toldAt + 73_000,
    kind: "End",
    body: { ready: "True", reason: "Verified", url: "http://192.0.2.1:30001/", message: "web: 200" },
  },
  { ...about, at: toldAt + 99_000, kind: "Deleted", body: {} },
];
const page =
  "# A\n\n## NeedsSecret\n\nThe program needs\nvalues.\n\nWhose turn: you: setting.\n\nNext: `repo-runner secret set NAME KEY`.\n\n# B\n";
const runs = [guestbook, seen("blog", needing), seen("shop", building), seen("api", broken)];
const seconds = { source: 3, plan: 1, build: 63, release: 14, verify: 2 };
const document = (value: unknown): string[] => [JSON.stringify(value, null, 2)];

/** Each golden is a file of this name. */
const goldens: Readonly<Record<string, () => readonly string[]>> = {
  help: () => [renderHelp(commands)],
  "help-commands": () => commands.flatMap((command) => [renderCommandHelp(command), ""]),
  plan: () => renderPlan(answer),
  "plan-why": () => renderWhy(plan),
  "plan-json": () => document(planDocument(answer)),
  "plan-nothing": () => renderPlan(nothing),
  "plan-nothing-json": () => document(planDocument(nothing)),
  "repository-file": () => [repositoryFile(plan)],
  "run-report": () => renderReport({ run: guestbook, record, seconds: 73, reached: true }),
  "run-report-far": () => renderReport({ run: guestbook, record, seconds: 73, reached: false }),
  "run-answer": () => [renderAnswer(guestbook)],
  "run-json": () => document(runDocument(guestbook, record, seconds, [])),
  "run-interrupted": () => renderUnended({ how: "interrupted", run: guestbook }),
  "failure-needs-secret": () => renderFailure(runFailureView(seen("blog", needing), [])),
  "failure-needs-approval": () => renderFailure(runFailureView(seen("shop", asking), [])),
  approve: () => {
    const asked = askedOf(seen("shop", asking));
    return asked ? renderAsked(seen("shop", asking), asked) : [];
  },
  "failure-repository": () => renderFailure(runFailureView(seen("api", broken), brokenLines)),
  "failure-platform": () => renderFailure(runFailureView(seen("shop", registryDown), [])),
  "status-table": () => renderTable(runs, new Map([["team-a/guestbook", "64 MiB"]]), now),
  "status-detail": () => renderDetail({ run: guestbook, record, events, lines: [], now }),
  watch: () => told.map(renderTold),
  history: () => renderHistory(guestbook, new Map([["main@4f1c9e2", "Add a form"]]), now),
  fixes: () => renderFixTable(guestbook),
  "fixes-why": () =>
    renderAttempt({
      how: "Fix",
      revision: 3,
      from: 2,
      on: "sha256:2",
      at: "2026-11-22T18:00:00Z",
      saw: { reason: "CrashLoop", layer: "Process", service: "web", maturity: "Built", print: "sha256:1" },
      fix: {
        service: "web",
        layer: "Process",
        signature: "FolderNotWritable",
        rule: "K36",
        by: "Rule",
        action: { kind: "AddWritablePath", path: "/data" },
        summary: "web writes to /data, which is its own now",
        appliesTo: "sha256:3",
        at: "2026-11-22T18:00:00Z",
      },
      approvedBy: "ada@example.org",
      evidence: {
        lines: ["Error: EACCES: permission denied, mkdir '/data/uploads'"],
        events: ["shop-web-7f9 app: waiting CrashLoopBackOff, before: Error, exit code 1, 3 restarts"],
        changed: ["services.web.runtime.version: 20 -> 22"],
      },
      changed: ["services.web.writablePaths./data: nothing -> /data"],
      leftOut: [{ by: "N28", action: "SetEnv", verdict: "Denied", why: "ModelPolicy team-a/default denies SetEnv" }],
    }),
  "fixes-patch": () =>
    renderPatch(
      record.fixes.reduce((mended, fix) => applyFix(mended, fix), record.plan),
      record.fixes,
    ),
  explain: () => renderExplain(guestbook, record),
  "explain-port": () => renderTrail(guestbook, record, "web.port") ?? [],
  "explain-reason": () => [...parseReasons(page)].flatMap(([name, meaning]) => renderReason(name, meaning)),
  delete: () => renderLoss(guestbook),
  doctor: () =>
    renderChecks("Repo Runner 0.1.0, cluster local (Kubernetes 1.37.2, 1 node, amd64)", [
      { part: "machine", state: "ok", text: "node 24.11.0 · git 2.39.5" },
      { part: "cluster", state: "know", text: "storage: no default storage class" },
      {
        part: "cluster",
        state: "mend",
        text: "controller 0 of 2",
        next: ["kubectl logs -n repo-runner-system deploy/repo-runner"],
      },
    ]),
};

// Words, order and columns are a contract: a changed word is a reviewed change (`vitest -u` writes the goldens anew).
it.each(Object.entries(goldens))("%s", async (name, render) => {
  await expect(`${render().join("\n")}\n`).toMatchFileSnapshot(`./${name}.txt`);
});

it("a hostile text cannot move the cursor, break a line or turn the reading direction", () => {
  const evil = "ok\u001B[2J\u001B]0;title\u0007\r\nnext\u202Egnp.exe\u0000%s";
  const run = seen("x", {
    ...verified,
    links: [{ service: "web", url: "http://192.0.2.1/", status: 200, title: evil }],
  });
  const lines = renderReport({ run, record: undefined, seconds: 1, reached: true });
  expect(lines.join("")).not.toMatch(/[\p{Cc}\u202E]/u);
  expect(lines.join("\n")).toContain('200 "ok nextgnp.exe%s"');
});
