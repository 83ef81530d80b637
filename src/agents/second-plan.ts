import type { Plan } from "../plan.ts";
import { joined } from "./detection/app-roots.ts";
import { doubtOf } from "./detection/dockerfile/doubt.ts";
import { factsOf } from "./detection/dockerfile/image-facts.ts";
import { readDockerfile } from "./detection/dockerfile/instructions.ts";
import type { SourceTree } from "./detection/source-tree.ts";
import { draftPlan, type SurveyRequest } from "./survey.ts";

/**
 * What would be planned if the surest way were none: a Dockerfile of the repository is left out, and its sources are built as their language is; of a compose
 * file's, those that hold anything else to build. The other way round, where none lies in the root: the Dockerfile of a folder that is called after it. Taken
 * once, where nothing else mends the first. Undefined where there is no other way, or a person has named services.
 */
export async function secondPlan(tree: SourceTree, request: SurveyRequest, first: Plan): Promise<Plan | undefined> {
  const ownFiles = first.services.filter(({ recipe }) => recipe.dockerfile !== undefined);
  const told = request.spec.services?.some(({ dockerfile }) => dockerfile !== undefined) === true;
  if (ownFiles.length === 0) return await byDockerfileAside(tree, request, first);
  if (told) return undefined;
  const other = await draftPlan(tree, { ...request, without: ["dockerfile"] });
  if (other.state !== "done") return undefined;
  const left = other.value.services.filter(({ recipe }) => recipe.dockerfile !== undefined);
  return left.length < ownFiles.length && other.value.services.length >= first.services.length
    ? other.value
    : undefined;
}

/** Folders in which people keep the Dockerfile of the whole repository. */
const aside = [".docker", "docker", "deploy", ".deploy", "deployment", "build", "build/package", "ci"];

async function byDockerfileAside(tree: SourceTree, request: SurveyRequest, first: Plan): Promise<Plan | undefined> {
  const { spec, platform } = request;
  const [service] = first.services;
  const context = joined(".", spec.source.path ?? ".");
  if (service === undefined || (spec.services ?? []).length > 0) return undefined;
  for (const folder of aside) {
    const file = `${folder}/Dockerfile`;
    const path = joined(context, file);
    const text = await tree.read(path);
    const facts = text === undefined ? undefined : factsOf(readDockerfile(text));
    // Of one that copies nothing, or what is not there, the root is not the place that is meant.
    if (facts === undefined || facts.copied.length === 0) continue;
    if ((await doubtOf(tree, { file: path, context, facts, platform })) !== undefined) continue;
    const services = [{ name: service.name, dockerfile: file }];
    const other = await draftPlan(tree, { ...request, spec: { ...spec, services } });
    return other.state === "done" ? other.value : undefined;
  }
  return undefined;
}
