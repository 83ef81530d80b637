import { everywhere } from "./arguments.ts";
import type { Command, Invocation } from "./command.ts";
import { commands } from "./commands.ts";
import { CommandError, exitCode } from "./exit-code.ts";

/** The completion script of one shell, from the table of commands. */
export function completion({ words, io }: Invocation): Promise<number> {
  const shell = words[0] ?? "";
  const render = shells[shell];
  if (!render)
    throw new CommandError(
      exitCode.usage,
      `there is no completion for ${shell}; there is ${Object.keys(shells).join(", ")}`,
    );
  io.stdout.write(`${render(commands)}\n`);
  return Promise.resolve(0);
}

const shells: Readonly<Record<string, (table: readonly Command[]) => string>> = { bash, zsh, fish };

function flagsOf(command: Command): string {
  return [...command.flags, ...everywhere].map((flag) => `--${flag.name}`).join(" ");
}

function bash(table: readonly Command[]): string {
  const cases = table.map((command) => `    ${command.name}) words="${flagsOf(command)}" ;;`);
  return [
    "# source <(repo-runner completion bash)",
    "_repo_runner() {",
    '  local word="${COMP_WORDS[COMP_CWORD]}" words',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    words="${table.map((command) => command.name).join(" ")} help"`,
    '  else case "${COMP_WORDS[1]}" in',
    ...cases,
    "  esac; fi",
    '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
    "}",
    "complete -o default -F _repo_runner repo-runner ./repo-runner",
  ].join("\n");
}

function zsh(table: readonly Command[]): string {
  return ["#compdef repo-runner", "autoload -U +X bashcompinit && bashcompinit", bash(table)].join("\n");
}

function fish(table: readonly Command[]): string {
  const quote = (text: string): string => `'${text.replaceAll("'", String.raw`\'`)}'`;
  return table
    .flatMap((command) => [
      `complete -c repo-runner -n __fish_use_subcommand -a ${command.name} -d ${quote(command.help)}`,
      ...[...command.flags, ...everywhere].map(
        (flag) =>
          `complete -c repo-runner -n '__fish_seen_subcommand_from ${command.name}' -l ${flag.name}${flag.short === undefined ? "" : ` -s ${flag.short}`}${flag.value === undefined ? "" : " -r"} -d ${quote(flag.help)}`,
      ),
    ])
    .join("\n");
}
