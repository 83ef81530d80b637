import { spawn } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const main = join(root, "src/main.ts");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Options {
  readonly kubeconfig?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Sends SIGINT once this has been printed. */
  readonly interruptAfter?: RegExp;
  /** Typed on the terminal once this has been printed. */
  readonly type?: { readonly after: RegExp; readonly text: string };
  /** Runs it on a terminal of its own; what is printed comes on stdout. */
  readonly terminal?: boolean;
  readonly cwd?: string;
}

/** The command line as a process of its own, as a person or a pipeline starts it. */
export async function repoRunner(args: readonly string[], options: Options = {}): Promise<Ended> {
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: "/nonexistent",
    TERM: "xterm",
    ...(options.kubeconfig === undefined ? {} : { KUBECONFIG: options.kubeconfig }),
    ...options.env,
  };
  const words = [main, ...args];
  const child = options.terminal
    ? spawn("script", ["-qefc", [process.execPath, ...words].map((word) => `'${word}'`).join(" "), "/dev/null"], {
        env,
        cwd: options.cwd,
      })
    : spawn(process.execPath, words, { env, cwd: options.cwd });
  let stdout = "";
  let stderr = "";
  let interrupted = false;
  let typed = false;
  const look = (): void => {
    if (!typed && options.type?.after.test(stdout)) {
      typed = true;
      child.stdin.write(options.type.text);
    }
    if (interrupted || !options.interruptAfter?.test(stdout + stderr)) return;
    interrupted = true;
    if (options.terminal) child.stdin.write("\u0003");
    else child.kill("SIGINT");
  };
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
    look();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
    look();
  });
  if (options.stdin !== undefined) child.stdin.end(options.stdin);
  else if (!options.terminal) child.stdin.end();
  const limit = setTimeout(() => child.kill("SIGKILL"), 30_000);
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearTimeout(limit);
  return { code, stdout, stderr };
}

/** Without what changes from run to run: times, and ids that were made up. */
export function masked(text: string): string {
  return text
    .replaceAll(/^\d+:\d\d /gm, "M:SS ")
    .replaceAll(/ +\d+(?:\.\d+)? s$/gm, "  N s")
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT");
}
