import OpenAI, { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from "openai";
import { setTimeout as sleep } from "node:timers/promises";
import type { ModelOutcome, ModelRequest } from "../../model-call.ts";
import { redact } from "../../redact.ts";

/** Longest body that is read. */
const mostBytes = 1_000_000;
const retried = new Set([408, 409, 429]);

/** One chat completion as far as it is looked at; every field as a server that nobody knows may have left it. */
export interface Completion {
  readonly choices?: readonly {
    readonly finish_reason?: string | null;
    readonly message?: {
      readonly content?: string | null;
      readonly refusal?: string | null;
      readonly reasoning_content?: string | null;
      readonly reasoning?: string | null;
      readonly tool_calls?: readonly { readonly function?: { readonly arguments?: string | null } }[] | null;
    } | null;
  }[];
  readonly usage?: { readonly prompt_tokens?: number; readonly completion_tokens?: number } | null;
}

/** Why a request came to nothing. `message` is redacted and short. */
export interface Refused {
  readonly outcome: ModelOutcome;
  readonly status: number | undefined;
  readonly message: string;
  /** What the server said by Retry-After. */
  readonly retryAfterSeconds?: number;
}

export type Sent = { readonly completion: Completion } | { readonly refused: Refused };

/**
 * Requests to one endpoint, with the only loop of retries that there is: the SDK's own are off, since two loops multiply. 408, 409, 429, 5xx and broken
 * connections are tried again with growing pauses, by the server's Retry-After where it says one; nothing else is.
 */
export class ModelTransport {
  readonly #client: OpenAI;
  readonly #request: ModelRequest;
  readonly #key: string | undefined;
  readonly #signal: AbortSignal;
  requests = 0;

  constructor(request: ModelRequest, key: string | undefined, signal: AbortSignal) {
    this.#request = request;
    this.#key = key;
    this.#signal = signal;
    const { baseURL, timeoutSeconds } = request.endpoint;
    this.#client = new OpenAI({
      baseURL,
      apiKey: key ?? "none",
      maxRetries: 0,
      timeout: timeoutSeconds * 1000,
      logLevel: "off",
    });
  }

  async send(body: Readonly<Record<string, unknown>>): Promise<Sent> {
    for (let attempt = 1; ; attempt += 1) {
      this.requests += 1;
      try {
        const params = body as unknown as OpenAI.ChatCompletionCreateParamsNonStreaming;
        const response = await this.#client.chat.completions.create(params, { signal: this.#signal }).asResponse();
        return { completion: completionOf(await bounded(response)) };
      } catch (error) {
        const refused = this.#refusalOf(error);
        const again = isWorthAgain(error) && attempt < this.#request.maxAttempts && !this.#signal.aborted;
        if (!again) return { refused };
        await sleep(this.#pauseMs(error, attempt), undefined, { signal: this.#signal }).catch(() => undefined);
      }
    }
  }

  #pauseMs(error: unknown, attempt: number): number {
    const most = this.#request.maxWaitSeconds * 1000;
    const told = retryAfter(error);
    return Math.min(most, told === undefined ? 1000 * 2 ** (attempt - 1) : told * 1000);
  }

  #refusalOf(error: unknown): Refused {
    const status = error instanceof APIError ? error.status : undefined;
    const words = error instanceof Error ? error.message : String(error);
    const told = retryAfter(error);
    const refused = { outcome: outcomeOf(error, words), status, message: this.hidden(words).slice(0, 240) };
    return told === undefined ? refused : { ...refused, retryAfterSeconds: told };
  }

  /** A text without the key and without what looks like one: servers repeat what they were sent. */
  hidden(text: string): string {
    const without = this.#key === undefined || this.#key.length < 4 ? text : text.replaceAll(this.#key, "[redacted]");
    return redact(without) ?? "";
  }
}

/** Seconds that the server asks to be left alone for, as a number or a date; a day at most. */
function retryAfter(error: unknown): number | undefined {
  const said = error instanceof APIError ? error.headers?.get("retry-after") : undefined;
  if (said === null || said === undefined || said === "") return undefined;
  const seconds = /^\d+(?:\.\d+)?$/.test(said) ? Number(said) : (Date.parse(said) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(86_400, Math.max(0, seconds)) : undefined;
}

class NoCompletion extends Error {
  override readonly name = "NoCompletion";
}

async function bounded(response: Response): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > mostBytes) throw new NoCompletion("the answer is longer than 1 MB");
  }
  return text;
}

function completionOf(text: string): Completion {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && Array.isArray((value as Completion).choices))
      return value as Completion;
  } catch {
    // told below
  }
  throw new NoCompletion(`no completion came back, but: ${text.slice(0, 80).replaceAll(/\s+/g, " ")}`);
}

function isWorthAgain(error: unknown): boolean {
  if (error instanceof APIUserAbortError || error instanceof NoCompletion) return false;
  if (error instanceof APIConnectionError) return true;
  if (!(error instanceof APIError) || error.status === undefined) return false;
  const status = Number(error.status);
  return (retried.has(status) || status >= 500) && error.code !== "insufficient_quota";
}

function outcomeOf(error: unknown, words: string): ModelOutcome {
  if (error instanceof APIConnectionTimeoutError || error instanceof APIUserAbortError) return "TimedOut";
  if (error instanceof NoCompletion) return "Unreachable";
  if (!(error instanceof APIError) || error.status === undefined) return "Unreachable";
  const status = Number(error.status);
  if (status === 401 || status === 403) return "Unauthorized";
  if (status === 429) return "RateLimited";
  if (/content_filter|content[ _]policy|content management/i.test(`${String(error.code)} ${words}`))
    return "ContentPolicy";
  if (
    /context_length|context length|maximum context|context window|too many tokens/i.test(
      `${String(error.code)} ${words}`,
    )
  )
    return "ContextTooLong";
  return status >= 500 || status === 404 ? "Unreachable" : "BadRequest";
}
