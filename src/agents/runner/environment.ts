import type { V1EnvFromSource, V1EnvVar } from "@kubernetes/client-node";
import type { Variable } from "../../plan.ts";
import type { RepoRunSpec } from "../../repo-run.ts";
import { databaseVariables } from "../database/access.ts";
import { childName, envSecretName } from "./names.ts";
import { type RunRequest, wishOf } from "./run-request.ts";
import { furtherPorts, httpPort } from "./service-object.ts";

type Given = NonNullable<RepoRunSpec["env"]>[number];

/**
 * Variables of the program, first come first kept: service env, spec.env, then what the plan wires, generates or needs; `PORT` always.
 * What a person put into `<run>-env` comes after them by envFrom. Needed values are required references, so that the kubelet starts the
 * pod when a person has given them and nobody here reads them.
 */
export function environmentOf(
  request: RunRequest,
  port: number | undefined,
): { env: V1EnvVar[]; envFrom: V1EnvFromSource[] } {
  const { run, service, spec, generatedSecret } = request;
  const found = new Map<string, V1EnvVar>();
  const add = (variable: V1EnvVar | undefined) => {
    if (variable && !found.has(variable.name)) found.set(variable.name, variable);
  };
  for (const given of [...(wishOf(request)?.env ?? []), ...(spec.env ?? [])]) add(fromSpec(given));
  for (const variable of service.env) {
    if (variable.phase === "Build") continue;
    const { name } = variable;
    switch (variable.source) {
      case "Literal":
        add({ name, value: literal(variable.value ?? "") });
        break;
      case "Generated":
        if (generatedSecret !== undefined) add(reference(name, generatedSecret, name));
        break;
      case "Secret":
        if (variable.secret) add(reference(name, variable.secret.name, variable.secret.key));
        break;
      case "Needed":
        add(reference(name, envSecretName(run), name));
        break;
      case "Port":
        if (port !== undefined) add({ name, value: String(port) });
        break;
      case "Database":
        for (const each of databaseVariables(variable, request.databases ?? [])) add(each);
        break;
      case "Service":
        add(serviceVariable(request, variable));
        break;
      case "Optional":
        break;
    }
  }
  if (port !== undefined) add({ name: "PORT", value: String(port) });
  return {
    env: [...found.values()],
    envFrom: [
      ...(spec.envFrom ?? []).map(({ secretRef }) => ({ secretRef: { name: secretRef.name } })),
      { secretRef: { name: envSecretName(run), optional: true } },
    ],
  };
}

/** How another service of the run is reached inside the cluster, put into the text that the plan has for it. */
function serviceVariable(request: RunRequest, { name, of, value }: Variable): V1EnvVar | undefined {
  const service = request.plan.services.find((each) => each.name === of);
  if (service === undefined) return undefined;
  const host = childName(request.run, service.name);
  const port = service.kind === "Web" ? httpPort : (furtherPorts({ ...request, service })[0]?.port ?? httpPort);
  const parts: Readonly<Record<string, string>> = {
    host,
    port: String(port),
    url: port === httpPort ? `http://${host}` : `http://${host}:${port}`,
  };
  const text = (value ?? "{url}").replaceAll(/\{(host|port|url)\}/g, (whole, part: string) => parts[part] ?? whole);
  return { name, value: literal(text) };
}

function fromSpec(given: Given): V1EnvVar | undefined {
  if (given.phase === "Build") return undefined;
  const secret = given.valueFrom?.secretKeyRef;
  if (secret) return reference(given.name, secret.name, secret.key);
  return { name: given.name, value: literal(given.value ?? "") };
}

function reference(name: string, secret: string, key: string): V1EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secret, key } } };
}

/** The kubelet would expand `$(NAME)`: a value is given as it is written. */
function literal(value: string): string {
  return value.replaceAll("$(", "$$$$(");
}
