import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { z } from "zod";

/** What an image's own papers say. */
export interface ImageFacts {
  readonly bytes: number;
  readonly user: string;
  readonly exposed: readonly number[];
  readonly hasCommand: boolean;
}

const Manifest = z.object({
  manifests: z.array(z.object({ digest: z.string(), platform: z.object({ os: z.string() }).optional() })).optional(),
  config: z.object({ digest: z.string() }).optional(),
  layers: z.array(z.object({ size: z.number() })).optional(),
});

const ImageConfig = z.object({
  config: z
    .object({
      User: z.string().nullish(),
      ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
      Entrypoint: z.array(z.string()).nullish(),
      Cmd: z.array(z.string()).nullish(),
    })
    .nullish(),
});

const DockerConfig = z.object({
  auths: z.record(
    z.string(),
    z.object({ auth: z.string().optional(), username: z.string().optional(), password: z.string().optional() }),
  ),
});

const accepted = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

const requestTimeoutMs = 20_000;
const blobTimeoutMs = 600_000;
const maxAnswerBytes = 4_194_304;

/** Reads a pushed image's config from its registry: BuildKit tells a digest only, and the release has to know user, ports and command. */
export async function readImage(
  image: { readonly host: string; readonly repository: string; readonly digest: string },
  access: { readonly insecure: boolean; readonly dockerConfig: string },
  signal: AbortSignal,
): Promise<ImageFacts> {
  const registry = new RegistryClient(image, access, signal);
  const top = Manifest.parse(await registry.json(`manifests/${image.digest}`));
  // The index holds the image and its provenance; the latter has no platform of its own.
  const own = top.manifests?.find((each) => each.platform?.os !== "unknown");
  const manifest = own ? Manifest.parse(await registry.json(`manifests/${own.digest}`)) : top;
  if (!manifest.config) throw new Error("the pushed image has no config");
  const { config } = ImageConfig.parse(await registry.json(`blobs/${manifest.config.digest}`));
  return {
    bytes: (manifest.layers ?? []).reduce((sum, layer) => sum + layer.size, 0),
    user: (config?.User ?? "").slice(0, 64),
    exposed: tcpPorts(Object.keys(config?.ExposedPorts ?? {})),
    hasCommand: (config?.Entrypoint ?? []).length > 0 || (config?.Cmd ?? []).length > 0,
  };
}

function tcpPorts(keys: readonly string[]): number[] {
  return keys
    .flatMap((key) => {
      const [port, protocol = "tcp"] = key.split("/");
      const number = Number(port);
      return protocol === "tcp" && Number.isInteger(number) && number > 0 && number < 65_536 ? [number] : [];
    })
    .slice(0, 16);
}

/** The registry's refusal, by its HTTP status. */
export class RegistryRefused extends Error {
  override readonly name = "RegistryRefused";
  readonly status: number;
  constructor(status: number, path: string) {
    super(`the registry answered ${status} for ${path}`);
    this.status = status;
  }
}

/** How a registry is asked: over http or https, and with what. */
export type RegistryAccess = {
  readonly insecure: boolean;
  /** What a token is asked for; default `pull`. */
  readonly rights?: "pull" | "pull,push";
} & ({ readonly dockerConfig: string } | { readonly authorization: string });

/** Reads manifests, blobs and other JSON of one repository of a registry; signs in by its Docker config, by a token where the registry wants one. */
export class RegistryClient {
  readonly #base: string;
  readonly #basic: string | undefined;
  readonly #signal: AbortSignal;
  readonly #repository: string;
  readonly #rights: string;
  #authorization: string | undefined;

  constructor(
    image: { readonly host: string; readonly repository: string },
    access: RegistryAccess,
    signal: AbortSignal,
  ) {
    this.#base = `${access.insecure ? "http" : "https"}://${image.host}/v2/${image.repository}`;
    this.#repository = image.repository;
    this.#basic = "authorization" in access ? access.authorization : basicFor(image.host, access.dockerConfig);
    this.#rights = access.rights ?? "pull";
    this.#authorization = this.#basic;
    this.#signal = signal;
  }

