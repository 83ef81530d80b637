import { type Plan, Service } from "../../plan.ts";
import { newRecipe } from "../detection/new-service.ts";

/** A valid service for the tests of rules: Node, npm, frozen lock, pruned. */
export function sampleService(changes: Partial<Service> = {}): Service {
  return Service.parse({
    name: "web",
    kind: "Web",
    path: ".",
    language: "node",
    framework: "express",
    runtime: { name: "node", version: "22", from: "default", others: ["24", "20", "18"] },
    manager: { name: "npm", version: null, lockFile: "package-lock.json", mode: "Frozen" },
    recipe: newRecipe({
      buildImage: "docker.io/library/node:22-slim",
      runImage: "docker.io/library/node:22-slim",
      install: "npm ci",
      prune: "npm prune --omit=dev",
      caches: [{ id: "npm", target: "/root/.npm" }],
      artifacts: [{ from: "/app", to: "/app" }],
    }),
    start: "node server.js",
    otherStarts: [{ line: "node app.js", from: "app.js" }],
    port: { number: 3000, from: "Code", readsPort: true },
    probe: {},
    resources: { requests: {}, limits: {} },
    sure: "Certain",
    ...changes,
  });
}

type Sample =
  | "node"
  | "pnpm"
  | "yarn"
  | "bun"
  | "python"
  | "poetry"
  | "uv"
  | "pipenv"
  | "go"
  | "maven"
  | "gradle"
  | "ruby"
  | "php"
  | "rust"
  | "dotnet"
  | "cpp"
  | "dockerfile";

/** One service of each kind that rules are about, as detection plans them. */
export const samples: Readonly<Record<Sample, Service>> = {
  node: sampleService(),
  pnpm: withManager("pnpm", "pnpm-lock.yaml", "pnpm install --frozen-lockfile"),
  yarn: withManager("yarn", "yarn.lock", "yarn install --frozen-lockfile"),
  bun: withManager("bun", "bun.lock", "bun install --frozen-lockfile"),
  python: pythonBy("pip", null, "pip install -r requirements.txt"),
  poetry: pythonBy(
    "poetry",
    "poetry.lock",
    "poetry export --only main -o /tmp/requirements.txt && pip install --no-deps -r /tmp/requirements.txt",
  ),
  uv: pythonBy("uv", "uv.lock", "uv sync --locked --no-dev"),
  pipenv: pythonBy("pipenv", "Pipfile.lock", "pipenv install --deploy"),
  go: other(
    {
      language: "go",
      runtime: "go",
      version: "1.24",
      others: ["1.26", "1.25"],
      manager: { name: "go", lockFile: "go.sum" },
    },
    {
      buildImage: "docker.io/library/golang:1.24",
      runImage: "docker.io/library/debian:trixie-slim",
      install: "go mod download",
      build: "go build -trimpath -o /out/app .",
      buildEnv: { CGO_ENABLED: "0", GOTOOLCHAIN: "local" },
    },
  ),
  maven: other(
    {
      language: "java",
      runtime: "java",
      version: "17",
      others: ["8", "11", "21", "25"],
      manager: { name: "maven", lockFile: null },
    },
    {
      buildImage: "docker.io/library/eclipse-temurin:17",
      runImage: "docker.io/library/eclipse-temurin:17-jre",
      build: "sh ./mvnw -B -ntp -DskipTests package",
    },
  ),
  gradle: other(
    {
      language: "java",
      runtime: "java",
      version: "17",
      others: ["8", "11", "21", "25"],
      manager: { name: "gradle", lockFile: null },
    },
    {
      buildImage: "docker.io/library/eclipse-temurin:17",
      runImage: "docker.io/library/eclipse-temurin:17-jre",
      build: "sh ./gradlew --no-daemon --console=plain bootJar",
    },
  ),
  ruby: other(
    {
      language: "ruby",
      runtime: "ruby",
      version: "3.4",
      others: ["3.3", "3.1", "2.7"],
      manager: { name: "bundler", lockFile: "Gemfile.lock" },
    },
    {
      buildImage: "docker.io/library/ruby:3.4-slim",
      runImage: "docker.io/library/ruby:3.4-slim",
      install: "bundle install",
    },
  ),
  php: other(
    {
      language: "php",
      runtime: "php",
      version: "8.4",
      others: ["8.3", "8.1", "7.4"],
      manager: { name: "composer", lockFile: "composer.lock" },
    },
    {
      buildImage: "docker.io/library/php:8.4-cli",
      runImage: "docker.io/library/php:8.4-cli",
      install: "composer install --no-dev",
    },
  ),
  rust: other(
    {
      language: "rust",
      runtime: "rust",
      version: "1.75",
      others: ["1.85", "1.96"],
      manager: { name: "cargo", lockFile: "Cargo.lock" },
    },
    {
      buildImage: "docker.io/library/rust:1.75",
      runImage: "docker.io/library/debian:trixie-slim",
      install: "cargo fetch --locked",
      build: "cargo build --release --locked",
    },
  ),
  dotnet: other(
    {
      language: "csharp",
      runtime: "dotnet",
      version: "8.0",
      others: ["9.0", "10.0"],
      manager: { name: "nuget", lockFile: null },
    },
    {
      buildImage: "mcr.microsoft.com/dotnet/sdk:8.0",
      runImage: "mcr.microsoft.com/dotnet/aspnet:8.0",
      build: "dotnet publish -c Release -o /out",
    },
  ),
  cpp: other(
    { language: "cpp", runtime: null, version: "", others: [], manager: { name: "cmake", lockFile: null } },
    {
      buildImage: "docker.io/library/debian:trixie-slim",
      runImage: "docker.io/library/debian:trixie-slim",
      build: "cmake -B /build /app && cmake --build /build",
    },
  ),
  dockerfile: sampleService({
    language: "dockerfile",
    framework: null,
    runtime: null,
    manager: null,
    recipe: newRecipe({ dockerfile: "docker/Dockerfile", context: "docker" }),
    start: null,
    otherStarts: [],
    sure: "Told",
  }),
};

