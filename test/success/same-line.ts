import type { Field } from "./facts.ts";

/** One equivalence: what a pattern finds in a line is written as `as` before lines are compared. */
interface Rule {
  readonly on: readonly Field[];
  readonly pattern: RegExp;
  readonly as: string;
  readonly because: string;
}

const lines = ["install", "build", "start"] as const;

/** When two lines do the same. In this order; each rule says why its two sides are one. */
const rules: readonly Rule[] = [
  { on: lines, pattern: /\bsh -c '([^']*)'/g, as: "$1", because: "a shell line runs in a shell anyway" },
  { on: lines, pattern: /\bexec\s+|\s*2>&1/g, as: "", because: "how its process and its output are held" },
  { on: lines, pattern: /\$\{PORT:-\d+\}/g, as: "$PORT", because: "PORT is always given" },
  { on: lines, pattern: /(?:^|(?<=[;&]\s*))(?:cross-env\s+)?NODE_ENV=production\s+/g, as: "", because: "it is set anyway" },
  { on: lines, pattern: /\b(?:npx|bunx|yarn dlx|pnpm dlx|pnpm exec)\s+/g, as: "", because: "its program is on PATH" },
  { on: ["install"], pattern: /(?:npm i(?:nstall)? -g corepack\S*|corepack enable|corepack prepare --activate|pnpm add -g node-gyp|mkdir -p [^&]+)(?:\s*&&\s*|$)/g, as: "", because: "puts tools and folders in place; ours are in the image before" },
  { on: ["install"], pattern: /^cd \.\.(?:\/\.\.)* && /g, as: "", because: "where the workspace's lock lies" },
  { on: ["install"], pattern: /python -m venv [^&]+&&\s*|\. \S+\/activate\s*&&\s*|PIPENV_VENV_IN_PROJECT=1\s+|pip install (?:--upgrade build setuptools|(?:uv|poetry|pdm)==\S+)\s*&&\s*/g, as: "", because: "the same for a virtual environment" },
  { on: ["install"], pattern: /\bgem install -N bundler:\S+\s*&&\s*/g, as: "", because: "the same for Bundler" },
  { on: ["install"], pattern: /\bnpm (?:ci|i|install)\b[^&;]*/g, as: "npm ci", because: "both install what the lock says; `npm ci` refuses one that does not fit" },
  { on: ["install"], pattern: /\bpnpm (?:i|install)\b[^&;]*/g, as: "pnpm install", because: "frozen where there is a lock, by both" },
  { on: ["install"], pattern: /\byarn(?: install)?(?:\s+--[^&;]*)?(?=\s*(?:&&|$))/g, as: "yarn install", because: "the same" },
  { on: ["install"], pattern: /\bbun (?:i|install)\b[^&;]*/g, as: "bun install", because: "the same" },
  { on: ["install", "build"], pattern: /\buv sync\b[^&;]*/g, as: "uv sync", because: "dependencies first, the project itself later" },
  { on: ["install"], pattern: /poetry install --[^&]*|poetry export [^&]*&& pip install --no-deps -r \S+/g, as: "poetry install", because: "the main group of the lock; exported, since Poetry asks an interface that mirrors lack" },
  { on: ["install"], pattern: /\bpdm install\b[^&;]*/g, as: "pdm install", because: "production's, as locked" },
  { on: ["install"], pattern: /\bpipenv install\b[^&;]*/g, as: "pipenv install", because: "what Pipfile.lock says" },
  { on: ["install"], pattern: /(?:\s*&&\s*(?:uv )?pip install|(?<=pip install [^&]*))(?:\s+'(?:gunicorn|uvicorn)[^']*')+/g, as: "", because: "the server that the start calls is added where it is missing" },
  { on: ["build"], pattern: /\s*&&\s*caddy fmt [^&]*|^caddy fmt [^&]*$/g, as: "", because: "its Caddyfile is formatted in place; ours is written so" },
  { on: ["build"], pattern: /^uv sync\s*&&\s*|^uv sync$|\s*&&\s*uv sync$/g, as: "", because: "counted as install" },
  { on: ["build"], pattern: /\bgo build\b(?:\s+(?:-trimpath|-mod=mod|-tags \S+|-ldflags="[^"]*"|-o \S+))*/g, as: "go build", because: "smaller programs under another name" },
  { on: ["build"], pattern: /\bgo build (?:\.|main\.go)$/g, as: "go build", because: "the folder that it stands in" },
  { on: ["build"], pattern: /\s*&&\s*python manage\.py collectstatic --noinput|^python manage\.py collectstatic --noinput$/g, as: "", because: "collected once per image; the peers leave assets to DEBUG" },
  { on: ["start"], pattern: /^\.\/(?:out|app|server|program)$/g, as: "./program", because: "what go build made" },
  { on: ["start"], pattern: /python manage\.py migrate(?: --noinput)?\s*&&\s*/g, as: "", because: "migrated once per release instead of at each start" },
  { on: ["start"], pattern: /\bgunicorn((?:\s+--(?:bind|workers|threads|chdir)\s+\S+)*)\s+([\w.:]+?)(?::application)?(?=$|\s)/g, as: "gunicorn $2", because: "gunicorn reads PORT, and takes `application` where none is named" },
  { on: ["start"], pattern: /\bcaddy(?: run\b.*| .*)?$/g, as: "caddy", because: "files are served" },
  { on: ["start"], pattern: /^(?:env\s+)?(?:NODE_ENV|RACK_ENV|RAILS_ENV)=production\s+/g, as: "", because: "it is set in the image" },
  { on: ["start"], pattern: /^(?:bundle exec\s+)?rake db:migrate\s*&&\s*/g, as: "", because: "migrated once per release, by a step of its own, instead of at each start" },
  { on: ["start"], pattern: /^ASPNETCORE_URLS=\S+\s+(?=\.\/)/g, as: "", because: "how Kestrel is told PORT" },
  { on: ["install"], pattern: /\bcomposer install\b[^&]*?(?=\s*(?:&&|$))/g, as: "composer install", because: "production's, as locked" },
  { on: ["build"], pattern: /^composer dump-autoload\b[^&]*(?:&&\s*|$)/g, as: "", because: "counted as install" },
  { on: lines, pattern: /\s+/g, as: " ", because: "white space" },
]; // prettier-ignore

/** A line with the scripts of its package.json written out and every rule applied; undefined for nothing at all. */
export function canonical(
  field: Field,
  line: string | null | undefined,
  scripts: Readonly<Record<string, string>>,
): string | undefined {
  if (line === null || line === undefined) return undefined;
  let text = writtenOut(line, scripts);
  for (const rule of rules) if (rule.on.includes(field)) text = text.replaceAll(rule.pattern, rule.as);
  text = text.trim();
  return text === "" ? undefined : text;
}

/** `npm run build` is what package.json says that it is, three levels deep; `npm start` without such a script is `node server.js`. */
function writtenOut(line: string, scripts: Readonly<Record<string, string>>): string {
  let text = line;
  for (let depth = 0; depth < 3; depth += 1) {
    // After `cd apps/web` the script is another package's.
    if (/(?:^|&&\s*)cd\s/.test(text)) break;
    text = text.replaceAll(
      /\b(?:npm|yarn|pnpm|bun)(?:\s+run(?:-script)?)?\s+([\w:.-]+)(?=\s*(?:&&|;|$))/g,
      (whole: string, name: string) => (Object.hasOwn(scripts, name) ? (scripts[name] ?? whole) : whole),
    );
  }
  return text;
}

/** True where two versions are of one line as far as both say: `20` and `20.11.1`, `3.12` and `3.12`. */
export function sameVersion(one: string, other: string): boolean {
  const [short = [], long = []] = [one.split("."), other.split(".")].toSorted((a, b) => a.length - b.length);
  return short.every((part, index) => part === long[index]);
}
