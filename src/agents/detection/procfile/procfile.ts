/** Servers that a developer's machine starts beside the program: no image of the program holds them. */
const beside =
  /^(?:exec[ \t]+)?(?:redis-server|valkey-server|mongod|postgres|pg_ctl|mysqld|mariadbd|memcached|rabbitmq-server|elasticsearch|minio|mailhog|mailcatcher|mailpit|ngrok|docker|docker-compose)(?=[ \t]|$)/i;

/** Processes of a Procfile, `name: command` a line; not YAML, for a command may hold `: `. */
export function parseProcfile(text: string): ReadonlyMap<string, string> {
  const processes = new Map<string, string>();
  for (const line of text.split("\n").slice(0, 200)) {
    const match = /^(?<name>[A-Za-z0-9_-]{1,40})[ \t]*:[ \t]*(?<command>\S.{0,1999})$/.exec(line.replace(/\r$/, ""));
    const name = match?.groups?.["name"];
    const command = (match?.groups?.["command"] ?? "").trim();
    if (name !== undefined && !processes.has(name) && !beside.test(command)) processes.set(name, command);
  }
  return processes;
}
