import type { CodeText } from "../../config/code-text.ts";
import { closingOf, findInCode } from "../../config/code-text.ts";

/** Words by which programs with several commands call the one that serves, the plainest first. */
const serving = ["serve", "server", "web", "start", "run", "daemon", "http", "api", "listen", "up"];

interface Command {
  readonly name: string;
  readonly acts: boolean;
}

/**
 * The word that a program with commands (cobra, urfave/cli) needs to serve: `web`. Undefined where it serves without one, or where no
 * command is called like a server's.
 */
export function servingCommand(sources: readonly CodeText[]): string | undefined {
  if (!sources.some(({ text }) => text.includes("spf13/cobra") || text.includes("urfave/cli"))) return undefined;
  const commands = sources.flatMap((source) => commandsIn(source));
  const names = new Set(commands.filter(({ acts }) => acts).map(({ name }) => name));
  // A root that acts itself needs no word: its name is the program's own.
  const roots = sources.flatMap((source) => rootsIn(source));
  if (roots.some((acts) => acts)) return undefined;
  return serving.find((word) => names.has(word));
}

/** Every `cobra.Command{…}` and `cli.Command{…}` with a name, and whether it does something itself. */
function commandsIn(source: CodeText): readonly Command[] {
  return findInCode(source, /\b(?:cobra|cli)\.Command[ \t]*\{/g).flatMap((match) => {
    const { text, code } = bodyAt(source, match.index + match.whole.length - 1);
    const name = /\b(?:Use|Name):\s*"(?<name>[a-z][\w-]{0,40})/.exec(text)?.groups?.["name"];
    return name === undefined ? [] : [{ name, acts: acts(code) }];
  });
}

/** Whether the programs' roots act without a word: the command that is executed, or the one that holds the others. */
function rootsIn(source: CodeText): readonly boolean[] {
  const held = findInCode(source, /\b(?:cli\.App|cli\.Command)[ \t]*\{/g).flatMap((match) => {
    const { code } = bodyAt(source, match.index + match.whole.length - 1);
    return /\bCommands:/.test(code) ? [acts(code)] : [];
  });
  const set = findInCode(source, /\bapp\.Action[ \t]*=/g).map(() => true);
  const executed = findInCode(source, /\b(?<root>[A-Za-z_]\w*)\.Execute(?:Context|C|ContextC)?\(/g).flatMap((match) => {
    const made = new RegExp(`\\b${match.groups["root"] ?? ""}[ \\t]*:?=[ \\t]*&?cobra\\.Command[ \\t]*\\{`, "g");
    return findInCode(source, made).map((one) => acts(bodyAt(source, one.index + one.whole.length - 1).code));
  });
  return [...held, ...set, ...executed];
}

function acts(code: string): boolean {
  return /(?:^|[\s,{])(?:RunE?|Action):/.test(code);
}

/** The literal that opens at an offset, without the literals inside of it. */
function bodyAt(source: CodeText, open: number): { readonly text: string; readonly code: string } {
  const close = closingOf(source.code, open);
  const end = close === -1 ? Math.min(open + 4000, source.code.length) : close;
  let code = "";
  let text = "";
  let depth = 0;
  for (let at = open; at < end; at += 1) {
    const char = source.code[at] ?? "";
    if (char === "}") depth -= 1;
    if (depth <= 1) {
      code += char;
      text += source.text[at] ?? "";
    }
    if (char === "{") depth += 1;
  }
  return { text, code };
}
