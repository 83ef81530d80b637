/** Something that text is written to. */
export interface Sink {
  write(text: string): unknown;
}

/** All that a command may touch of the process it runs in, so that a test can stand in for a terminal. */
export interface Io {
  readonly stdin: NodeJS.ReadStream;
  /** The answer. */
  readonly stdout: Sink;
  /** Progress, and failures. */
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTTY: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  /** Width of the terminal; 120 where there is none. */
  readonly columns: number;
  /** Aborted by the first Ctrl-C; a second one leaves at once. */
  readonly signal: AbortSignal;
}

/** The real process. A reader that goes away (`| head`) ends us quietly; SIGTERM counts as Ctrl-C. */
export function processIo(): Io {
  const interrupted = new AbortController();
  const onSignal = (): void => {
    if (interrupted.signal.aborted) process.exit(130);
    interrupted.abort(new Error("interrupted"));
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(0);
      throw error;
    });
  }
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    isTTY: {
      stdin: process.stdin.isTTY,
      stdout: process.stdout.isTTY,
      stderr: process.stderr.isTTY,
    },
    columns: process.stderr.columns || 120,
    signal: interrupted.signal,
  };
}
