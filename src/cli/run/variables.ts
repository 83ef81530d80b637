import { CommandError, exitCode } from "../exit-code.ts";
import { clean } from "../text.ts";

export interface GivenVariable {
  readonly name: string;
  readonly value: string;
}

/** Reads `KEY=VALUE` words. The value is never repeated in a message. */
export function readVariables(words: readonly string[]): GivenVariable[] {
  return words.map((word) => {
    const at = word.indexOf("=");
    const name = at < 0 ? word : word.slice(0, at);
    if (at < 0 || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      const shown = at < 0 ? "a word without =" : clean(name, 40);
      throw new CommandError(
        exitCode.usage,
        `--env takes KEY=VALUE, KEY of letters, digits and _; this one is not: ${shown}`,
      );
    }
    return { name, value: word.slice(at + 1) };
  });
}

/** Reads the lines of an env file: `KEY=VALUE`, comments, empty lines, `export`, and quotes around the whole value. */
export function readEnvFile(text: string): GivenVariable[] {
  const words = text
    .split(/\r?\n/)
    .map((line) => line.trim().replace(/^export\s+/, ""))
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const at = line.indexOf("=");
      if (at < 0) return line;
      const value = line.slice(at + 1).trim();
      const quoted = /^(?<quote>["'])(?<inside>.*)\k<quote>$/s.exec(value)?.groups?.["inside"];
      return `${line.slice(0, at).trim()}=${quoted ?? value.replace(/\s+#.*$/, "")}`;
    });
  return readVariables(words);
}

/** True for a name or a value that should not stand in a spec that everybody may read. */
export function looksSecret({ name, value }: GivenVariable): boolean {
  if (/KEY|TOKEN|SECRET|PASSW|DSN|CREDENTIAL/i.test(name) && !/^(?:PUBLIC|NEXT_PUBLIC|VITE)_/i.test(name)) return true;
  return /^[a-z][a-z0-9+.-]*:\/\/[^/\s@]*:[^/\s@]+@/i.test(value);
}

/** What goes into the spec, and what goes into the Secret. A name that was given twice counts as given last. */
export function splitVariables(
  given: readonly GivenVariable[],
  plain: boolean,
): { readonly open: readonly GivenVariable[]; readonly secret: readonly GivenVariable[] } {
  const last = [...new Map(given.map((variable) => [variable.name, variable])).values()];
  if (plain) return { open: last, secret: [] };
  return { open: last.filter((each) => !looksSecret(each)), secret: last.filter((each) => looksSecret(each)) };
}
