import type { z } from "zod";
import { RepoRunApproval } from "../src/approval.ts";
import { ModelPolicy } from "../src/model-policy.ts";
import { FixLesson } from "../src/lesson.ts";
import { RepoRun } from "../src/repo-run.ts";
import { structuralSchema, type SchemaNode } from "./schema.ts";

/** What a CustomResourceDefinition is made of, besides what is the same for all. */
interface Resource {
  readonly kind: string;
  readonly plural: string;
  readonly shortName: string;
  /** The type that the program itself uses, and the file that it is written in. */
  readonly type: z.ZodType;
  readonly origin: string;
  readonly columns: readonly SchemaNode[];
  /** Whether its status is written by us, apart from what people write. */
  readonly hasStatus: boolean;
  readonly selectableFields?: readonly SchemaNode[];
}

const age = { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" };
const condition = (field: string) => `.status.conditions[?(@.type=="Ready")].${field}`;

/** What `kubectl get rr` shows: is it up, where, and if not why. The last ones with `-o wide` only. */
const columns = [
  { name: "Ready", type: "string", jsonPath: condition("status") },
  { name: "Reason", type: "string", jsonPath: condition("reason") },
  { name: "Link", type: "string", jsonPath: ".status.url" },
  age,
  { name: "Message", type: "string", jsonPath: condition("message") },
  { name: "Maturity", type: "string", jsonPath: ".status.maturity", priority: 1 },
  { name: "Revision", type: "string", jsonPath: ".status.source.revision", priority: 1 },
  { name: "Fixes", type: "integer", jsonPath: ".status.fixCount", priority: 1 },
  { name: "Plan", type: "string", jsonPath: ".status.plan.summary", priority: 1 },
];

/** Every kind that the API server learns from us. */
export const resources: readonly Resource[] = [
  {
    kind: "RepoRun",
    plural: "reporuns",
    shortName: "rr",
    type: RepoRun,
    origin: "src/repo-run.ts",
    columns,
    hasStatus: true,
    selectableFields: [{ jsonPath: ".status.maturity" }, { jsonPath: ".spec.suspend" }],
  },
  {
    kind: "RepoRunApproval",
    plural: "reporunapprovals",
    shortName: "rra",
    type: RepoRunApproval,
    origin: "src/approval.ts",
    columns: [
      { name: "Run", type: "string", jsonPath: ".spec.run" },
      { name: "Step", type: "string", jsonPath: ".spec.step" },
      { name: "By", type: "string", jsonPath: ".spec.by" },
      age,
    ],
    hasStatus: false,
  },
  {
    kind: "FixLesson",
    plural: "fixlessons",
    shortName: "fl",
    type: FixLesson,
    origin: "src/lesson.ts",
    columns: [
      { name: "Signature", type: "string", jsonPath: ".spec.signature" },
      { name: "Action", type: "string", jsonPath: ".spec.action" },
      { name: "Wins", type: "integer", jsonPath: ".record.wins" },
      { name: "Losses", type: "integer", jsonPath: ".record.losses" },
      { name: "Confidence", type: "integer", jsonPath: ".record.confidence" },
      { name: "State", type: "string", jsonPath: ".record.state" },
      { name: "Use", type: "string", jsonPath: ".spec.use" },
      age,
      { name: "Language", type: "string", jsonPath: ".spec.language", priority: 1 },
      { name: "Rule", type: "string", jsonPath: ".spec.rule", priority: 1 },
      { name: "Expires", type: "string", jsonPath: ".record.expires", priority: 1 },
    ],
    hasStatus: false,
  },
  {
    kind: "ModelPolicy",
    plural: "modelpolicies",
    shortName: "mp",
    type: ModelPolicy,
    origin: "src/model-policy.ts",
    columns: [
      { name: "Endpoints", type: "string", jsonPath: ".status.endpoints[*].name" },
      { name: "State", type: "string", jsonPath: ".status.endpoints[*].state" },
      { name: "Calls-Today", type: "integer", jsonPath: ".status.callsToday" },
      { name: "USD-Today", type: "number", jsonPath: ".status.usdToday" },
      { name: "Paused", type: "boolean", jsonPath: ".spec.paused" },
      age,
      { name: "Structured", type: "string", jsonPath: ".status.endpoints[*].structuredOutput", priority: 1 },
    ],
    hasStatus: true,
  },
];

/** The CustomResourceDefinition of a kind, made of the zod type that the program itself uses. */
export function customResourceDefinition(resource: Resource): SchemaNode {
  const { kind, plural, shortName, selectableFields } = resource;
  const schema = structuralSchema(resource.type);
  const properties = schema["properties"] as SchemaNode;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.repo-runner.dev` },
    spec: {
      group: "repo-runner.dev",
      scope: "Namespaced",
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        shortNames: [shortName],
        categories: ["repo-runner"],
      },
      versions: [
        {
          name: "v1alpha1",
          served: true,
          storage: true,
          ...(resource.hasStatus ? { subresources: { status: {} } } : {}),
          ...(selectableFields === undefined ? {} : { selectableFields }),
          additionalPrinterColumns: resource.columns,
          schema: {
            openAPIV3Schema: {
              ...schema,
              properties: {
                apiVersion: { type: "string" },
                kind: { type: "string" },
                metadata: { type: "object" },
                ...properties,
              },
            },
          },
        },
      ],
    },
  };
}

/**
 * Merge keys for kustomize. Without them an overlay that names one service drops every other one, since kustomize replaces the lists of a
 * resource that it does not know; the API server itself has them from the CRD.
 */
export function kustomizeSchema(): SchemaNode {
  const spec = (structuralSchema(RepoRun)["properties"] as Record<string, SchemaNode>)["spec"] ?? {};
  const merged = withMergeKeys(spec) ?? { type: "object" };
  return {
    definitions: {
      "dev.repo-runner.v1alpha1.RepoRun": {
        type: "object",
        "x-kubernetes-group-version-kind": [{ group: "repo-runner.dev", kind: "RepoRun", version: "v1alpha1" }],
        properties: { spec: merged },
      },
    },
  };
}

/** The part of a schema that holds lists with keys; undefined where there is none. */
function withMergeKeys(node: SchemaNode): SchemaNode | undefined {
  if (node["type"] === "array") {
    const keys = node["x-kubernetes-list-map-keys"] as readonly string[] | undefined;
    if (keys?.length !== 1) return undefined;
    const items = withMergeKeys(node["items"] as SchemaNode) ?? { type: "object" };
    return {
      type: "array",
      "x-kubernetes-patch-merge-key": keys[0],
      "x-kubernetes-patch-strategy": "merge",
      items,
    };
  }
  const parts = Object.entries((node["properties"] ?? {}) as Record<string, SchemaNode>).flatMap(([name, part]) => {
    const merged = withMergeKeys(part);
    return merged === undefined ? [] : [[name, merged] as const];
  });
  return parts.length === 0 ? undefined : { type: "object", properties: Object.fromEntries(parts) };
}
