import { eventually, type Kube, type KubeJson } from "../e2e/support/kube.ts";
import { condition, statusOf } from "../e2e/support/run-case.ts";
import type { RepoRunStatus } from "../../src/repo-run.ts";
import type { Case } from "./cases.ts";
import { foreseenIn, judge } from "./judge.ts";

/** Where the cases of one harness run, and how each is bounded. */
export interface Stand {
  readonly kube: Kube;
  readonly namespace: string;
  readonly timeoutMs: number;
  /** URL of a case's repository, as the cluster reaches it. */
  urlOf(one: Case): string;
  /** spec.fix.prediction of every run; absent: as the case and the installation say. */
  readonly prediction?: string;
}

/** What came of one case. */
export interface Row {
  readonly name: string;
  readonly language: string;
  readonly ok: boolean;
  /** How far it came, and the reason of condition Ready. */
  readonly maturity: string;
  readonly reason: string;
  readonly seconds: number;
  readonly fixes: readonly string[];
  /** Plans that were built or run and failed: what was mended in the first draft costs none. */
  readonly failedAttempts: number;
  /** Questions put to models, by the run's own account. */
  readonly modelCalls: number;
  /** Signatures of what the plan foresaw. */
  readonly predictions: readonly string[];
  /** Versions of the status that were seen by asking twice a second; a lower bound of the writes. */
  readonly statusWrites: number;
  /** Why it is not as expected; empty where it is. */
  readonly why: string;
}

/** Takes one case through the operator, holds its end against what was expected, and takes everything away again. */
export async function drive(stand: Stand, one: Case, keep: boolean): Promise<Row> {
  const { kube, namespace } = stand;
  const began = Date.now();
  const seen = new Set<string>();
  try {
    await kube.create("RepoRun", namespace, repoRunOf(stand, one));
    const status = await awaitEnd(stand, one, seen);
    const seconds = Math.round((Date.now() - began) / 1000);
    const foreseen = await foreseenIn(kube, namespace, status);
    const why = await judge(kube, namespace, one, status, foreseen);
    return rowOf(one, status, { seconds, seen, why, foreseen });
  } catch (error) {
    const last = statusOf(await kube.get("RepoRun", namespace, one.name).catch(() => undefined));
    const why = error instanceof Error ? error.message : String(error);
    return rowOf(one, last, { seconds: Math.round((Date.now() - began) / 1000), seen, why });
  } finally {
    if (!keep) await takeAway(kube, namespace, one.name);
  }
}

const platformPatienceMs = 150_000;

function repoRunOf(stand: Stand, one: Case): KubeJson {
  const fix = stand.prediction === undefined ? {} : { fix: { ...fixOf(one), prediction: stand.prediction } };
  const env = Object.entries(one.env).map(([name, value]) => ({ name, value }));
  const git = { url: stand.urlOf(one), ...(one.ref === undefined ? {} : { ref: { branch: one.ref } }) };
  return {
    apiVersion: "repo-runner.dev/v1alpha1",
    kind: "RepoRun",
    metadata: { name: one.name, namespace: stand.namespace },
    spec: {
      ...(env.length === 0 ? {} : { env }),
      ...one.spec,
      ...fix,
      source: { git, ...(one.path === undefined ? {} : { path: one.path }) },
    },
  };
}

function fixOf({ spec: { fix } }: Case): object {
  return typeof fix === "object" && fix !== null ? fix : {};
}

async function awaitEnd(stand: Stand, one: Case, seen: Set<string>): Promise<RepoRunStatus> {
  const { kube, namespace, timeoutMs } = stand;
  let given = one.gives === undefined;
  return await eventually(
    `${one.name} ends`,
    async () => {
      const object = await kube.get("RepoRun", namespace, one.name);
      const status = statusOf(object);
      if (!object || !status) return undefined;
      seen.add(JSON.stringify(status));
      const ready = condition(status, "Ready");
      if (!given && ready?.reason === "NeedsSecret") {
        given = true;
        await kube.create("Secret", namespace, {
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name: `${one.name}-env`, namespace },
          stringData: one.gives,
        });
        return undefined;
      }
      if (status.observedGeneration !== object.metadata.generation) return undefined;
      // It has what it needs by now, and the kubelet has not tried again yet.
      if (one.gives !== undefined && ready?.reason === "NeedsSecret") return undefined;
      if (ready?.status === "True" || condition(status, "Stalled")?.status === "True") return status;
      // What this cluster lacks does not come by itself while a case is waited for.
      const since = Date.parse(ready?.lastTransitionTime ?? "");
      if (ready?.status === "False" && status.failure?.blame === "Platform" && Date.now() - since > platformPatienceMs)
        return status;
      // Some ends wait for a person and go on by themselves: they are ends where they are expected.
      const isExpected = one.expect.state !== undefined && ready?.reason === one.expect.state.reason;
      if (isExpected && given) return status;
      throw new Error(`last: ${ready?.reason}: ${ready?.message}`);
    },
    { timeoutMs },
  );
}

interface Seen {
  readonly seconds: number;
  readonly seen: ReadonlySet<string>;
  readonly why: string;
  readonly foreseen?: readonly string[];
}

function rowOf(one: Case, status: RepoRunStatus | undefined, { seconds, seen, why, foreseen = [] }: Seen): Row {
  const fixes = (status?.fixes ?? []).map(({ signature }) => signature);
  return {
    name: one.name,
    language: one.language ?? status?.plan?.summary?.replace(/ [\d.]+/g, "").slice(0, 40) ?? "–",
    ok: why === "",
    maturity: status?.maturity ?? "–",
    reason: (status && condition(status, "Ready")?.reason) ?? "–",
    seconds,
    fixes,
    failedAttempts: Math.max(0, (status?.plan?.revision ?? 1) - 1),
    modelCalls: status?.model?.calls ?? 0,
    predictions: foreseen,
    statusWrites: seen.size,
    why,
  };
}

/** The run and what outlives it on purpose: the data of its databases, which is not wanted here, and the Secret that was given. */
async function takeAway(kube: Kube, namespace: string, name: string): Promise<void> {
  await kube.remove("RepoRun", namespace, name);
  await eventually(
    `${name} is gone`,
    async () => ((await kube.get("RepoRun", namespace, name)) === undefined ? true : undefined),
    { timeoutMs: 60_000 },
  ).catch(() => undefined);
  await kube.remove("Secret", namespace, `${name}-env`);
  const claims = `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
  await kube.ask("DELETE", `${claims}?labelSelector=${encodeURIComponent(`repo-runner.dev/run=${name}`)}`);
  const sets = `/apis/apps/v1/namespaces/${namespace}/statefulsets`;
  await kube.ask("DELETE", `${sets}?labelSelector=${encodeURIComponent(`repo-runner.dev/run=${name}`)}`);
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;
  await kube.ask("DELETE", `${secrets}?labelSelector=${encodeURIComponent(`repo-runner.dev/run=${name}`)}`);
}
