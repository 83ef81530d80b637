/** What the API server answered when it did not do what was asked, or what kept it from answering (status 0). */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  /** The server's own word: `AlreadyExists`, `Conflict`, `Expired` …; `Timeout` and `Unreachable` are ours. */
  readonly reason: string;
  readonly retryAfterMs: number | undefined;
  /** Reasons of `details.causes`: `NamespaceTerminating`. */
  readonly causes: readonly string[];

  constructor(
    status: number,
    reason: string,
    message: string,
    more: { retryAfterMs?: number | undefined; causes?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.status = status;
    this.reason = reason;
    this.retryAfterMs = more.retryAfterMs;
    this.causes = more.causes ?? [];
  }
}

/** True for the server's answer with this HTTP status, and this reason where one is given. */
export function isApiError(error: unknown, status: number, reason?: string): error is ApiError {
  return error instanceof ApiError && error.status === status && (reason === undefined || error.reason === reason);
}

/** Reads the server's Status document; a proxy's page or an empty body is taken as it is. */
export function apiErrorOf(status: number, body: string, retryAfter: string | undefined): ApiError {
  const seconds = Number(retryAfter);
  const retryAfterMs = retryAfter !== undefined && Number.isFinite(seconds) ? Math.max(0, seconds) * 1000 : undefined;
  try {
    const document = JSON.parse(body) as StatusDocument;
    const causes = (document.details?.causes ?? []).flatMap((each) => (each.reason === undefined ? [] : [each.reason]));
    const fromBody = document.details?.retryAfterSeconds;
    return new ApiError(status, document.reason ?? "Unknown", document.message ?? `HTTP ${status}`, {
      retryAfterMs: retryAfterMs ?? (fromBody === undefined ? undefined : fromBody * 1000),
      causes,
    });
  } catch {
    return new ApiError(status, "Unknown", `HTTP ${status}: ${body.slice(0, 200)}`, { retryAfterMs });
  }
}

interface StatusDocument {
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly causes?: readonly { readonly reason?: string }[];
    readonly retryAfterSeconds?: number;
  };
}
