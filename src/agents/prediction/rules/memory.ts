import { estimateOf } from "../estimate.ts";
import type { Foreseen, PredictionRule, Scene } from "../prediction-rule.ts";

/** Three quarters of the usual builder (4 GiB), in MiB: the rest is for BuildKit itself and for what was estimated too low. */
const mostOfUsual = 3072;

async function memory(scene: Scene): Promise<readonly Foreseen[]> {
  const { service } = scene;
  const estimate = service.recipe.builder === undefined ? await estimateOf(scene) : undefined;
  if (estimate === undefined || estimate.buildMegabytes <= mostOfUsual) return [];
  const because = `its build is thought to take ${String(estimate.buildMegabytes)} MiB (${estimate.from}); the larger builder is taken`;
  return [{ action: { kind: "SetMemory", stage: "Build", megabytes: 6144 }, because }];
}

/** MiB of a limit such as `512Mi`; undefined for one that is written otherwise. */
function limitOf({ service }: Scene): number | undefined {
  const said = /^(?<number>\d{1,6})(?<unit>Mi|Gi)$/.exec(service.resources.limits["memory"] ?? "")?.groups;
  return said === undefined ? undefined : Number(said["number"]) * (said["unit"] === "Gi" ? 1024 : 1);
}

/** The heap that a start or a variable lets a program grow to, in MiB: `-Xmx2g`, `--max-old-space-size=2048`. */
function heapOf({ service }: Scene): number | undefined {
  const literals = service.env.flatMap(({ source, value }) => (source === "Literal" ? [value ?? ""] : []));
  const texts = [service.start ?? "", ...literals, ...Object.values(service.recipe.runEnv)].join(" ").slice(0, 20_000);
  const java = /(?<![\w-])-Xmx(?<size>\d{1,6})(?<unit>[mMgG])(?!\w)/.exec(texts)?.groups;
  if (java !== undefined) return Number(java["size"]) * (/g/i.test(java["unit"] ?? "") ? 1024 : 1);
  const node = /--max[-_]old[-_]space[-_]size=(?<size>\d{2,6})(?!\d)/.exec(texts)?.groups?.["size"];
  return node === undefined ? undefined : Number(node);
}

/** Largest limit that is given unasked, in MiB. */
const mostRun = 4096;

async function runMemory(scene: Scene): Promise<readonly Foreseen[]> {
  const limit = limitOf(scene);
  if (limit === undefined) return [];
  const heap = heapOf(scene);
  const estimate = await estimateOf(scene);
  const [wanted, because] =
    heap !== undefined && heap > limit * 0.75
      ? [heap / 0.75, `its heap may grow to ${String(heap)} MiB`]
      : estimate !== undefined && estimate.runMegabytes > limit * 0.9
        ? [estimate.runMegabytes * 1.5, `it is thought to take ${String(estimate.runMegabytes)} MiB (${estimate.from})`]
        : [0, ""];
  const megabytes = Math.min(mostRun, Math.ceil(wanted / 256) * 256);
  if (megabytes <= limit) return [];
  const action = { kind: "SetMemory", stage: "Run", megabytes } as const;
  return [
    { action, because: `${because}, and ${String(limit)} MiB is the usual limit; it is given ${String(megabytes)}` },
  ];
}

/** What a build or a program takes, where that is more than it is usually given. */
export const memoryRules: readonly PredictionRule[] = [
  {
    id: "V50",
    forestalls: "K10c",
    sees: "so many packages, or so heavy a tool, that the usual builder is too small",
    origin: "the table of estimates",
    of: ["node", "bun", "python", "go", "rust", "java", "kotlin", "scala", "ruby", "php", "csharp"],
    foresee: memory,
  },
  {
    id: "V51",
    forestalls: "K10",
    sees: "a heap that may outgrow the limit, or libraries that do as soon as they are loaded",
    origin: "the table of estimates",
    of: ["node", "bun", "python", "java", "kotlin", "scala"],
    foresee: runMemory,
  },
];
