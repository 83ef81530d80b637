import { describe, expect, it } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { renderLoss } from "../../src/cli/delete/delete.ts";
import { renderChecks } from "../../src/cli/doctor/check.ts";
import { renderFixTable } from "../../src/cli/explain/fixes.ts";
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
import { renderDetail } from "../../src/cli/status/detail-view.ts";
import { renderHistory } from "../../src/cli/status/history.ts";
import { renderTable } from "../../src/cli/status/table-view.ts";
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

/** Words, order and columns are a contract: a changed word is a reviewed change (`vitest -u` writes the goldens anew). */
async function golden(name: string, lines: readonly string[]): Promise<void> {
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(`./${name}.txt`);
}

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

describe("goldens", () => {
  it("help", async () => await golden("help", [renderHelp(commands)]));
  it("help of each command", async () =>
    await golden(
      "help-commands",
      commands.flatMap((command) => [renderCommandHelp(command), ""]),
    ));
  it("plan", async () => await golden("plan", renderPlan(answer)));
  it("plan --why", async () => await golden("plan-why", renderWhy(plan)));
  it("plan -o json", async () => await golden("plan-json", [JSON.stringify(planDocument(answer), null, 2)]));
  it("plan of a library", async () => await golden("plan-nothing", renderPlan(nothing)));
  it("plan of a library -o json", async () =>
    await golden("plan-nothing-json", [JSON.stringify(planDocument(nothing), null, 2)]));
  it("repo-runner.yaml", async () => await golden("repository-file", [repositoryFile(plan)]));
  it("report", async () =>
    await golden("run-report", renderReport({ run: guestbook, record, seconds: 73, reached: true })));
  it("report, link out of reach", async () =>
    await golden("run-report-far", renderReport({ run: guestbook, record, seconds: 73, reached: false })));
  it("answer in a pipe", async () => await golden("run-answer", [renderAnswer(guestbook)]));
  it("run -o json", async () => {
    const seconds = { source: 3, plan: 1, build: 63, release: 14, verify: 2 };
    await golden("run-json", [JSON.stringify(runDocument(guestbook, record, seconds, []), null, 2)]);
  });
  it("interrupted", async () => await golden("run-interrupted", renderUnended({ how: "interrupted", run: guestbook })));
  it("a secret is needed", async () =>
    await golden("failure-needs-secret", renderFailure(runFailureView(seen("blog", needing), []))));
  it("the repository is broken", async () =>
    await golden("failure-repository", renderFailure(runFailureView(seen("api", broken), brokenLines))));
  it("the platform", async () =>
    await golden("failure-platform", renderFailure(runFailureView(seen("shop", registryDown), []))));
  it("status table", async () => {
    const runs = [guestbook, seen("blog", needing), seen("shop", building), seen("api", broken)];
    await golden("status-table", renderTable(runs, new Map([["team-a/guestbook", "64 MiB"]]), now));
  });
  it("status of one", async () => {
    const events = [
      { type: "Normal", reason: "SourceResolved", message: 'main@4f1c9e2 "Add a form"', at: "2026-11-22T18:04:33Z" },
      {
        type: "Warning",
        reason: "ListensOnLoopback",
        message: "web listens on 127.0.0.1:3000 only",
        at: "2026-11-22T18:05:20Z",
      },
    ];
    await golden("status-detail", renderDetail({ run: guestbook, record, events, lines: [], now }));
  });
  it("history", async () =>
    await golden("history", renderHistory(guestbook, new Map([["main@4f1c9e2", "Add a form"]]), now)));
  it("fixes", async () => await golden("fixes", renderFixTable(guestbook)));
  it("explain", async () => await golden("explain", renderExplain(guestbook, record)));
  it("explain one thing", async () => await golden("explain-port", renderTrail(guestbook, record, "web.port") ?? []));
  it("explain a reason", async () => {
    const meaning = parseReasons(
      "# A\n\n## NeedsSecret\n\nThe program needs\nvalues.\n\nWhose turn: you: setting.\n\nNext: `repo-runner secret set NAME KEY`.\n\n# B\n",
    ).get("NeedsSecret");
    await golden("explain-reason", meaning ? renderReason("NeedsSecret", meaning) : []);
  });
  it("delete", async () => await golden("delete", renderLoss(guestbook)));
  it("doctor", async () => {
    await golden(
      "doctor",
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
    );
  });
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
