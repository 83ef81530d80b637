import { hash } from "node:crypto";
import { group } from "../run-ref.ts";
import type { Transport } from "../controller/transport.ts";
import type { EntryFilter } from "../store/journal-store.ts";

/** For whom tokens are made that are good for nothing but reading the journal. */
export const audience = "repo-runner-api";
const rememberedMs = 30_000;
const mostRemembered = 1000;

/** Who asks, as the API server says. */
export interface Caller {
  readonly user: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** Whether somebody may read; `Unknown` where the token is nobody's. */
export type Verdict =
  | { readonly may: true; readonly caller: Caller }
  | { readonly may: false; readonly why: "Unknown" | "Forbidden" };

interface TokenReview {
  readonly status?: {
    readonly authenticated?: boolean;
    readonly audiences?: readonly string[];
    readonly user?: {
      readonly username?: string;
      readonly uid?: string;
      readonly groups?: readonly string[];
      readonly extra?: Readonly<Record<string, readonly string[]>>;
    };
  };
}

/** Asks the API server who a token is and whether he may watch RepoRuns there: the journal shows nobody more than the cluster does. */
export class Guard {
  readonly #transport: Transport;
  readonly #verdicts = new Map<string, { readonly at: number; readonly verdict: Verdict }>();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Throws where the API server does not answer. */
  async judge(token: string, filter: EntryFilter): Promise<Verdict> {
    // The token itself is kept nowhere.
    const key = hash("sha256", JSON.stringify([token, filter.namespace, filter.run]));
    const known = this.#verdicts.get(key);
    if (known && Date.now() - known.at < rememberedMs) return known.verdict;
    const verdict = await this.#ask(token, filter);
    this.#verdicts.delete(key);
    this.#verdicts.set(key, { at: Date.now(), verdict });
    if (this.#verdicts.size > mostRemembered) {
      const oldest = this.#verdicts.keys().next();
      if (!oldest.done) this.#verdicts.delete(oldest.value);
    }
    return verdict;
  }

  async #ask(token: string, filter: EntryFilter): Promise<Verdict> {
    const caller = (await this.#review(token, [audience])) ?? (await this.#review(token, undefined));
    if (!caller) return { may: false, why: "Unknown" };
    const { namespace, run } = filter;
    const { status } = await this.#transport.json<{ status?: { allowed?: boolean } }>({
      method: "POST",
      path: "/apis/authorization.k8s.io/v1/subjectaccessreviews",
      body: {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SubjectAccessReview",
        spec: {
          ...caller,
          resourceAttributes: {
            group,
            resource: "reporuns",
            verb: "watch",
            ...(namespace === undefined ? {} : { namespace }),
            ...(run === undefined ? {} : { name: run }),
          },
        },
      },
    });
    return status?.allowed === true ? { may: true, caller } : { may: false, why: "Forbidden" };
  }

  async #review(token: string, audiences: readonly string[] | undefined): Promise<Caller | undefined> {
    const { status } = await this.#transport.json<TokenReview>({
      method: "POST",
      path: "/apis/authentication.k8s.io/v1/tokenreviews",
      body: {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenReview",
        spec: { token, ...(audiences === undefined ? {} : { audiences }) },
      },
    });
    const { authenticated, user } = status ?? {};
    if (authenticated !== true || user?.username === undefined) return undefined;
    // An authenticator that knows no audiences answers without them, and would let any token pass as ours.
    if (audiences && !status?.audiences?.some((each) => audiences.includes(each))) return undefined;
    const { username, uid, groups = [], extra = {} } = user;
    return { user: username, ...(uid === undefined ? {} : { uid }), groups, extra };
  }
}
