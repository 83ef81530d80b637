import type { AgentContext } from "../agents/agent.ts";
import type { DatabaseAccess } from "../agents/database/access.ts";
import type { DBAgent } from "../agents/database/db-agent.ts";
import { BaseManager } from "../agents/manager.ts";
import type { Pass } from "../agents/pass.ts";
import { done, type Outcome, type Waiting } from "../outcome.ts";
import type { Settings } from "../settings.ts";
import type { PlanRecord } from "./record.ts";

export interface DatabaseStep {
  readonly pass: Pass;
  readonly record: PlanRecord;
}

/** How far the databases of a plan are. */
export interface Provided {
  readonly ready: readonly DatabaseAccess[];
  /** Those that are on their way, by name. */
  readonly waits: ReadonlyMap<string, Waiting>;
}

/** Databases: all at once, from the moment that a plan names them, so that they start while images are built. */
export class DatabaseManager extends BaseManager<DatabaseStep, Provided> {
  readonly name = "DatabaseManager";
  readonly #settings: Settings;
  readonly #agent: DBAgent;

  constructor(settings: Settings, agent: DBAgent) {
    super();
    this.#settings = settings;
    this.#agent = agent;
  }

  protected async work({ pass, record }: DatabaseStep, context: AgentContext): Promise<Outcome<Provided>> {
    const { run, cluster } = pass;
    const ready: DatabaseAccess[] = [];
    const waits = new Map<string, Waiting>();
    for (const database of record.plan.databases) {
      const outcome = await this.#agent.run(
        { cluster, run, plan: record.plan, database, settings: this.#settings, spec: run.spec },
        context,
      );
      if (outcome.state === "failed") return outcome;
      if (outcome.state === "done") ready.push(outcome.value);
      else waits.set(database.name, outcome);
    }
    return done({ ready, waits });
  }
}
