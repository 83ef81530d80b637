import type { Plan } from "../../plan.ts";
import { clean } from "../text.ts";

/** `240 MiB and 12 s to build, 90 MiB to run`; undefined where nobody has estimated it. */
export function takesText(plan: Pick<Plan, "estimates">, service: string): string | undefined {
  const estimate = plan.estimates?.find((each) => each.service === service);
  if (estimate === undefined) return undefined;
  const { buildMegabytes, buildSeconds, runMegabytes } = estimate;
  return `about ${String(buildMegabytes)} MiB and ${String(buildSeconds)} s to build, ${String(runMegabytes)} MiB to run`;
}

/** What an estimate stands on: `214 packages of package-lock.json`. */
export function takesFrom(plan: Pick<Plan, "estimates">, service: string): string {
  return plan.estimates?.find((each) => each.service === service)?.from ?? "";
}

/** What was mended before anything was built, one line each. */
export function foreseenLines({ predictions, services }: Pick<Plan, "predictions" | "services">): readonly string[] {
  return (predictions ?? []).map(({ service, because, where }) => {
    const name = services.length > 1 ? `${clean(service, 40)}: ` : "";
    return `  foreseen: ${name}${clean(because, 200)}${where === undefined ? "" : ` (${clean(where, 100)})`}`;
  });
}
