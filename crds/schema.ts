import { z } from "zod";

/** A node of an OpenAPI v3 schema, as the API server takes it. */
export type SchemaNode = Record<string, unknown>;

/** The structural schema of a zod type: what the API server refuses in a schema (unions, references, closed objects) is rewritten or taken out. */
export function structuralSchema(type: z.ZodType): SchemaNode {
  const schema = z.toJSONSchema(type, { target: "openapi-3.0", io: "input", reused: "inline" });
  return structural(schema as SchemaNode);
}

/** Order of the keys of a node, so that the file reads as people write it. */
const order = ["type", "format", "description", "enum", "minimum", "maximum", "minLength", "maxLength", "pattern"];
/** JavaScript's own range stands in every zod integer; it says nothing. */
const unbounded = new Set<unknown>([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]);
const quantity = {
  "x-kubernetes-int-or-string": true,
  anyOf: [{ type: "integer" }, { type: "string" }],
  maxLength: 24,
  "x-kubernetes-validations": [
    {
      rule: "type(self) == int ? self >= 0 : isQuantity(self) && !quantity(self).isLessThan(quantity('0'))",
      message: "must be an amount such as 100m, 2 or 512Mi",
    },
  ],
};

function structural(node: SchemaNode): SchemaNode {
  const { $schema: _, ...rest } = node;
  const entries = Object.entries(rest).flatMap(([key, value]): [string, unknown][] => {
    if ((key === "minimum" || key === "maximum") && unbounded.has(value)) return [];
    if (key === "propertyNames" || key === "x-repo-runner-quantities") return [];
    // One rule, one message: where a sentence says what is wrong, the bare pattern would only be printed beside it.
    if (key === "pattern" && "x-kubernetes-validations" in rest) return [];
    if (key === "additionalProperties") return additional(rest, value);
    if (key === "properties") return [[key, mapValues(value as Record<string, SchemaNode>, structural)]];
    if (key === "items") return [[key, structural(value as SchemaNode)]];
    return [[key, value]];
  });
  return Object.fromEntries(entries.toSorted(([a], [b]) => rank(a) - rank(b)));
}

function additional(node: SchemaNode, value: unknown): [string, unknown][] {
  if (typeof value !== "object" || value === null) return [];
  return [["additionalProperties", "x-repo-runner-quantities" in node ? quantity : structural(value as SchemaNode)]];
}

function rank(key: string): number {
  const position = order.indexOf(key);
  return position < 0 ? order.length : position;
}

function mapValues(nodes: Record<string, SchemaNode>, change: (node: SchemaNode) => SchemaNode): SchemaNode {
  return Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, change(node)]));
}
