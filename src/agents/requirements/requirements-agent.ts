import { done, failed, type Outcome } from "../../outcome.ts";
import type { Failure } from "../../failure.ts";
import type { Service } from "../../plan.ts";
import type { RepoRunSpec } from "../../repo-run.ts";
import { type AgentContext, BaseAgent } from "../agent.ts";
import type { Platform } from "../detection/language.ts";
import { isListed } from "./listed-images.ts";

type Wish = NonNullable<RepoRunSpec["services"]>[number];

export interface RequirementsRequest {
  readonly service: Service;
  readonly wish: Wish | undefined;
  readonly platform: Platform;
  /** Who asked for `packages`: `spec`, unless a file of the repository did. */
  readonly saidBy?: string;
}

/**
 * Settles what a service needs below its own code: base images that exist here, and system libraries. Which runtime and which libraries
 * a language's packages ask for is told by the rules of this folder, which the languages call; what a person asks for is added here.
 */
export class RequirementsAgent extends BaseAgent<RequirementsRequest, Service> {
  readonly name = "RequirementsAgent";

  protected async work(
    { service, wish, platform, saidBy = "spec" }: RequirementsRequest,
    context: AgentContext,
  ): Promise<Outcome<Service>> {
    const { buildImage, runImage, borrows } = service.recipe;
    const lacking = [buildImage, runImage, ...borrows.map(({ image }) => image)].find(
      (image) => image !== undefined && !isListed(image, platform),
    );
    if (lacking !== undefined) return failed(platformLacks(lacking, service, platform));
    const packages = wish?.packages ?? [];
    context.log("requirements settled", {
      service: service.name,
      runtime: service.runtime?.version,
      packages: packages.length,
    });
    if (packages.length === 0) return done(service);
    const { recipe } = service;
    return done({
      ...service,
      recipe: {
        ...recipe,
        buildPackages: [...new Set([...recipe.buildPackages, ...packages])],
        runPackages: [...new Set([...recipe.runPackages, ...packages])],
      },
      why: [...service.why, { about: "packages", value: packages.join(" ").slice(0, 256), because: saidBy }],
    });
  }
}

function platformLacks(image: string, service: Service, { listed }: Platform): Failure {
  const { runtime } = service;
  const repository = image.replace(/^docker\.io\/(?:library\/)?/, "").replace(/:.*$/, "");
  const there = (listed[repository] ?? []).filter((tag) => /^\d/.test(tag) && !tag.includes("-"));
  const wanted = runtime === null ? image : `${runtime.name} ${runtime.version} (${runtime.from})`;
  return {
    reason: "PlatformLacksImage",
    message: `${service.name} wants ${wanted}, and this installation has no image for it: ${image}`.slice(0, 1000),
    hint: `an administrator can add it to baseImages; there is ${there.length === 0 ? `no ${repository}` : `${repository} ${there.join(", ")}`}`,
    layer: "Base",
    blame: "Platform",
    service: service.name,
  };
}
