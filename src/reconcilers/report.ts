import type { RepoRunStatus } from "../repo-run.ts";
import type { RunRecord } from "../agents/pass.ts";
import type { Progress } from "./progress.ts";
import type { PlanRecord } from "./record.ts";

/** One paragraph for a person: what runs where, what was mended, what is needed; or why not, and whose turn it is. */
export function reportOf(
  run: RunRecord,
  record: PlanRecord,
  progress: Progress,
  links: NonNullable<RepoRunStatus["links"]>,
): string {
  const { failure } = progress;
  const sentences: string[] = [];
  if (failure) {
    sentences.push(`${run.name} (${record.commitName}) ended with ${failure.reason}: ${failure.message}.`);
    if (failure.hint !== undefined) sentences.push(`Next: ${failure.hint}.`);
    if (progress.serves !== undefined) sentences.push(`${progress.serves} serves on.`);
  } else {
    const services = [...progress.services.values()]
      .map((service) => `${service.name} (${service.evidence ?? service.maturity})`)
      .join(", ");
    const where = links[0] ? ` at ${links[0].url}` : "";
    sentences.push(`${run.name} runs: ${record.plan.summary}, ${services}${where}.`);
    const first = [...progress.services.values()].find((service) => service.port !== undefined);
    if (first) sentences.push(`Inside the cluster: http://${run.name}-${first.name}.${run.namespace}.svc/.`);
    if (links[0]) sentences.push(`Try: curl ${links[0].url}`);
  }
  if (record.fixes.length > 0) sentences.push(`Mended: ${record.fixes.map((fix) => fix.summary).join("; ")}.`);
  if (!failure)
    sentences.push(
      progress.needs.length === 0
        ? "Nothing is needed from you."
        : `Needed: ${progress.needs.map((need) => need.name).join(", ")}.`,
    );
  return sentences.join(" ").slice(0, 768);
}
