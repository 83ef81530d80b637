import { readFileSync } from "node:fs";
import { pino } from "pino";
import { parse } from "yaml";
import { DBAgent } from "./agents/database/db-agent.ts";
import { FixerAgent } from "./agents/fixer/fixer-agent.ts";
import { HealthAgent } from "./agents/health/health-agent.ts";
import { PortManagerAgent } from "./agents/ports/port-manager-agent.ts";
import { observerFor } from "./agents/ports/port-observer.ts";
import { RunnerAgent } from "./agents/runner/runner-agent.ts";
import { StepAgent } from "./agents/runner/step-agent.ts";
import { BuilderPool } from "./agents/setup/builder.ts";
import type { Metrics } from "./controller/metrics.ts";
import { runController } from "./controller/run.ts";
import { BuildManager } from "./reconcilers/build-manager.ts";
import { Checkpoints } from "./reconcilers/checkpoint.ts";
import { Follow } from "./reconcilers/follow.ts";
import { AgentMemoryManager } from "./reconcilers/memory-manager.ts";
import { ModelManager } from "./reconcilers/model-manager.ts";
import { Policies } from "./reconcilers/policies.ts";
import { ModelCalls } from "./reconcilers/model-calls.ts";
import { DatabaseManager } from "./reconcilers/database-manager.ts";
import { HealthManager } from "./reconcilers/health-manager.ts";
import { Orchestrator } from "./reconcilers/orchestrator.ts";
import { PlanAdvisor } from "./reconcilers/plan-advisor.ts";
import { PlanStore } from "./reconcilers/plan-store.ts";
import { ReleaseManager } from "./reconcilers/release-manager.ts";
import { RepairManager } from "./reconcilers/repair-manager.ts";
import { RestoreManager } from "./reconcilers/restore-manager.ts";
import { Story } from "./reconcilers/story.ts";
import { Sweeper } from "./reconcilers/sweeper.ts";
import { SurveyManager } from "./reconcilers/survey-manager.ts";
import { Turns } from "./reconcilers/turns.ts";
import { Settings } from "./settings.ts";

/** Mode `controller`: reads the settings, picks the crew, and hands one Reconcile function to the controller. */
export async function runOperator(env: NodeJS.ProcessEnv): Promise<number> {
  const log = pino(
    { base: null, level: env["LOG_LEVEL"] ?? "info" },
    // A write for each line would stop the one thread thousands of times; what waits is written when the process ends.
    pino.destination({ sync: false, minLength: 4096, periodicFlush: 250 }),
  );
  const file = env["REPO_RUNNER_SETTINGS"] ?? "/etc/repo-runner/settings.yaml";
  const settings = Settings.parse(parse(readFileSync(file, "utf8")) ?? {});

  const plans = new PlanStore();
  const checkpoints = new Checkpoints();
  const story = new Story();
  const builders = new BuilderPool(settings);
  const turns = new Turns(settings.jobs);
  const home = env["POD_NAMESPACE"] ?? "repo-runner-system";
  const memory = new AgentMemoryManager(settings.memory, home);
  const policies = new Policies(home, env, settings.fixes.paused);
  const calls = new ModelCalls();
  const models = new ModelManager(policies, checkpoints, settings, calls.count);
  const fixer = new FixerAgent();
  const advisor = new PlanAdvisor(fixer, policies, models);
  const releases = new ReleaseManager(settings, { runner: new RunnerAgent(), step: new StepAgent() }, checkpoints);
  const databases = new DatabaseManager(settings, new DBAgent());
  const builds = new BuildManager(settings, builders, checkpoints, turns);
  const orchestrator = new Orchestrator(
    {
      survey: new SurveyManager(plans, settings, turns, { memory, policies, advisor }),
      database: databases,
      build: builds,
      release: releases,
      health: new HealthManager(
        settings,
        { health: new HealthAgent(), ports: new PortManagerAgent(observerFor(settings)) },
        releases,
      ),
      repair: new RepairManager({ fixer, plans, memory, policies, models, advisor }),
      restore: new RestoreManager(plans, { database: databases, build: builds, release: releases }),
      memory,
    },
    {
      story,
      sweeper: new Sweeper(builders, settings.builder.idleMinutes),
      follow: new Follow(settings),
      turns,
      models,
    },
  );

  await runController({
    ...(env["KUBECONFIG"] === undefined ? {} : { kubeconfig: env["KUBECONFIG"] }),
    namespace: home,
    leaseName: "repo-runner",
    workers: Number(env["WORKERS"] ?? 8),
    port: Number(env["PORT"] ?? 8080),
    passTimeoutMs: 60_000,
    ...(env["WEBHOOK_PORT"] === undefined
      ? {}
      : {
          webhook: {
            port: Number(env["WEBHOOK_PORT"]),
            secretFile: env["WEBHOOK_SECRET_FILE"] ?? "/etc/repo-runner/webhook/secret",
          },
        }),
    logger: log,
    on: {
      listening: (_port, metrics) => {
        observeTurns(metrics, turns);
        observeCalls(metrics, calls);
      },
    },
    reconcile: orchestrator.reconcile,
    gone: (run) => {
      plans.forget(run.uid);
      story.forget(run.uid);
      turns.forget(run);
      return Promise.resolve();
    },
  });
  return 0;
}

/** What models were asked, and what it cost. */
function observeCalls(metrics: Metrics, calls: ModelCalls): void {
  const by = ["endpoint"] as const;
  metrics.observe("repo_runner_model_calls", "Questions to models, by how they ended.", ["endpoint", "outcome"], () =>
    calls.byOutcome(),
  );
  metrics.observe("repo_runner_model_tokens", "Tokens that models have read and written.", by, () =>
    calls.spent("tokens"),
  );
  metrics.observe("repo_runner_model_cost_usd", "US dollars that models have cost.", by, () => calls.spent("usd"));
}

/** The moving numbers of the queue for Jobs, which no status tells. */
function observeTurns(metrics: Metrics, turns: Turns): void {
  const rows = (counts: ReadonlyMap<string, number>): [{ namespace: string }, number][] =>
    [...counts].map(([namespace, count]) => [{ namespace }, count]);
  const by = ["namespace"] as const;
  metrics.observe("repo_runner_jobs_working", "Survey and build Jobs that are at work.", by, () =>
    rows(turns.counts().working),
  );
  metrics.observe("repo_runner_runs_queued", "Runs that wait for their turn to have a Job.", by, () =>
    rows(turns.counts().queued),
  );
}
