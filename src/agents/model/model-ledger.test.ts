import { describe, expect, it } from "vitest";
import type { ModelEndpoint } from "../../model-policy.ts";
import { ModelLedger } from "./model-ledger.ts";

const now = new Date("2026-11-22T18:00:00Z");
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const price = { inputPerMTok: "2", outputPerMTok: "10" };

function endpoint(limits: ModelEndpoint["limits"]) {
  return { name: "small", baseURL: "http://small/v1", model: "s", price, limits, maxOutputTokens: 1000 };
}

describe("ModelLedger", () => {
  it("holds a limit of concurrency for all runs together, and counts a run's own question once", () => {
    const ledger = new ModelLedger();
    const small = endpoint({ concurrency: 1 });
    expect(ledger.busy("p", "a", small, 100, now)).toBeUndefined();
    ledger.open("p", "a", small, 100, now);
    ledger.open("p", "a", small, 100, now);
    expect(ledger.busy("p", "a", small, 100, now)).toBeUndefined();
    expect(ledger.busy("p", "b", small, 100, now)).toBe("1 questions are with it");
    expect(ledger.busy("other", "b", small, 100, now)).toBeUndefined();
    ledger.close("a");
    expect(ledger.busy("p", "b", small, 100, now)).toBeUndefined();
  });

  it("holds requests and tokens of a minute, whether or not they are answered", () => {
    const ledger = new ModelLedger();
    const rare = endpoint({ requestsPerMinute: 1 });
    ledger.open("p", "a", rare, 100, now);
    ledger.close("a");
    expect(ledger.busy("p", "b", rare, 100, later(59))).toBe("1 questions in the last minute");
    expect(ledger.busy("p", "b", rare, 100, later(61))).toBeUndefined();
    const narrow = endpoint({ tokensPerMinute: 1500 });
    expect(ledger.busy("q", "b", narrow, 9000, now)).toBeUndefined();
    ledger.open("q", "a", narrow, 100, now);
    expect(ledger.busy("q", "b", narrow, 500, now)).toBe("1100 tokens in the last minute");
    expect(ledger.busy("q", "b", narrow, 300, now)).toBeUndefined();
  });

  it("tells what the open questions of other runs may cost", () => {
    const ledger = new ModelLedger();
    ledger.open("p", "a", endpoint({}), 1000, now);
    expect(ledger.openBeside("p", "a", now)).toEqual({ usd: 0, tokens: 0, calls: 0 });
    expect(ledger.openBeside("p", "b", now)).toEqual({ usd: 0.012, tokens: 2000, calls: 1 });
    // A run that was deleted meanwhile holds nothing for ever.
    expect(ledger.openBeside("p", "b", later(3600)).calls).toBe(0);
    expect(ledger.openBeside("other", "b", now)).toEqual({ usd: 0, tokens: 0, calls: 0 });
  });
});
