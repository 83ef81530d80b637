import type { Plan } from "../plan.ts";
import type { SourceTree } from "./detection/source-tree.ts";
import { draftPlan, type SurveyRequest } from "./survey.ts";

/**
 * What would be planned if the surest way were none: a Dockerfile of the repository is left out, and its sources are built as their language is; of a compose
 * file's, those that hold anything else to build. Taken once, where nothing else mends a build. Undefined where there is no other way, or a person has named
 * the Dockerfile.
 */
export async function secondPlan(tree: SourceTree, request: SurveyRequest, first: Plan): Promise<Plan | undefined> {
  const ownFiles = first.services.filter(({ recipe }) => recipe.dockerfile !== undefined);
  const told = request.spec.services?.some(({ dockerfile }) => dockerfile !== undefined) === true;
  if (ownFiles.length === 0 || told) return undefined;
  const other = await draftPlan(tree, { ...request, without: ["dockerfile"] });
  if (other.state !== "done") return undefined;
  const left = other.value.services.filter(({ recipe }) => recipe.dockerfile !== undefined);
  return left.length < ownFiles.length && other.value.services.length >= first.services.length
    ? other.value
    : undefined;
}
