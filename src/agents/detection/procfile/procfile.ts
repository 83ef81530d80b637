/** Processes of a Procfile, `name: command` a line; not YAML, for a command may hold `: `. */
export function parseProcfile(text: string): ReadonlyMap<string, string> {
  const processes = new Map<string, string>();
  for (const line of text.split("\n").slice(0, 200)) {
    const match = /^(?<name>[A-Za-z0-9_-]{1,40})[ \t]*:[ \t]*(?<command>\S.{0,1999})$/.exec(line.replace(/\r$/, ""));
    const name = match?.groups?.["name"];
    if (name !== undefined && !processes.has(name)) processes.set(name, (match?.groups?.["command"] ?? "").trim());
  }
  return processes;
}
