import { z } from "zod";

/** A rule of the API server (CEL), in the schema's own words. */
export interface Rule {
  readonly rule: string;
  readonly message: string;
  readonly fieldPath?: string;
}

/** How the generator of the CRD finds rules, and how it names a list that is merged by keys. */
export function rules(...list: readonly Rule[]): { "x-kubernetes-validations": readonly Rule[] } {
  return { "x-kubernetes-validations": list };
}

export function keyedBy(...keys: readonly string[]): {
  "x-kubernetes-list-type": "map";
  "x-kubernetes-list-map-keys": readonly string[];
} {
  return { "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": keys };
}

/**
 * A text that a person types. Here the pattern checks it; in the CRD the same pattern stands in a rule with a sentence, since a bare `pattern` answers with a
 * regular expression. Never for what may hold a secret: a rule on the field itself prints the value; such rules stand on the parent.
 */
export function typed(pattern: RegExp, message: string, maxLength: number): z.ZodString {
  const source = pattern.source.replaceAll("\\/", "/");
  if (/['\\]/.test(source)) throw new Error(`a rule cannot hold quotes or backslashes: ${source}`);
  return z
    .string()
    .max(maxLength)
    .regex(pattern, message)
    .meta(rules({ rule: `self.matches('${source}')`, message }));
}

/** Name of a service, a database or a volume. */
export const Name = typed(
  /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
  "must be lower-case letters, digits and dashes, starting with a letter",
  40,
);

const durationPattern = "^([0-9]{1,5}(s|m|h)){1,3}$";
const durationMessage = "must be a time above zero, such as 90s, 20m or 1h30m";

/** `90s`, `20m`, `1h30m`. */
export const Duration = z
  .string()
  .max(16)
  .regex(new RegExp(durationPattern), durationMessage)
  .meta(
    rules({
      rule: `self.matches('${durationPattern}') && duration(self) > duration('0s')`,
      message: durationMessage,
    }),
  );

/** The part of a rule that is true while a duration can be read; before it is compared. */
export function readableDuration(field: string): string {
  return `${field}.matches('${durationPattern}')`;
}

const insideMessage = 'must be a path inside the repository: relative, without ".."';

/** A path inside the repository. */
export const InnerPath = z
  .string()
  .max(512)
  .refine((path) => !path.startsWith("/") && !path.split("/").includes(".."), insideMessage)
  .meta(rules({ rule: "!self.startsWith('/') && !self.split('/').exists(p, p == '..')", message: insideMessage }));

/** A path of a URL or of a container. */
export const AbsolutePath = typed(/^\//, 'must start with "/"', 512);

/** Size of a volume. */
export const Size = typed(/^[0-9]{1,6}(Mi|Gi|Ti)$/, "must be a size such as 512Mi, 2Gi or 1Ti", 16);

/** CPU, memory and devices by name, as in a Pod. The generator knows the mark: an amount is an integer or a string. */
export const Quantities = z
  .record(z.string(), z.union([z.int(), z.string()]))
  .meta({ maxProperties: 8, "x-repo-runner-quantities": true });

/** A Secret of this namespace, by name. */
export const SecretRef = z.object({
  name: z.string().min(1).max(253).meta({ description: "Name of a Secret in this namespace." }),
});

/** One key of a Secret of this namespace. */
export const SecretKeyRef = z
  .object({ name: z.string().min(1).max(253), key: z.string().min(1).max(253) })
  .meta({ description: "One key of a Secret in this namespace. Read by the kubelet, never by Repo Runner." });

/** Name of a variable of a program's environment. */
export const VariableName = typed(
  /^[A-Za-z_][A-Za-z0-9_]*$/,
  "must be letters, digits and underscores, not starting with a digit",
  128,
);

const runsCode = ["LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "NODE_OPTIONS", "BASH_ENV", "PYTHONSTARTUP"];

/** A variable of a program. Its rules stand here and not on the value: a rule on the value would print it. */
export const EnvironmentVariable = z
  .object({
    name: VariableName.meta({ description: "Name of the variable." }),
    value: z.string().max(8192).meta({ description: "Value, as written." }).optional(),
    valueFrom: z
      .object({ secretKeyRef: SecretKeyRef })
      .meta({ description: "Take the value from a Secret." })
      .optional(),
    phase: z
      .enum(["Run", "Build", "Both"])
      .meta({
        description:
          "When the variable is there: Run (default), Build, or Both. A Secret is there at Run only; a build reads Secrets through build.secrets.",
      })
      .optional(),
  })
  .meta(
    rules(
      { rule: "has(self.value) != has(self.valueFrom)", message: "set exactly one of value, valueFrom" },
      {
        rule: "!(has(self.valueFrom) && has(self.phase) && self.phase != 'Run')",
        message: "a Secret is not given to a build as a variable: name it in spec.build.secrets",
      },
      {
        rule: `!(self.name in [${runsCode.map((name) => `'${name}'`).join(",")}])`,
        message:
          "this variable would run code in every process and is not accepted here; put it into your start command",
      },
    ),
  );
