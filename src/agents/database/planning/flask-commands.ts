import type { Service } from "../../../plan.ts";
import type { CodeEvidence } from "./code-scan.ts";

const named =
  /(?:@click\.command|\.cli\.command)\(\s{0,20}["'](?<name>(?:init|create|setup|make)[-_]?(?:db|database|tables)|(?:db|database)[-_](?:init|create|setup))["']/;
const file = /["'](?:[\w./:-]{0,80}\/)?(?<file>[\w-]{1,60}\.(?:db|sqlite3?|db3))["']/;

/**
 * `flask init-db` and its like, which Flask's own tutorial asks for once by hand: they make the tables of a database that is a file. Many begin with
 * dropping what is there, so they are run only while there is no such file, or an empty one.
 */
export function flaskCommandLine({ start, framework }: Service, { texts }: CodeEvidence): string | undefined {
  if (framework !== "flask" || start === null) return undefined;
  const python = [...texts].filter(([path]) => path.endsWith(".py")).map(([, text]) => text);
  const name = python.map((text) => named.exec(text)?.groups?.["name"]).find((each) => each !== undefined);
  const kept = python.map((text) => file.exec(text)?.groups?.["file"]).find((each) => each !== undefined);
  // Gunicorn and Flask write an application alike: `flaskr:create_app()`.
  const app = /\s'?(?<app>[\w.]{1,80}(?::[\w.]{1,60}(?:\(\))?)?)'?$/.exec(start)?.groups?.["app"];
  if (name === undefined || kept === undefined || app === undefined || !start.startsWith("gunicorn ")) return undefined;
  return `{ find /app /data -maxdepth 4 -name ${kept} -size +0 2>/dev/null | grep -q . || flask --app '${app}' ${name}; }`;
}
