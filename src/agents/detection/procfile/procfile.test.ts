import { expect, it } from "vitest";
import { parseProcfile } from "./procfile.ts";

it("keeps commands that YAML would break, and takes the first of a name", () => {
  const processes = parseProcfile(
    '# comment\nweb: gunicorn app:app --log-format "level: %(l)s"\r\nweb: other\nrelease:python manage.py migrate\n',
  );
  expect([...processes]).toEqual([
    ["web", 'gunicorn app:app --log-format "level: %(l)s"'],
    ["release", "python manage.py migrate"],
  ]);
});

it("leaves out servers that only a developer's machine starts beside the program", () => {
  const processes = parseProcfile("web: bin/rails s\nredis: redis-server config/redis.conf\nqueue: redis-queue\n");
  expect([...processes.keys()]).toEqual(["web", "queue"]);
});
