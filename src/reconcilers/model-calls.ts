import type { CallObserver } from "./model-manager.ts";

/** How often models were asked since this process began, and what it cost: for metrics alone. Budgets stand in the ModelPolicy. */
export class ModelCalls {
  readonly #calls = new Map<string, { readonly endpoint: string; readonly outcome: string; count: number }>();
  readonly #spent = new Map<string, { tokens: number; usd: number }>();

  readonly count: CallObserver = ({ endpoint, outcome, tokens, usd }) => {
    const key = `${endpoint} ${outcome}`;
    const calls = this.#calls.get(key) ?? { endpoint, outcome, count: 0 };
    calls.count += 1;
    this.#calls.set(key, calls);
    const spent = this.#spent.get(endpoint) ?? { tokens: 0, usd: 0 };
    spent.tokens += tokens;
    spent.usd += usd;
    this.#spent.set(endpoint, spent);
  };

  byOutcome(): [{ endpoint: string; outcome: string }, number][] {
    return [...this.#calls.values()].map(({ endpoint, outcome, count }) => [{ endpoint, outcome }, count]);
  }

  spent(what: "tokens" | "usd"): [{ endpoint: string }, number][] {
    return [...this.#spent].map(([endpoint, spent]) => [{ endpoint }, spent[what]]);
  }
}
