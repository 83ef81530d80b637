import { describe, expect, it } from "vitest";
import { shellOf } from "./shell-of.ts";

describe("shellOf", () => {
  it.each([
    ['["gunicorn", "--bind", "0.0.0.0:$PORT", "app:app"]', 'exec gunicorn --bind "0.0.0.0:$PORT" app:app'],
    ['["node", "server.js", "--port=${PORT:-3000}"]', 'exec node server.js "--port=${PORT:-3000}"'],
    ['["uvicorn"] ["--port", "$PORT", "a b"]', 'exec uvicorn --port "$PORT" "a b"'],
    ['["echo", "$HOME `id` $(id) \\"x\\""]', 'exec echo "$HOME \\`id\\` \\$(id) \\"x\\""'],
  ])("fills in what %s names", (command, line) => {
    expect(shellOf(command)).toBe(line);
  });

  it.each([
    "gunicorn --bind 0.0.0.0:$PORT app:app",
    '["node", "server.js"]',
    '["sh", "-c", "node server.js $PORT"]',
    '["/bin/bash", "-c", "exec x --port $PORT"]',
    '["unclosed',
    '[1, "$PORT"]',
    "",
  ])("says nothing of %s", (command) => {
    expect(shellOf(command)).toBeUndefined();
  });
});
