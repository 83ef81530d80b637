import type { Failure } from "../../failure.ts";
import { redact } from "../../redact.ts";
import type { RunRef } from "../../run-ref.ts";
import { envSecretName } from "../runner/names.ts";
import type { HealthRequest } from "./health-request.ts";

/** Why a container cannot even be made, from the kubelet's words: a Secret or a key of it is missing, or the image wants to run as root. */
export function configFailure(request: Pick<HealthRequest, "run" | "service" | "spec">, said: string): Failure {
  const { run, service } = request;
  const key = /couldn't find key (\S{1,253}) in Secret \S{1,63}\/([a-z0-9.-]{1,253})/.exec(said);
  if (key?.[1] !== undefined && key[2] !== undefined)
    return needs(run, service.name, key[2], missingNames(request, key[2], key[1]));
  const secret = /secret "([a-z0-9.-]{1,253})" not found/i.exec(said);
  if (secret?.[1] !== undefined) return needs(run, service.name, secret[1], missingNames(request, secret[1]));
  if (/runAsNonRoot|will run as root|non-numeric user/i.test(said)) {
    return {
      reason: "RunsAsRoot",
      message: `the image of ${service.name} wants to run as root: ${redact(said).slice(0, 300)}`,
      hint: "end its Dockerfile with USER and a number above 0, or let the cluster have user namespaces",
      layer: "Process",
      blame: "Repo",
      service: service.name,
    };
  }
  return {
    reason: "ContainerConfig",
    message: `the container of ${service.name} cannot be made: ${redact(said).slice(0, 400)}`,
    layer: "Config",
    blame: "Platform",
    service: service.name,
  };
}

function needs(run: RunRef, service: string, secret: string, names: readonly string[]): Failure {
  const own = secret === envSecretName(run);
  const wanted = names.length === 0 ? `Secret ${secret}` : `${names.join(", ")} in Secret ${secret}`;
  return {
    reason: "NeedsSecret",
    message: `${service} needs ${wanted}`,
    hint: own
      ? `repo-runner secret set ${run.name} ${names.join(" ")} (or kubectl create secret generic ${secret} with these keys); it goes on by itself`
      : `create Secret ${secret} in namespace ${run.namespace}; it goes on by itself`,
    layer: "Config",
    blame: "Spec",
    service,
    where: `Secret/${secret}`,
  };
}

/** All names that are wanted of one Secret; the kubelet names only the first. A single missing key is all that is known to be missing. */
function missingNames(
  { run, service, spec }: Pick<HealthRequest, "run" | "service" | "spec">,
  secret: string,
  key?: string,
): string[] {
  if (key !== undefined) return [key];
  const given = [...(spec.services?.find((wish) => wish.name === service.name)?.env ?? []), ...(spec.env ?? [])];
  const keys = given.flatMap(({ valueFrom }) =>
    valueFrom?.secretKeyRef.name === secret ? [valueFrom.secretKeyRef.key] : [],
  );
  const names = new Set(given.map((variable) => variable.name));
  const needed =
    secret === envSecretName(run)
      ? service.env.filter(
          (variable) => variable.source === "Needed" && variable.phase !== "Build" && !names.has(variable.name),
        )
      : [];
  return [...new Set([...needed.map((variable) => variable.name), ...keys])].slice(0, 16);
}
