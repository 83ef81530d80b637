import { existsSync, readFileSync } from "node:fs";
import type { RequestOptions } from "node:https";
import { join } from "node:path";

/** How to reach an API server and what to say who one is. */
export interface Access {
  readonly server: URL;
  /** What node:tls needs to trust the server and to be trusted. */
  readonly tls: Readonly<TlsOptions>;
  /** Value of the Authorization header, where one is needed. */
  authorization(): Promise<string | undefined>;
  /** Called after a 401: whatever is remembered is read again. */
  forget(): void;
}

export interface TlsOptions {
  ca?: string | Buffer;
  cert?: string | Buffer;
  key?: string | Buffer;
  servername?: string;
  rejectUnauthorized?: boolean;
}

const serviceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";
const reReadMs = 60_000;

/** The pod's own service account where there is one; else a kubeconfig: the one that is named, or the user's default. */
export async function findAccess(kubeconfig?: string): Promise<Access> {
  const host = process.env["KUBERNETES_SERVICE_HOST"];
  // Named only where the account is mounted elsewhere: a bench and a test run the program without a pod.
  const folder = process.env["REPO_RUNNER_SERVICE_ACCOUNT"] ?? serviceAccountFolder;
  if (kubeconfig === undefined && host !== undefined && existsSync(join(folder, "token"))) {
    return new InCluster(host, process.env["KUBERNETES_SERVICE_PORT"] ?? "443", folder);
  }
  return await fromKubeconfig(kubeconfig);
}

/** A pod's service account. The kubelet rotates the token's file, so it is read again each minute. */
export class InCluster implements Access {
  readonly server: URL;
  readonly tls: Readonly<TlsOptions>;
  readonly #tokenFile: string;
  #token = "";
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(host: string, port: string, folder: string) {
    this.server = new URL(`https://${host.includes(":") ? `[${host}]` : host}:${port}`);
    this.tls = { ca: readFileSync(join(folder, "ca.crt")) };
    this.#tokenFile = join(folder, "token");
  }

  authorization(): Promise<string> {
    const now = performance.now();
    if (now - this.#readAt > reReadMs) {
      this.#token = readFileSync(this.#tokenFile, "utf8").trim();
      this.#readAt = now;
    }
    return Promise.resolve(`Bearer ${this.#token}`);
  }

  forget(): void {
    this.#readAt = Number.NEGATIVE_INFINITY;
  }
}

/** client-node knows every way to log in (exec plugins, OIDC); it costs 30 MB, so only those who use a kubeconfig load it. */
async function fromKubeconfig(file: string | undefined): Promise<Access> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  if (file === undefined) config.loadFromDefault();
  else config.loadFromFile(file);
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new Error(`kubeconfig ${file ?? "(default)"} has no current context with a cluster`);
  const login = async (): Promise<{ tls: TlsOptions; authorization: string | undefined }> => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    const header = new Headers(options.headers as Record<string, string>).get("authorization") ?? undefined;
    const basic = options.auth ? `Basic ${Buffer.from(options.auth).toString("base64")}` : undefined;
    return { tls: tlsOf(options), authorization: header ?? basic };
  };
  const first = await login();
  let known: { at: number; value: string | undefined } = { at: performance.now(), value: first.authorization };
  return {
    server: new URL(cluster.server),
    tls: first.tls,
    async authorization() {
      if (performance.now() - known.at > reReadMs) {
        known = { at: performance.now(), value: (await login()).authorization };
      }
      return known.value;
    },
    forget() {
      known = { at: Number.NEGATIVE_INFINITY, value: undefined };
    },
  };
}

function tlsOf(options: object): TlsOptions {
  const given = options as TlsOptions;
  const picked: TlsOptions = {};
  if (given.ca !== undefined) picked.ca = given.ca;
  if (given.cert !== undefined) picked.cert = given.cert;
  if (given.key !== undefined) picked.key = given.key;
  if (given.servername !== undefined) picked.servername = given.servername;
  if (given.rejectUnauthorized !== undefined) picked.rejectUnauthorized = given.rejectUnauthorized;
  return picked;
}
