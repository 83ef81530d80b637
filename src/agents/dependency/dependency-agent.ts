import { done, type Outcome } from "../../outcome.ts";
import type { Reason, Service } from "../../plan.ts";
import type { RepoRunSpec } from "../../repo-run.ts";
import { type AgentContext, BaseAgent } from "../agent.ts";

type Wish = NonNullable<RepoRunSpec["services"]>[number];

export interface DependencyRequest {
  readonly service: Service;
  readonly wish: Wish | undefined;
  /** Who said `install`: `spec`, unless a file of the repository did. */
  readonly saidBy?: string;
}

/**
 * Settles how dependencies are installed: by which manager, bound to which lock file, or as a person says. The managers' own rules stand
 * beside it and are called by the languages.
 */
export class DependencyAgent extends BaseAgent<DependencyRequest, Service> {
  readonly name = "DependencyAgent";

  protected async work(
    { service, wish, saidBy = "spec" }: DependencyRequest,
    context: AgentContext,
  ): Promise<Outcome<Service>> {
    const { manager, recipe } = service;
    context.log("dependencies settled", { service: service.name, manager: manager?.name, lockFile: manager?.lockFile });
    const install = wish?.install;
    if (install !== undefined) {
      const told: Reason = { about: "install", value: install.slice(0, 256), because: saidBy };
      // What was found, said again: then the files that it reads are known.
      const manifests = install === recipe.install ? recipe.manifests : [];
      return done({
        ...service,
        // A line of a person's own may read any file of the repository.
        recipe: { ...recipe, install: install === "" ? null : install, manifests },
        why: [...service.why.filter(({ about }) => about !== "install"), told],
      });
    }
    if (manager === null || recipe.install === null || service.why.some(({ about }) => about === "install")) {
      return done(service);
    }
    const because = manager.lockFile === null ? "no lock file that binds it" : `exactly as ${manager.lockFile} says`;
    return done({
      ...service,
      why: [...service.why, { about: "install", value: recipe.install.slice(0, 256), because }],
    });
  }
}
