import { expect, it } from "vitest";
import { canonical, sameVersion } from "./same-line.ts";

const scripts = { build: "tsc", start: "node dist/server.js", prod: "npm run start" };

it.each([
  ["install", "mkdir -p /app/node_modules/.cache && npm install", "npm ci"],
  ["install", "sh -c 'npm i -g corepack@latest && corepack enable && corepack prepare --activate' && yarn install --check-cache", "yarn install --immutable"],
  ["install", "python -m venv /app/.venv && pip install -r requirements.txt", "pip install -r requirements.txt 'gunicorn>=23'"],
  ["install", "poetry install --only main --no-root", "poetry export --only main -o /tmp/requirements.txt && pip install --no-deps -r /tmp/requirements.txt"],
  ["build", "npm run build", "NODE_ENV=production tsc"],
  ["build", "go build -ldflags=\"-w -s\" -o out ./api", "go build -trimpath -tags timetzdata -ldflags=\"-s -w\" -o /out/app ./api"],
  ["start", "npm run prod", "node dist/server.js"],
  ["start", "gunicorn --bind 0.0.0.0:${PORT:-8000} main:app", "gunicorn --bind 0.0.0.0:$PORT --threads 4 main:app"],
] as const)("%s: %j is %j", (field, one, other) => {
  expect(canonical(field, one, scripts)).toBe(canonical(field, other, scripts));
}); // prettier-ignore

it.each([
  ["install", "npm ci", "pnpm install"],
  ["install", "pip install -r requirements.txt", "pip install -r dev.txt"],
  ["build", "go build ./a", "go build ./b"],
  ["build", "npm run build", null],
  ["start", "gunicorn main:app", "gunicorn other:app"],
  ["start", "node a.js", "node b.js"],
  ["start", "caddy dist", "node a.js"],
] as const)("%s: %j is not %j", (field, one, other) => {
  expect(canonical(field, one, scripts)).not.toBe(canonical(field, other, scripts));
});

it("compares versions as far as both say", () => {
  expect(sameVersion("20", "20.11.1")).toBe(true);
  expect(sameVersion("3.1", "3.12")).toBe(false);
});
