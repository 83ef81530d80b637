import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Audited, controllerRequests } from "./support/audit.ts";
import type { Kube } from "./support/kube.ts";
import { awaitEnd, condition } from "./support/run-case.ts";
import { dismiss, tenant, world, type World } from "./support/world.ts";

const namespace = "repo-runner-e2e-rights";
/** Its test is that it is refused there. */
const closed = "repo-runner-e2e-closed";
const sinceEver = new Date(0);
/** Of this run of the tests: an older controller on the same cluster may have been refused what this one does not ask any more. */
const begin = new Date(process.env["REPO_RUNNER_E2E_BEGIN"] ?? 0);
let at: World;

describe.runIf(process.env["REPO_RUNNER_E2E"] === "all")("what the controller asks of the API server", () => {
  beforeAll(async () => {
    at = await world();
    await tenant(at.kube, namespace);
  });

  afterAll(async () => {
    await dismiss(at.kube, namespace);
  });

  it("writes a status five times at most until Verified, and twice for a fix", { timeout: 480_000 }, async () => {
    const plain = await measure("static-site");
    console.log(`static-site: ${plain.writes} status writes, ${plain.seconds} s`);
    expect(plain.writes).toBeLessThanOrEqual(5 + heartbeats(plain.seconds));
    const mended = await measure("broken-bind-variable");
    console.log(`broken-bind-variable: ${mended.writes} status writes, ${mended.fixes} fixes, ${mended.seconds} s`);
    expect(mended.fixes).toBeGreaterThan(0);
    expect(mended.writes).toBeLessThanOrEqual(5 + 2 * mended.fixes + heartbeats(mended.seconds));
  });

  it("writes none while idle", { timeout: 180_000 }, async () => {
    // What follows an end is over.
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    const since = new Date();
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    expect(requests(since).filter((each) => each.namespace === namespace && isStatusWrite(each))).toEqual([]);
  });

  it("is refused nothing that it asks", async () => {
    const { text } = await at.kube.ask("GET", "/api/v1/namespaces");
    // With a namespace its RoleBinding goes, and what is on its way is refused: one of the same name may stand there by now.
    const standing = new Map(
      (JSON.parse(text) as { items: { metadata: { name: string; creationTimestamp: string } }[] }).items.map(
        ({ metadata }) => [metadata.name, metadata.creationTimestamp],
      ),
    );
    const refused = requests(begin).filter(
      (each) =>
        each.code === 403 &&
        (each.namespace === "" || each.at >= (standing.get(each.namespace) ?? "until it is made")) &&
        each.namespace !== closed &&
        !isFull(each),
    );
    expect([...new Set(refused.map(say))]).toEqual([]);
  });

  it("never reads a Secret, nor changes one", () => {
    const verbs = new Set(
      requests(sinceEver)
        .filter((each) => each.resource === "secrets")
        .map((each) => each.verb),
    );
    expect([...verbs].filter((verb) => !["create", "delete"].includes(verb))).toEqual([]);
    expect(verbs.has("create")).toBe(true);
  });

  it("says which of its rights it never used", async () => {
    const used = new Set(requests(sinceEver).map((each) => `${resourceOf(each)} ${each.verb}`));
    const granted = await grants(at.kube);
    expect(granted.length).toBeGreaterThan(20);
    console.log(`never used: ${granted.filter((right) => !used.has(right)).join(", ")}`);
    const unknown = [...used].filter((right) => !granted.includes(right));
    console.log(`used without a rule of the chart: ${unknown.join(", ")}`);
  });
});

async function measure(repository: string): Promise<{ writes: number; fixes: number; seconds: number }> {
  const since = new Date();
  await at.kube.create("RepoRun", namespace, {
    apiVersion: "repo-runner.dev/v1alpha1",
    kind: "RepoRun",
    metadata: { name: repository, namespace },
    spec: { source: { git: { url: at.git.url(repository) } } },
  });
  const status = await awaitEnd(at.kube, { name: repository, namespace }, 240_000);
  const seconds = (Date.now() - since.getTime()) / 1000;
  expect(condition(status, "Ready")?.reason).toBe("Verified");
  // The log is written a moment after the answer.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const writes = requests(since).filter((each) => isStatusWrite(each) && each.name === repository).length;
  expect(writes, "the log knows of this run").toBeGreaterThan(0);
  return { writes, fixes: status.fixes?.length ?? 0, seconds: Math.round(seconds) };
}

function heartbeats(seconds: number): number {
  return Math.floor(seconds / 30);
}

function isStatusWrite(each: Audited): boolean {
  return each.resource === "reporuns" && each.subresource === "status" && each.code < 300;
}

/** A full quota and a namespace that is being removed answer with 403, too. */
function isFull(each: Audited): boolean {
  return /exceeded quota|because it is being terminated/.test(each.message);
}

function requests(since: Date): readonly Audited[] {
  const seen = controllerRequests(since);
  if (!seen) throw new Error("this test reads the API server's audit log (REPO_RUNNER_E2E_AUDIT)");
  return seen;
}

function resourceOf(each: Audited): string {
  return each.subresource === "" ? each.resource : `${each.resource}/${each.subresource}`;
}

function say(each: Audited): string {
  return `${each.verb} ${resourceOf(each)} in ${each.namespace}`;
}

interface Rule {
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
}

/** `resource verb` of every rule that the chart's roles hold for the controller. */
async function grants(kube: Kube): Promise<string[]> {
  const base = "/apis/rbac.authorization.k8s.io/v1";
  const paths = [
    `${base}/clusterroles/repo-runner`,
    `${base}/clusterroles/repo-runner-tenant`,
    `${base}/namespaces/repo-runner-builds/roles/repo-runner`,
    `${base}/namespaces/repo-runner-system/roles/repo-runner`,
  ];
  const roles = await Promise.all(
    paths.map(async (path) => JSON.parse((await kube.ask("GET", path)).text) as { rules: Rule[] }),
  );
  const rights = roles.flatMap(({ rules }) =>
    rules.flatMap((rule) =>
      (rule.resources ?? []).flatMap((resource) => rule.verbs.map((verb) => `${resource} ${verb}`)),
    ),
  );
  return [...new Set(rights)];
}
