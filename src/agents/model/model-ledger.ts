import type { ModelEndpoint } from "../../model-policy.ts";
import type { Spent } from "./model-router.ts";

const minuteMs = 60_000;
/** A question that is open for longer belongs to a run that is gone: its Job has ended by its own limit. */
const longestMs = 30 * minuteMs;

/** A question that is asked or was asked a moment ago. */
interface Call {
  readonly policy: string;
  readonly endpoint: string;
  readonly run: string;
  readonly at: number;
  readonly tokens: number;
  readonly usd: number;
}

/**
 * Questions under way, and those of the last minute: limits of endpoints and budgets of a day hold for all runs together, also while nobody knows yet what a
 * question has cost. In memory: what was spent stands in the ModelPolicy's status, and a controller that begins anew meets its Jobs again.
 */
export class ModelLedger {
  /** By run: one asks one question at a time. */
  readonly #open = new Map<string, Call>();
  #lately: Call[] = [];

  /** What the open questions of other runs may cost at most. */
  openBeside(policy: string, run: string, now: Date): Spent {
    return this.#others(policy, run, now).reduce<Spent>(
      (sum, { tokens, usd }) => ({ usd: sum.usd + usd, tokens: sum.tokens + tokens, calls: sum.calls + 1 }),
      { usd: 0, tokens: 0, calls: 0 },
    );
  }

  /** Why this endpoint cannot take one more question now; undefined where it can. */
  busy(policy: string, run: string, { name, limits }: ModelEndpoint, tokens: number, now: Date): string | undefined {
    const { concurrency, requestsPerMinute, tokensPerMinute } = limits ?? {};
    const open = this.#others(policy, run, now).filter(({ endpoint }) => endpoint === name).length;
    if (concurrency !== undefined && open >= concurrency) return `${String(open)} questions are with it`;
    const since = now.getTime() - minuteMs;
    this.#lately = this.#lately.filter(({ at }) => at > since);
    const lately = this.#lately.filter((call) => call.policy === policy && call.endpoint === name && call.run !== run);
    if (requestsPerMinute !== undefined && lately.length >= requestsPerMinute)
      return `${String(lately.length)} questions in the last minute`;
    const used = lately.reduce((sum, call) => sum + call.tokens, 0);
    // One that is longer than the limit itself would wait for ever.
    if (tokensPerMinute !== undefined && lately.length > 0 && used + tokens > tokensPerMinute)
      return `${String(used)} tokens in the last minute`;
    return undefined;
  }

  /** Reserves what a question may cost. Again for the same run: nothing new. */
  open(policy: string, run: string, { name, price, maxOutputTokens }: Asked, tokens: number, now: Date): void {
    const standing = this.#open.get(run);
    if (standing?.policy === policy && standing.endpoint === name) return;
    const usd = price
      ? (tokens * Number(price.inputPerMTok) + maxOutputTokens * Number(price.outputPerMTok)) / 1_000_000
      : 0;
    const call = { policy, endpoint: name, run, at: now.getTime(), tokens: tokens + maxOutputTokens, usd };
    this.#open.set(run, call);
    this.#lately.push(call);
  }

  /** The answer is there, or the run has gone: what it cost stands elsewhere. */
  close(run: string): void {
    this.#open.delete(run);
  }

  #others(policy: string, run: string, now: Date): readonly Call[] {
    const since = now.getTime() - longestMs;
    return [...this.#open.values()].filter((call) => call.policy === policy && call.run !== run && call.at > since);
  }
}

type Asked = Pick<ModelEndpoint, "name" | "price"> & { readonly maxOutputTokens: number };
