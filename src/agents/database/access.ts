import type { V1EnvVar } from "@kubernetes/client-node";
import type { Database, Variable } from "../../plan.ts";

/** How a database is reached. Nothing secret is in it: the values lie in the Secret, which only the kubelet reads. */
export interface DatabaseAccess {
  /** Of the plan. */
  readonly name: string;
  readonly engine: Database["engine"];
  /** The version that runs; of a bound one nobody knows it. */
  readonly version: string;
  /** `<service>.<namespace>.svc`; undefined where a person's Secret says it. */
  readonly host: string | undefined;
  readonly port: number;
  /** A Service Binding Secret: `type`, `host`, `port`, `username`, `password`, `database`, `uri`, and `jdbc-url` where there is one. */
  readonly secret: string;
  /** Of its Service, for hostAliases; undefined where it is bound. */
  readonly clusterIP?: string;
}

/** Parts of a template, and the key of the Secret that each is. */
const parts = ["host", "port", "username", "password", "database"] as const;

/**
 * Variables of a program's container for one planned variable with source `Database`: the parts by reference to the Secret, then the text
 * itself, which the kubelet puts together (`$(NAME)`), so that nobody here reads a password. Undefined databases give nothing.
 */
export function databaseVariables(
  variable: Pick<Variable, "name" | "of" | "value">,
  accesses: readonly DatabaseAccess[],
): V1EnvVar[] {
  const access = accesses.find(({ name }) => name === variable.of);
  if (access === undefined) return [];
  const template = variable.value ?? "";
  const only = parts.find((part) => template === `{${part}}`);
  if (only !== undefined) return [reference(variable.name, access.secret, only)];
  const prefix = `REPO_RUNNER_${access.name.replaceAll(/[^a-zA-Z0-9]/g, "_").toUpperCase()}`;
  const used = parts.filter((part) => template.includes(`{${part}}`));
  const text = template
    .replaceAll("$(", "$$$$(")
    .replaceAll(/\{(?<part>host|port|username|password|database)\}/g, (_whole, part: string) => {
      return `$(${prefix}_${part.toUpperCase()})`;
    });
  return [
    ...used.map((part) => reference(`${prefix}_${part.toUpperCase()}`, access.secret, part)),
    { name: variable.name, value: text },
  ];
}

function reference(name: string, secret: string, key: string): V1EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secret, key } } };
}
