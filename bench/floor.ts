import { setTimeout as sleep } from "node:timers/promises";
import { findAccess } from "../src/controller/auth.ts";
import { Transport } from "../src/controller/transport.ts";
import { clusterConfig, removeNamespace, tenantNamespace } from "./floor-cluster.ts";
import { byHand, type HandSeconds } from "./floor-hand.ts";
import { type RunSeconds, timeRun } from "./floor-run.ts";
import { type Bench, median, type Row, spread, tell } from "./measure.ts";

const samples = ["node-npm", "python-pip"] as const;
const namespace = "repo-runner-bench";

interface Pair {
  readonly ours: RunSeconds;
  readonly hand: HandSeconds;
}

/** From apply to Verified beside the floor: the same clone, build, objects and boot, done by hand with nothing between; on the embedded cluster. */
export const benchFloor: Bench = async (flags) => {
  const rounds = flags.get("rounds") ?? 3;
  const transport = new Transport(await findAccess(clusterConfig()));
  await tenantNamespace(transport, namespace);
  const rows: Row[] = [];
  const figures: Record<string, readonly Pair[]> = {};
  try {
    for (const sample of samples) {
      const pairs: Pair[] = [];
      // The first pair warms the builder, the registry and the node's images, and is thrown away.
      for (let round = 0; round <= rounds; round += 1) {
        const name = `${sample}-${round}`;
        const ours = await timeRun(transport, namespace, sample, name);
        const hand = await byHand(transport, namespace, sample, name);
        await transport.text({
          method: "DELETE",
          path: `/apis/repo-runner.dev/v1alpha1/namespaces/${namespace}/reporuns/${name}`,
        });
        tell(`${name}: ${ours.total.toFixed(1)} s beside ${hand.total.toFixed(1)} s by hand`);
        if (round > 0) pairs.push({ ours, hand });
        await sleep(2000);
      }
      figures[sample] = pairs;
      rows.push(...rowsOf(sample, pairs));
    }
  } finally {
    await removeNamespace(transport, namespace);
    transport.close();
  }
  return {
    name: "floor",
    title: "apply → Verified beside the floor by hand, everything warm",
    head: ["sample", "stage", "repo-runner (s)", "by hand (s)", "over (s)", "budget"],
    rows,
    notes: [
      `${rounds} pairs each, in turns, after one that warmed both; the same builder, registry, commit, Dockerfile and pod`,
      "survey ends with its pod's answer, build with the Deployment, release with the pod's readiness, verify with Ready=True; by hand: clone, buildctl build with push, POST of Deployment and Service, first 200",
      "moments are when a watch told of them",
    ],
    figures,
  };
};

function rowsOf(sample: string, pairs: readonly Pair[]): Row[] {
  const row = (stage: string, ours: (pair: Pair) => number, hand: (pair: Pair) => number, budget = ""): Row => [
    sample,
    stage,
    spread(pairs.map(ours)),
    spread(pairs.map(hand)),
    median(pairs.map((pair) => ours(pair) - hand(pair))).toFixed(1),
    budget,
  ];
  return [
    row(
      "survey / clone",
      (pair) => pair.ours.survey,
      (pair) => pair.hand.clone,
    ),
    row(
      "build",
      (pair) => pair.ours.build,
      (pair) => pair.hand.build,
    ),
    row(
      "release / to first 200",
      (pair) => pair.ours.release,
      (pair) => pair.hand.boot,
    ),
    row(
      "verify",
      (pair) => pair.ours.verify,
      () => 0,
    ),
    row(
      "all",
      (pair) => pair.ours.total,
      (pair) => pair.hand.total,
      "≤ 8 s over",
    ),
  ];
}
