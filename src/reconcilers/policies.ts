import type { Written } from "../agents/cluster.ts";
import type { Pass } from "../agents/pass.ts";
import type { Action } from "../fix.ts";
import { ModelPolicySpec } from "../model-policy.ts";

/** Name of the policy that holds where none is named. */
const usual = "default";

/** The policy that a run's models are chosen by. */
export interface ModelRules {
  readonly spec: ModelPolicySpec;
  /** The resource that usage is written to; absent for what the controller's own environment says. */
  readonly resource?: Written["ModelPolicy"];
}

/** What fixes may do in a run's namespace. */
export interface FixLimits {
  /** What has switched all fixes off: `ModelPolicy team-a/default`. */
  readonly pausedBy: string | undefined;
  /** Why this change is not allowed; undefined where it is. */
  refuses(kind: Action["kind"]): string | undefined;
  /** Whether a person has to say yes to it first. */
  asks(kind: Action["kind"]): boolean;
}

/** Reads the ModelPolicies that hold for a run: RepoRun before its namespace before the operator's namespace before the controller's environment. */
export class Policies {
  readonly #home: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #pausedByChart: boolean;

  constructor(home: string, env: NodeJS.ProcessEnv = {}, pausedByChart = false) {
    this.#home = home;
    this.#env = env;
    this.#pausedByChart = pausedByChart;
  }

  /** Undefined: no model is configured, rules and memory alone mend. */
  modelsFor({ run, cluster, log }: Pass, agent: string): ModelRules | undefined {
    const own = cluster.written("ModelPolicy", run.namespace);
    const wanted = run.spec.modelPolicyRef?.name;
    const named = own.find(({ name }) => name === (wanted ?? usual));
    if (named) return { spec: named.spec, resource: named };
    if (wanted !== undefined) {
      log("no ModelPolicy of this name in the namespace: no model is asked", { policy: wanted });
      return undefined;
    }
    const general = this.#env["REPO_RUNNER_MODEL_POLICY"] ?? usual;
    const shared = cluster.written("ModelPolicy", this.#home).find(({ name }) => name === general);
    if (shared?.spec.endpoints !== undefined && shared.spec.endpoints.length > 0)
      return { spec: shared.spec, resource: shared };
    const spec = fromEnvironment(this.#env, agent);
    return spec && { spec };
  }

  /**
   * The policy that the run names, its namespace's and the operator's hold together: what one of them forbids is forbidden, so that nobody gets round a
   * policy by naming another. One that is named and not there pauses.
   */
  limitsFor({ run, cluster }: Pass): FixLimits {
    const own = cluster.written("ModelPolicy", run.namespace);
    const wanted = run.spec.modelPolicyRef?.name;
    const general = cluster.written("ModelPolicy", this.#home).filter(({ name }) => name === usual);
    const policies = [...own.filter(({ name }) => name === usual || name === wanted), ...general];
    const isMissing = wanted !== undefined && !own.some(({ name }) => name === wanted);
    const paused = policies.find(({ spec }) => spec.paused === true);
    const called = ({ namespace, name }: Written["ModelPolicy"]): string => `ModelPolicy ${namespace}/${name}`;
    return {
      pausedBy: this.#pausedByChart
        ? "the operator's settings (fixes.paused)"
        : isMissing
          ? `the ModelPolicy ${run.namespace}/${wanted} that spec.modelPolicyRef names, and that is not there,`
          : paused && called(paused),
      refuses: (kind) => {
        for (const policy of policies) {
          const { allow, deny } = policy.spec.actions ?? {};
          if (deny?.includes(kind) === true) return `${called(policy)} denies ${kind}`;
          if (allow !== undefined && !allow.includes(kind)) return `${called(policy)} does not allow ${kind}`;
        }
        return undefined;
      },
      asks: (kind) => policies.some(({ spec }) => spec.actions?.approve?.includes(kind) === true),
    };
  }
}

/** One endpoint, by variables (none where they make no policy): `REPO_RUNNER_MODEL_FIXER` before `REPO_RUNNER_MODEL`, both at `REPO_RUNNER_MODEL_BASE_URL`. */
function fromEnvironment(env: NodeJS.ProcessEnv, agent: string): ModelPolicySpec | undefined {
  const model = env[`REPO_RUNNER_MODEL_${agent.replace(/Agent$/, "").toUpperCase()}`] ?? env["REPO_RUNNER_MODEL"];
  const baseURL = env["REPO_RUNNER_MODEL_BASE_URL"];
  if (model === undefined || baseURL === undefined || model === "" || baseURL === "") return undefined;
  const [secret, key] = (env["REPO_RUNNER_MODEL_SECRET"] ?? "").split("/");
  const apiKeySecretRef = secret && key ? { name: secret, key } : undefined;
  const dataBoundary = env["REPO_RUNNER_MODEL_DATA_BOUNDARY"];
  const read = ModelPolicySpec.safeParse({
    endpoints: [{ name: "environment", baseURL, model, apiKeySecretRef, dataBoundary }],
  });
  return read.data;
}
