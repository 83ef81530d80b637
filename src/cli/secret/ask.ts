import type { Io } from "../io.ts";
import { CommandError, exitCode } from "../exit-code.ts";

/** Asks for one value without showing it. Ends with Enter; Ctrl-C gives up. */
export async function askHidden(io: Io, prompt: string): Promise<string> {
  const { stdin } = io;
  // Before the prompt: who types at once would see his secret echoed by the terminal.
  stdin.setRawMode(true);
  stdin.resume();
  stdin.setEncoding("utf8");
  io.stderr.write(prompt);
  try {
    return await new Promise<string>((resolve, reject) => {
      let typed = "";
      const onData = (chunk: string): void => {
        for (const letter of chunk) {
          if (letter === "\r" || letter === "\n") {
            stdin.off("data", onData);
            resolve(typed);
            return;
          }
          if (letter === "\u0003" || letter === "\u0004") {
            stdin.off("data", onData);
            reject(new CommandError(exitCode.interrupted, "nothing was changed"));
            return;
          }
          if (letter === "\u007F" || letter === "\b") typed = typed.slice(0, -1);
          else if (letter >= " ") typed += letter;
        }
      };
      stdin.on("data", onData);
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    io.stderr.write("\n");
  }
}

/** Asks for a line that may be seen. */
export async function askLine(io: Io, prompt: string): Promise<string> {
  const { createInterface } = await import("node:readline/promises");
  const lines = createInterface({ input: io.stdin, output: process.stderr });
  try {
    return await lines.question(prompt, { signal: io.signal });
  } finally {
    lines.close();
  }
}

/** All of stdin, at most 1 MiB. */
export async function readAll(io: Io): Promise<string> {
  let text = "";
  for await (const chunk of io.stdin) {
    text += String(chunk);
    if (text.length > 1_048_576) throw new CommandError(exitCode.usage, "stdin holds more than 1 MiB");
  }
  return text;
}