export function samplePlan(service: Service = sampleService()): Plan {
  return { version: 1, services: [service], databases: [], needs: [], warnings: [], summary: "node 22 (express)" };
}

function withManager(name: string, lockFile: string, install: string): Service {
  const base = sampleService();
  return { ...base, manager: { name, version: null, lockFile, mode: "Frozen" }, recipe: { ...base.recipe, install } };
}

function pythonBy(name: string, lockFile: string | null, install: string): Service {
  const image = "docker.io/library/python:3.13-slim";
  return other(
    {
      language: "python",
      runtime: "python",
      version: "3.13",
      others: ["3.12", "3.11", "3.10"],
      manager: { name, lockFile },
    },
    { buildImage: image, runImage: image, install },
    {
      framework: "flask",
      start: "flask run",
      otherStarts: [{ line: "python server.py", from: "server.py" }],
    },
  );
}

interface Of {
  readonly language: string;
  readonly runtime: string | null;
  readonly version: string;
  readonly others: readonly string[];
  readonly manager: { readonly name: string; readonly lockFile: string | null };
}

function other(of: Of, recipe: Parameters<typeof newRecipe>[0], changes: Partial<Service> = {}): Service {
  const { language, runtime, version, others, manager } = of;
  return sampleService({
    language,
    framework: null,
    runtime: runtime === null ? null : { name: runtime, version, from: "default", others: [...others] },
    manager: { ...manager, version: null, mode: manager.lockFile === null ? "Unfrozen" : "Frozen" },
    recipe: newRecipe({ ...recipe, caches: [{ id: "cache", target: "/root/.cache" }] }),
    start: "./app",
    otherStarts: [{ line: "./server", from: "server" }],
    ...changes,
  });
}
