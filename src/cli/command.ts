import type { Io } from "./io.ts";

/** How we are called in what we print, so that it can be pasted in a checkout. */
export const self = "./repo-runner";

export interface Flag {
  readonly name: string;
  readonly short?: string;
  /** What the value is, in capitals; absent for a switch. */
  readonly value?: string;
  /** May be given several times. */
  readonly many?: boolean;
  readonly help: string;
}

/** One command of the table: all that help, completion and the parser need. What it does is loaded only when it is asked for. */
export interface Command {
  readonly name: string;
  /** What stands after the name: `URL|DIR`. */
  readonly synopsis: string;
  /** One line. */
  readonly help: string;
  readonly flags: readonly Flag[];
  /** How many words it takes besides flags. */
  readonly words: { readonly min: number; readonly max: number };
  /** Its arguments go on unread (`up`, `down` have a table of their own). */
  readonly raw?: boolean;
  /** Not shown in the overview. */
  readonly hidden?: boolean;
  readonly load: () => Promise<(invocation: Invocation) => Promise<number>>;
}

/** What a person typed, read against the command's flags. */
export interface Invocation {
  readonly command: Command;
  readonly words: readonly string[];
  readonly flags: Flags;
  readonly io: Io;
}

/** Values of flags; a flag that is not in the command's table is a bug and throws. */
export class Flags {
  readonly #values: ReadonlyMap<string, boolean | readonly string[]>;
  readonly #known: ReadonlySet<string>;

  constructor(known: readonly Flag[], values: ReadonlyMap<string, boolean | readonly string[]>) {
    this.#known = new Set(known.map((flag) => flag.name));
    this.#values = values;
  }

  on(name: string): boolean {
    return this.#get(name) === true;
  }

  text(name: string): string | undefined {
    const value = this.#get(name);
    return Array.isArray(value) ? (value as readonly string[]).at(-1) : undefined;
  }

  list(name: string): readonly string[] {
    const value = this.#get(name);
    return Array.isArray(value) ? (value as readonly string[]) : [];
  }

  /** `-o json` was asked for. */
  get json(): boolean {
    return this.text("output") === "json";
  }

  #get(name: string): boolean | readonly string[] | undefined {
    if (!this.#known.has(name)) throw new Error(`flag --${name} is not in the table of commands`);
    return this.#values.get(name);
  }
}

/** A word that must be there, since the table says so. */
export function word(invocation: Invocation, index: number): string {
  const found = invocation.words[index];
  if (found === undefined) throw new Error(`word ${String(index)} of ${invocation.command.name} is missing`);
  return found;
}
