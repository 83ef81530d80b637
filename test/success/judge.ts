import { Plan } from "../../src/plan.ts";
import type { RepoRunStatus } from "../../src/repo-run.ts";
import type { Kube } from "../e2e/support/kube.ts";
import { condition } from "../e2e/support/run-case.ts";
import type { Case } from "./cases.ts";

/** Signatures of what was foreseen in the newest plan of a run; none where it has no plan. */
export async function foreseenIn(kube: Kube, namespace: string, status: RepoRunStatus): Promise<string[]> {
  const name = status.plan?.configMap;
  const kept = name === undefined ? undefined : await kube.get("ConfigMap", namespace, name);
  const text = kept?.data?.["plan.json"];
  const plan = text === undefined ? undefined : Plan.safeParse(JSON.parse(text)).data;
  return (plan?.predictions ?? []).map(({ signature }) => signature);
}

/** Why an end is not what was expected; empty where it is. Links are asked from here, as a person would. `foreseen`: signatures of the plan's predictions. */
export async function judge(
  kube: Kube,
  namespace: string,
  one: Case,
  status: RepoRunStatus,
  foreseen: readonly string[] = [],
): Promise<string> {
  const ready = condition(status, "Ready");
  const said = `${ready?.reason}: ${ready?.message}`;
  const { state, http, log, fixes = [] } = one.expect;
  if (state) {
    if (ready?.reason !== state.reason) return `expected ${state.reason}, is ${said}`;
    const words = JSON.stringify([ready, status.failure ?? null, status.needs ?? null]);
    const told = state.contains === undefined || words.includes(JSON.stringify(state.contains).slice(1, -1));
    return told ? "" : `nothing says "${state.contains}": ${said}`;
  }
  if (ready?.status !== "True") return `${said}${await lastWords(kube, namespace, status)}`;
  const known = new Set(foreseen);
  // What a prediction has mended in the draft does not fail any more.
  const isForeseen = one.expect.predictions?.every((signature) => known.has(signature)) === true;
  const unmended = fixes.filter(
    (signature) =>
      !isForeseen && !known.has(signature) && status.fixes?.some((fix) => fix.signature === signature) !== true,
  );
  if (unmended.length > 0) return `nothing had to be mended of ${unmended.join(", ")}`;
  const lacking = http ? await askLinks(status, http) : "";
  if (lacking !== "") return lacking;
  if (log && !(await logs(kube, namespace, one.name)).includes(log.contains)) {
    return `no log holds "${log.contains}"`;
  }
  return "";
}

/** The end of the log that a failure names: ConfigMap and key. */
async function lastWords(kube: Kube, namespace: string, status: RepoRunStatus): Promise<string> {
  const [name, key] = status.failure?.log?.split("/") ?? [];
  if (name === undefined || key === undefined) return "";
  const kept = await kube.get("ConfigMap", namespace, name);
  const lines = kept?.data?.[key]?.trimEnd().split("\n").slice(-6) ?? [];
  return lines.length === 0 ? "" : ` | ${lines.join(" ⏎ ")}`;
}

async function askLinks(status: RepoRunStatus, http: NonNullable<Case["expect"]["http"]>): Promise<string> {
  const links = status.links ?? [];
  let last = "there is no link";
  // A page may need a moment more than its port: five tries in ten seconds.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, 2000));
    for (const { url } of links) {
      last = await askOnce(new URL(http.path, url), http);
      if (last === "") return "";
    }
  }
  return last;
}

async function askOnce(url: URL, http: NonNullable<Case["expect"]["http"]>): Promise<string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    const body = await answer.text();
    if (answer.status !== http.status) return `${url.pathname} answered ${answer.status}: ${body.slice(0, 160)}`;
    if (http.contains === undefined || body.includes(http.contains)) return "";
    return `${url.pathname} does not hold "${http.contains}": ${body.slice(0, 160)}`;
  } catch (error) {
    return `${url.pathname}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** What the programs of a run wrote, those of ended pods too. */
async function logs(kube: Kube, namespace: string, name: string): Promise<string> {
  const pods = await kube.list("Pod", namespace, `repo-runner.dev/run=${name},repo-runner.dev/stage=release`);
  const texts = await Promise.all(pods.map((pod) => kube.log(namespace, pod.metadata.name, "app")));
  return texts.join("\n");
}
