import { readFileSync } from "node:fs";
import https from "node:https";
import { KubeConfig } from "@kubernetes/client-node";

export interface KubeJson {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
    readonly generation?: number;
  };
  readonly spec?: Record<string, unknown>;
  readonly status?: Record<string, unknown>;
  readonly data?: Record<string, string>;
  readonly [more: string]: unknown;
}

const paths: Readonly<Record<string, string>> = {
  RepoRun: "/apis/repo-runner.dev/v1alpha1/namespaces/NS/reporuns",
  RepoRunApproval: "/apis/repo-runner.dev/v1alpha1/namespaces/NS/reporunapprovals",
  ModelPolicy: "/apis/repo-runner.dev/v1alpha1/namespaces/NS/modelpolicies",
  FixLesson: "/apis/repo-runner.dev/v1alpha1/namespaces/NS/fixlessons",
  Pod: "/api/v1/namespaces/NS/pods",
  Secret: "/api/v1/namespaces/NS/secrets",
  ConfigMap: "/api/v1/namespaces/NS/configmaps",
  Service: "/api/v1/namespaces/NS/services",
  Event: "/apis/events.k8s.io/v1/namespaces/NS/events",
  Job: "/apis/batch/v1/namespaces/NS/jobs",
  Deployment: "/apis/apps/v1/namespaces/NS/deployments",
  ResourceQuota: "/api/v1/namespaces/NS/resourcequotas",
  RoleBinding: "/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings",
  Namespace: "/api/v1/namespaces",
  Lease: "/apis/coordination.k8s.io/v1/namespaces/NS/leases",
};

/** The few calls of the tests, as the cluster's administrator; each with a time limit. */
export class Kube {
  readonly #config = new KubeConfig();

  constructor(kubeconfig: string) {
    this.#config.loadFromFile(kubeconfig);
  }

  async get(kind: string, namespace: string, name: string): Promise<KubeJson | undefined> {
    const { status, text } = await this.#call("GET", `${pathOf(kind, namespace)}/${name}`);
    if (status === 404) return undefined;
    return ok(status, text);
  }

  async list(kind: string, namespace: string, selector = ""): Promise<readonly KubeJson[]> {
    const { status, text } = await this.#call(
      "GET",
      `${pathOf(kind, namespace)}?labelSelector=${encodeURIComponent(selector)}`,
    );
    return (ok(status, text) as unknown as { items: KubeJson[] }).items;
  }

  async create(kind: string, namespace: string, body: unknown): Promise<KubeJson> {
    const { status, text } = await this.#call("POST", pathOf(kind, namespace), body);
    return ok(status, text);
  }

  /** Server-side apply. */
  async apply(kind: string, namespace: string, body: KubeJson): Promise<KubeJson> {
    const path = `${pathOf(kind, namespace)}/${body.metadata.name}?fieldManager=e2e&force=true`;
    const { status, text } = await this.#call("PATCH", path, body, "application/apply-patch+yaml");
    return ok(status, text);
  }

  async patch(kind: string, namespace: string, name: string, body: unknown): Promise<KubeJson> {
    const { status, text } = await this.#call(
      "PATCH",
      `${pathOf(kind, namespace)}/${name}`,
      body,
      "application/merge-patch+json",
    );
    return ok(status, text);
  }

  async remove(kind: string, namespace: string, name: string): Promise<void> {
    const { status, text } = await this.#call("DELETE", `${pathOf(kind, namespace)}/${name}`, {
      propagationPolicy: "Background",
    });
    if (status !== 404) ok(status, text);
  }

  /** Ends a pod at once, as a node that dies does: no time to say goodbye. */
  async kill(namespace: string, pod: string): Promise<void> {
    const { status, text } = await this.#call("DELETE", `${pathOf("Pod", namespace)}/${pod}`, {
      gracePeriodSeconds: 0,
    });
    ok(status, text);
  }

  async log(namespace: string, pod: string, container = ""): Promise<string> {
    const { text } = await this.#call(
      "GET",
      `${pathOf("Pod", namespace)}/${pod}/log?tailLines=400${container === "" ? "" : `&container=${container}`}`,
    );
    return text;
  }

  /** Any request by its path, as whom `headers` impersonate; for the few that have no call of their own. */
  async ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ status: number; text: string }> {
    return await this.#call(method, path, body, headers["content-type"] ?? "application/json", headers);
  }

  /** Where the API server is, and the CA by which it is known. */
  get server(): { readonly url: string; readonly ca: string } {
    const cluster = this.#config.getCurrentCluster();
    const ca = cluster?.caData ?? (cluster?.caFile === undefined ? "" : readFileSync(cluster.caFile, "base64"));
    return { url: cluster?.server ?? "", ca };
  }

  async #call(
    method: string,
    path: string,
    body?: unknown,
    contentType = "application/json",
    more: Readonly<Record<string, string>> = {},
  ): Promise<{ status: number; text: string }> {
    const cluster = this.#config.getCurrentCluster();
    if (!cluster) throw new Error("the kubeconfig names no cluster");
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const options: https.RequestOptions = {
      method,
      headers: {
        accept: "application/json",
        ...more,
        ...(payload === undefined ? {} : { "content-type": contentType, "content-length": Buffer.byteLength(payload) }),
      },
      signal: AbortSignal.timeout(30_000),
    };
    await this.#config.applyToHTTPSOptions(options);
    return await new Promise((resolve, reject) => {
      const sent = https.request(new URL(cluster.server + path), options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") });
        });
        response.on("error", reject);
      });
      sent.on("error", reject);
      sent.end(payload);
    });
  }
}

function pathOf(kind: string, namespace: string): string {
  const path = paths[kind];
  if (path === undefined) throw new Error(`no path for ${kind}`);
  return path.replace("NS", namespace);
}

function ok(status: number, text: string): KubeJson {
  if (status >= 400) throw new Error(`${status}: ${text.slice(0, 600)}`);
  return JSON.parse(text) as KubeJson;
}

/** Asks until the answer is there; says what was seen last when time is over. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined>,
  options: { timeoutMs: number; everyMs?: number },
): Promise<T> {
  const end = Date.now() + options.timeoutMs;
  let last = "";
  for (;;) {
    try {
      const seen = await look();
      if (seen !== undefined) return seen;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${options.timeoutMs / 1000} s ${last}`);
    await new Promise((resolve) => setTimeout(resolve, options.everyMs ?? 500));
  }
}
