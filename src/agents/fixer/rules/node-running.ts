import { end, type Rule } from "../rule.ts";
import { mend, newerRuntimes, otherStarts } from "../remedies.ts";
import { addPackages } from "../tables/lookup.ts";

const programs = ["node", "bun"] as const;

/** What goes wrong when a program of Node, TypeScript or Bun is started. */
export const nodeRunning: readonly Rule[] = [
  {
    id: "N18",
    signature: "RuntimeTooOld",
    layer: "Runtime",
    remedy: "a Node that can require ES modules",
    of: programs,
    seen: [/ERR_REQUIRE_ESM/],
    answers: (found) => [
      ...newerRuntimes(found, "it requires an ES module, which newer lines of Node can", "20"),
      ...otherStarts(found, "its entry point requires an ES module"),
    ],
  },
  {
    id: "N21",
    signature: "PrismaEngine",
    layer: "System",
    remedy: "OpenSSL in both stages, and the client generated in the image",
    of: programs,
    seen: [
      /Query [Ee]ngine library .{0,120}could not be found|PrismaClientInitializationError.{0,160}(?:libssl|[Qq]uery [Ee]ngine)|Unable to require\(.{0,160}libquery_engine|libssl\.so\.\d.{0,60}(?:cannot open|not found)|failed to detect the libssl\/openssl version/,
    ],
    answers: (found) => [
      ...addPackages(found.service, "Build", ["openssl", "ca-certificates"], "OpenSSL for Prisma"),
      ...addPackages(found.service, "Run", ["openssl", "ca-certificates"], "OpenSSL for Prisma"),
      ...mend(found, { kind: "AddBuildStep", step: "PrismaGenerate" }, "Prisma's client is generated in the image"),
    ],
  },
  {
    id: "N29",
    signature: "BrowserMissing",
    layer: "System",
    remedy: "Chromium of Debian in the image",
    stage: "Run",
    of: programs,
    seen: [
      /Could not find Chrom(?:e|ium)|libnss3\.so|Failed to launch the browser process|Executable doesn't exist at .{0,120}(?:chrom|ms-playwright)|Browser was not found at the configured executablePath/,
    ],
    answers: (found) => [
      ...addPackages(found.service, "Run", ["chromium", "fonts-liberation"], "a browser"),
      ...mend(
        found,
        { kind: "SetEnv", name: "PUPPETEER_EXECUTABLE_PATH", value: "/usr/bin/chromium", phase: "Run" },
        "Puppeteer is told where the image's Chromium is",
      ),
    ],
  },
  {
    id: "N16",
    signature: "DevDependencyAtRunTime",
    layer: "Deps",
    remedy: "development dependencies are kept in the image; one that no manifest names is a defect",
    stage: "Run",
    of: programs,
    seen: [
      /Cannot find (?:module|package) '(?<name>(?:@[\w.-]{1,60}\/)?[a-z][\w.-]{0,80})(?:\/[\w./-]{1,100})?'/i,
      /(?:sh|bash|\/bin\/sh)(?:: \d+|: line \d+)?: (?:\d+: )?(?<name>[a-z][\w-]{1,40}): (?:command )?not found/,
    ],
    answers: (found) => {
      const name = (found.groups["name"] ?? "a module").slice(0, 80);
      if (found.service.recipe.prune !== null)
        return mend(
          found,
          { kind: "KeepDevDependencies" },
          `it loads ${name} while it runs, a development dependency; they are kept`,
        );
      if (!/Cannot find/.test(found.line)) return [];
      return [
        ...otherStarts(found, `${name} is not there`),
        end(
          "RepoDefect",
          `${found.service.name} loads ${name}, which its package.json does not name`,
          `add it: npm install ${name}; nothing is added that no manifest names`,
        ),
      ];
    },
  },
  {
    id: "N15",
    signature: "BuildOutputMissing",
    layer: "Build",
    remedy: "the build script is run, else another entry point",
    stage: "Run",
    of: programs,
    seen: [
      /(?:Cannot find module|ENOENT: no such file or directory, \w+) '(?:\/app|\.)\/(?:[\w.-]{1,60}\/){0,4}(?:dist|build|out|lib|\.output|server)\//,
      /Module not found "(?:\.\/)?(?:dist|build|out|lib)\//,
    ],
    answers: (found) => [
      ...mend(
        found,
        { kind: "AddBuildStep", step: "BuildScript" },
        "what it starts is made by its build script, which is run now",
      ),
      ...otherStarts(found, "what it starts is not there"),
    ],
  },
  {
    id: "N25",
    signature: "BuildOutputMissing",
    layer: "Build",
    remedy: "next build before next start",
    stage: "Run",
    of: programs,
    seen: [
      /Could not find a production build in the '.{0,60}' directory|Nuxt.{0,60}\.output.{0,60}(?:not found|missing)/,
    ],
    answers: (found) =>
      mend(
        found,
        { kind: "AddBuildStep", step: "BuildScript" },
        "it is started as in production and was never built; its build script is run now",
      ),
  },
  {
    id: "N15b",
    signature: "StartMissing",
    layer: "Process",
    remedy: "another entry point that code found",
    origin: "catalogue N15, observed",
    stage: "Run",
    of: programs,
    seen: [/Cannot find module '\/|npm (?:error|ERR!) Missing script|error: Module not found "/],
    answers: (found) => otherStarts(found, "what it starts is not there"),
  },
  {
    id: "N38",
    signature: "TypeScriptEntry",
    layer: "Process",
    remedy: "another entry point, one that was built or is run by a loader",
    stage: "Run",
    of: programs,
    seen: [
      /Unknown file extension "\.tsx?"|ERR_UNKNOWN_FILE_EXTENSION|ERR_MODULE_NOT_FOUND.{0,160}\.ts\b|ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX/,
    ],
    answers: (found) => [
      ...newerRuntimes(found, "newer lines of Node run TypeScript as it is", "22"),
      ...otherStarts(found, "Node does not take its TypeScript as it is"),
    ],
  },
  {
    id: "N28",
    signature: "FileWatchers",
    layer: "Process",
    remedy: "a start without a watcher, else polling",
    stage: "Run",
    of: programs,
    seen: [/ENOSPC: System limit for number of file watchers|EMFILE: too many open files, watch/],
    answers: (found) => [
      ...otherStarts(found, "it watches files as in development"),
      ...mend(
        found,
        { kind: "SetEnv", name: "CHOKIDAR_USEPOLLING", value: "true", phase: "Run" },
        "the node lets no more files be watched; they are polled",
      ),
    ],
  },
  {
    id: "N31",
    signature: "HostNotAllowed",
    layer: "Health",
    remedy: "the development server is told that any host may ask",
    stage: "Run",
    of: programs,
    seen: [/Blocked request\. This host .{0,120}is not allowed|Invalid Host header/],
    answers: (found) => [
      ...mend(
        found,
        { kind: "SetEnv", name: "__VITE_ADDITIONAL_SERVER_ALLOWED_HOSTS", value: ".", phase: "Run" },
        "its development server lets only hosts in that it knows; told that any may ask",
      ),
      ...otherStarts(found, "its development server lets only hosts in that it knows"),
      ...mend(
        found,
        { kind: "SetEnv", name: "DANGEROUSLY_DISABLE_HOST_CHECK", value: "true", phase: "Run" },
        "the host check of webpack's development server is switched off",
      ),
    ],
  },
  {
    id: "N32",
    signature: "ListensOnLoopback",
    layer: "Network",
    remedy: "the option or the variable by which the server listens everywhere",
    reasons: ["ListensOnLoopback"],
    of: programs,
    seen: [/use --host to expose|Local:\s{1,4}https?:\/\/localhost:\d{2,5}|- Local:/],
    answers: (found) =>
      mend(
        found,
        { kind: "SetBind" },
        `it listened on ${found.evidence.failure.where ?? "127.0.0.1"} only; told to listen on every address`,
      ),
  },
];