  async json(path: string): Promise<unknown> {
    return JSON.parse(await this.#text(path)) as unknown;
  }

  /** A manifest by tag or digest, with its own digest, which is checked where it was asked for by it. */
  async manifest(reference: string): Promise<{ readonly digest: string; readonly value: unknown }> {
    const text = await this.#text(`manifests/${reference}`);
    const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
    if (reference.startsWith("sha256:") && reference !== digest)
      throw new Error("the registry's answer is not the manifest that was asked for");
    return { digest, value: JSON.parse(text) as unknown };
  }

  /** The bytes of a blob as they come; they end in an error where they are not what the digest says. */
  async blob(digest: string): Promise<Readable> {
    const response = await this.#answer(`blobs/${digest}`, blobTimeoutMs);
    if (!response.body) throw new Error("the registry's answer has no body");
    return Readable.from(verified(digest, Readable.fromWeb(response.body)));
  }

  async #text(path: string): Promise<string> {
    const text = await (await this.#answer(path, requestTimeoutMs)).text();
    if (text.length > maxAnswerBytes) throw new Error("the registry's answer is too large");
    return text;
  }

  async #answer(path: string, timeoutMs: number): Promise<Response> {
    const response = await this.send("GET", path, undefined, timeoutMs);
    if (!response.ok) throw new RegistryRefused(response.status, path);
    return response;
  }

  /** Sends one request below the repository, or to an address that the registry named; whatever it answers is given. */
  async send(
    method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE",
    path: string | URL,
    content?: { readonly type: string; readonly body: string | Buffer<ArrayBuffer> | Blob },
    timeoutMs = requestTimeoutMs,
  ): Promise<Response> {
    const once = async (): Promise<Response> =>
      await fetch(typeof path === "string" ? `${this.#base}/${path}` : path, {
        method,
        headers: {
          accept: accepted,
          ...(content === undefined ? {} : { "content-type": content.type }),
          ...(this.#authorization === undefined ? {} : { authorization: this.#authorization }),
        },
        ...(content === undefined ? {} : { body: content.body }),
        signal: AbortSignal.any([this.#signal, AbortSignal.timeout(timeoutMs)]),
      });
    const response = await once();
    if (response.status !== 401) return response;
    await response.body?.cancel();
    this.#authorization = await this.#token(response.headers.get("www-authenticate") ?? "");
    return await once();
  }

  /** An address that the registry named, on the registry itself: what it signs in with goes nowhere else. */
  address(location: string): URL {
    const named = new URL(location, `${this.#base}/`);
    return new URL(named.pathname + named.search, this.#base);
  }

  /** Most public registries want a token of a service beside them. */
  async #token(challenge: string): Promise<string | undefined> {
    const field = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1];
    const realm = URL.parse(field("realm") ?? "");
    if (!/^bearer /i.test(challenge) || !realm) return this.#basic;
    const service = field("service");
    if (service !== undefined) realm.searchParams.set("service", service);
    realm.searchParams.set("scope", `repository:${this.#repository}:${this.#rights}`);
    const response = await fetch(realm, {
      headers: this.#basic === undefined ? {} : { authorization: this.#basic },
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(requestTimeoutMs)]),
    });
    const answer = z
      .object({ token: z.string().optional(), access_token: z.string().optional() })
      .parse(await response.json());
    const token = answer.token ?? answer.access_token;
    return token === undefined ? this.#basic : `Bearer ${token}`;
  }
}

/** Lets bytes pass, and fails at their end where they are others than the digest says. */
async function* verified(digest: string, source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  for await (const chunk of source) {
    hash.update(chunk);
    yield chunk;
  }
  if (`sha256:${hash.digest("hex")}` !== digest) throw new Error(`the registry gave other bytes than ${digest}`);
}

function basicFor(host: string, file: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const { auths } = DockerConfig.parse(JSON.parse(text));
  const entry = auths[host] ?? auths[`https://${host}`] ?? auths[`http://${host}`];
  if (entry?.auth !== undefined) return `Basic ${entry.auth}`;
  if (entry?.username === undefined) return undefined;
  return `Basic ${Buffer.from(`${entry.username}:${entry.password ?? ""}`).toString("base64")}`;
}

/** `registry.example.org:5000/team/app:tag` in its parts. */
export function parseImage(reference: string): { readonly host: string; readonly repository: string } {
  const slash = reference.indexOf("/");
  const rest = reference.slice(slash + 1).replace(/@.*$/, "");
  const colon = rest.lastIndexOf(":");
  return { host: reference.slice(0, slash), repository: colon < 0 ? rest : rest.slice(0, colon) };
}
