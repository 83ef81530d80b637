import type { Pass } from "../agents/pass.ts";
import { shortHash } from "../digest.ts";
import { ModelAnswer, type ModelUse } from "../model-call.ts";
import { label } from "../run-ref.ts";
import type { Checkpoints } from "./checkpoint.ts";

/** How long an answer holds for others where the policy says nothing. */
const usualHours = 168;

/** Answers of models, by the digest of the whole question: nobody asks or pays twice, and other runs of the namespace take what one was answered. */
export class ModelAnswers {
  readonly #checkpoints: Checkpoints;

  constructor(checkpoints: Checkpoints) {
    this.#checkpoints = checkpoints;
  }

  /** What this run was answered. */
  async recall({ cluster, run }: Pass, key: string): Promise<ModelAnswer | undefined> {
    return ModelAnswer.safeParse(await this.#checkpoints.recall(cluster, run, "model", key)).data;
  }

  /** What another run of the namespace was answered to the very same question: paid for already. */
  async ofOthers(pass: Pass, key: string, hours = usualHours): Promise<ModelAnswer | undefined> {
    if (hours === 0) return undefined;
    const by = { name: label.answer, value: shortHash(key, 24) };
    const since = pass.clock.now().getTime() - hours * 3_600_000;
    for (const remembered of await this.#checkpoints.recallOthers(pass.cluster, pass.run, by)) {
      const { data } = ModelAnswer.safeParse(remembered.value);
      if (remembered.key !== key || data?.outcome !== "Answered" || Date.parse(data.at ?? "") < since) continue;
      const nothing = { inputTokens: 0, outputTokens: 0, known: true };
      return { ...data, usage: nothing, costUsd: 0, requests: 0, seconds: 0 };
    }
    return undefined;
  }

  /** Written down before anybody acts on it. */
  async keep({ cluster, run }: Pass, key: string, value: ModelAnswer): Promise<void> {
    const labels = { [label.answer]: shortHash(key, 24) };
    await this.#checkpoints.remember(cluster, run, { stage: "model", service: value.endpoint, labels }, { key, value });
  }

  /** What this run has used up: its answers lie in its own namespace. */
  async used({ cluster, run }: Pass): Promise<ModelUse> {
    const values = await this.#checkpoints.all(cluster, run, "model");
    const answers = values
      .flatMap((value) => ModelAnswer.safeParse(value).data ?? [])
      .toSorted((one, other) => ((one.at ?? "") < (other.at ?? "") ? -1 : 1));
    const nothing: ModelUse = { usd: 0, tokens: 0, calls: 0 };
    return answers.reduce<ModelUse>(
      (sum, { usage, costUsd, requests, endpoint, outcome }) => ({
        usd: Math.round((sum.usd + costUsd) * 1e6) / 1e6,
        tokens: sum.tokens + usage.inputTokens + usage.outputTokens,
        calls: sum.calls + (requests > 0 ? 1 : 0),
        endpoint,
        outcome,
      }),
      nothing,
    );
  }
}
