import { everywhere } from "./arguments.ts";
import { self, type Command, type Flag } from "./command.ts";
import { table } from "./text.ts";

const groups: readonly (readonly [string, readonly string[]])[] = [
  ["Start", ["up", "down", "plan", "run"]],
  ["Look", ["status", "wait", "watch", "logs", "open", "explain", "fixes", "history"]],
  ["Change", ["update", "retry", "rollback", "approve", "secret", "eject", "delete"]],
  ["Help", ["doctor", "completion", "version"]],
];

/** The overview: every command on one line. */
export function renderHelp(commands: readonly Command[]): string {
  const lines = [
    "Paste a git URL, get a link that answers.",
    "",
    `${self} run https://git.example.org/you/app.git`,
    "",
  ];
  for (const [title, names] of groups) {
    const rows = names.flatMap((name) => {
      const command = commands.find((each) => each.name === name);
      return command ? [[`  ${`${command.name} ${command.synopsis}`.trimEnd()}`.padEnd(40), command.help]] : [];
    });
    lines.push(title, ...table(rows, 1), "");
  }
  lines.push(
    `${self} help COMMAND   its flags and exit codes`,
    "Exit codes   0 done · 1 a bug · 2 usage · 3 a person is needed · 4 the repository · 5 the platform · 6 time · 130 interrupted",
  );
  return lines.join("\n");
}

/** One command with its flags. */
export function renderCommandHelp(command: Command): string {
  const rows = [...command.flags, ...everywhere].map((flag) => [`  ${signature(flag)}`, flag.help]);
  return [`${self} ${command.name} ${command.synopsis}`.trimEnd(), `  ${command.help}`, "", ...table(rows, 3)].join(
    "\n",
  );
}

function signature(flag: Flag): string {
  const short = flag.short === undefined ? "    " : `-${flag.short}, `;
  return `${short}--${flag.name}${flag.value === undefined ? "" : ` ${flag.value}`}`;
}
