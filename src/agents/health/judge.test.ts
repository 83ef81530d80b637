import { describe, expect, it } from "vitest";
import { type Answer, isAlive, readAnswers, sayAnswer } from "./answers.ts";
import { type Case, judge } from "./judge.ts";

const answer = (name: string, more: Partial<Answer>): Answer => ({ name, ms: 12, tries: 1, ...more });
const url = "http://192.0.2.10:30412/";

function verdict(asked: Partial<Case["asked"]>, over: Partial<Case> = {}): ReturnType<typeof judge> {
  return judge({
    service: "web",
    asked: { pod: undefined, service: undefined, link: undefined, url, at: "2026-01-01T00:00:00Z", ...asked },
    probe: { startupSeconds: 60 },
    probeWished: false,
    via: "NodePort",
    port: 3000,
    restarts: 0,
    ...over,
  });
}

describe("judge", () => {
  it.each([200, 204, 302, 401, 403, 404, 426])("takes %i for alive", (status) => {
    expect(verdict({ service: answer("service", { status }), link: answer("link", { status }) })).toMatchObject({
      maturity: "Verified",
      links: [{ url, via: "NodePort", from: "Outside", status }],
    });
  });

  it("keeps title and time as evidence", () => {
    const link = answer("link", { status: 200, title: "Guestbook" });
    expect(verdict({ service: link, link })).toMatchObject({
      evidence: '200 "Guestbook" in 12 ms',
      links: [{ title: "Guestbook", ms: 12, seenAt: "2026-01-01T00:00:00Z" }],
    });
  });

  it("does not call well what answers inside only", () => {
    const failure = verdict({
      service: answer("service", { status: 200 }),
      link: answer("link", { error: "Timeout" }),
    });
    expect(failure).toMatchObject({ reason: "LinkUnreachable", layer: "Network", blame: "Platform" });
  });

  it("needs no link where none is made", () => {
    expect(verdict({ service: answer("service", { status: 200 }), url: undefined })).toMatchObject({
      maturity: "Verified",
      links: [],
    });
  });

  it("takes 5xx for trouble of the program", () => {
    expect(verdict({ service: answer("service", { status: 502 }) })).toMatchObject({
      reason: "AnswersError",
      blame: "Repo",
    });
  });

  it("tells a program that talks something else than HTTP", () => {
    expect(verdict({ service: answer("service", { error: "NotHttp" }) })).toMatchObject({ reason: "NotHttp" });
  });

  it("leaves out a probe path that does not answer well, unless a person asked for it", () => {
    const asked = { pod: answer("pod", { status: 404 }), service: answer("service", { error: "Refused" as const }) };
    const probe = { path: "/healthz", startupSeconds: 60 };
    expect(verdict(asked, { probe })).toMatchObject({ maturity: "Listening", refit: { startupSeconds: 60 } });
    expect(verdict(asked, { probe })).not.toHaveProperty("refit.path");
    expect(verdict(asked, { probe, probeWished: true })).toMatchObject({ reason: "ProbeFails", blame: "Spec" });
  });

  it("blames the network where the pod answers well and its Service does not", () => {
    const asked = { pod: answer("pod", { status: 200 }), service: answer("service", { error: "Timeout" as const }) };
    expect(verdict(asked)).toMatchObject({ reason: "ServiceUnreachable", blame: "Platform" });
    expect(verdict({ ...asked, pod: answer("pod", { error: "Refused" }) })).toMatchObject({
      reason: "NotReachable",
      blame: "Repo",
    });
  });
});

describe("answers", () => {
  it("are read as hostile input", () => {
    const good = '{"v":1,"answers":[{"name":"service","ms":1,"tries":1,"status":200}]}';
    expect(readAnswers(good)?.[0]?.status).toBe(200);
    for (const bad of [
      undefined,
      "",
      "no",
      '{"v":1,"answers":[]}',
      good.replace("200", "20000"),
      good.replace("service", "s".repeat(99)),
    ]) {
      expect(readAnswers(bad)).toBeUndefined();
    }
  });

  it("are said in a few words", () => {
    expect(sayAnswer(answer("a", { status: 302, location: "/login" }))).toBe("302 to /login in 12 ms");
    expect(sayAnswer(answer("a", { status: 200, contentType: "application/json; charset=utf-8" }))).toBe(
      "200 application/json in 12 ms",
    );
    expect(sayAnswer(answer("a", { error: "Refused", tries: 40 }))).toBe("Refused (40 tries)");
    expect(isAlive(undefined)).toBe(false);
  });
});
