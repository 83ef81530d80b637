import { describe, expect, it } from "vitest";
import { classifyBuild, commandOf } from "./build-failure.ts";
import { errorBlock, errorLine, placeOf } from "./error-block.ts";
import { withoutSyntax } from "./frontend.ts";

/** What buildctl says at the end of a step that failed; the command is part of it. */
function ended(command: string, how: string): string {
  return `Dockerfile:9\n--------------------\n   9 | >>> RUN ${command}\n--------------------\nerror: failed to solve: process "/bin/sh -c ${command}" did not complete successfully: ${how}`;
}

const tsc = [
  "> shop@1.0.0 build",
  "> tsc -p .",
  "",
  "src/orders.ts(41,17): error TS2339: Property 'total' does not exist on type 'Order'.",
  "src/pay.ts(3,1): error TS2304: Cannot find name 'stripe'.",
  "npm error Lifecycle script `build` failed with error:",
  "npm error code 2",
];

const pip = [
  ...Array.from({ length: 30 }, (_, index) => `Collecting package-${index}`),
  "  error: subprocess-exited-with-error",
  "  × python setup.py egg_info did not run successfully.",
  "  │ exit code: 1",
  "  ╰─> [23 lines of output]",
  "      Error: pg_config executable not found.",
  ...Array.from({ length: 20 }, (_, index) => `      hint ${index}`),
  "error: metadata-generation-failed",
  "hint: See above for details.",
];

const traceback = [
  "Collecting static files",
  "Traceback (most recent call last):",
  '  File "/app/manage.py", line 22, in <module>',
  "    main()",
  "django.core.exceptions.ImproperlyConfigured: SECRET_KEY must not be empty",
];

describe("the first error", () => {
  it.each([
    ["a compiler's", tsc, "src/orders.ts:41:17"],
    ["python's", traceback, "manage.py:22"],
    ["go's", ["# example.org/app", "./main.go:12:5: undefined: router"], "main.go:12:5"],
    ["none, in somebody else's package", ["/app/node_modules/x/index.js:3", "boom"], undefined],
  ])("has %s place", (_what, lines, place) => {
    expect(placeOf(lines)).toBe(place);
  });

  it("is shown with the end, in twelve lines", () => {
    const block = errorBlock(pip);
    expect(block).toHaveLength(12);
    expect(block[0]).toContain("subprocess-exited-with-error");
    expect(block.join("\n")).toContain("pg_config executable not found");
    expect(block.at(-1)).toContain("See above");
  });
});

describe("why a build failed", () => {
  const base = { service: "web", install: "npm ci" };

  it.each([
    [
      "a compile error",
      "[build 5/6] RUN npm run build",
      tsc,
      "exit code: 2",
      { reason: "BuildFailed", layer: "Build", exitCode: 2 },
    ],
    [
      "a package that is not there",
      "[build 3/6] RUN --mount=type=cache,target=/x npm ci",
      ["npm error code E404", "npm error 404 Not Found - GET x"],
      "exit code: 1",
      { reason: "BuildFailed", layer: "Deps" },
    ],
    [
      "a missing system package",
      "[2/6] RUN apt-get install -y nope",
      ["E: Unable to locate package nope"],
      "exit code: 100",
      { reason: "BuildFailed", layer: "System" },
    ],
    [
      "memory",
      "[build 5/6] RUN npm run build",
      ["Killed"],
      "exit code: 137",
      { reason: "OutOfMemory", blame: "Platform" },
    ],
    [
      "a download that broke off",
      "[build 3/6] RUN npm ci",
      ["npm error network read ECONNRESET"],
      "exit code: 1",
      { reason: "NetworkUnreachable", layer: "Transient" },
    ],
    [
      "a wrapper that cannot fetch its Gradle",
      "[build 4/4] RUN sh ./gradlew :bootJar",
      ['Exception in thread "main" java.net.UnknownHostException: gradle.example.org'],
      "exit code: 1",
      {
        reason: "NetworkUnreachable",
        message: '"sh ./gradlew :bootJar" failed: no name server here knows gradle.example.org',
      },
    ],
    [
      "a Bundler that reaches no gems",
      "[build 7/7] RUN bundle install",
      [
        "There was an error installing the locked bundler version (2.3.7)",
        "Could not reach host gems.example.org. Check your network",
      ],
      "exit code: 17",
      {
        reason: "NetworkUnreachable",
        message: '"bundle install" failed: no name server here knows gems.example.org',
      },
    ],
    [
      "a make, without what stands around it",
      "[build 4/4] RUN touch /tmp/before && make && { test -x ./till || cp x ./till; }",
      ["till.c:3:1: error: unknown type name 'coin'"],
      "exit code: 2",
      { message: `"make" failed: till.c:3:1: error: unknown type name 'coin'` },
    ],
    [
      "a host that is not known here",
      "[build 3/6] RUN composer install",
      ["curl error 6 while downloading https://api.example.org/zip/1: Could not resolve host: api.example.org"],
      "exit code: 1",
      {
        reason: "NetworkUnreachable",
        message: '"composer install" failed: no name server here knows api.example.org',
        layer: "Transient",
      },
    ],
    [
      "the disk",
      "[build 5/6] RUN npm run build",
      ["write error: No space left on device"],
      "exit code: 1",
      { reason: "BuilderFull", layer: "Cluster" },
    ],
  ])("%s", (_what, step, stepLines, how, verdict) => {
    expect(classifyBuild({ ...base, step, stepLines, error: ended(commandOf(step), how) })).toMatchObject(verdict);
  });

  it.each([
    [
      "error: failed to solve: failed to push r:5000/a/b:t: unexpected status from HEAD request: 401 Unauthorized",
      "RegistryRefused",
    ],
    [
      'error: failed to solve: failed to push r:5000/a/b:t: failed to do request: Head "http://r:5000/v2/a": dial tcp 10.0.0.1:5000: connect: connection refused',
      "RegistryDown",
    ],
    [
      // Digits of a digest are no status.
      'error: failed to solve: failed to push r:5000/a/b:t: failed to do request: Head "http://r:5000/v2/a/blobs/sha256:a401bc403d": dial tcp 10.0.0.1:5000: connect: connection refused',
      "RegistryDown",
    ],
    [
      "error: failed to solve: docker.io/library/nope:1: failed to resolve source metadata for docker.io/library/nope:1: not found",
      "BaseImageMissing",
    ],
    [
      "error: failed to solve: failed to resolve source metadata for docker.io/library/node:24: dial tcp: i/o timeout",
      "NetworkUnreachable",
    ],
    ["error: failed to solve: dockerfile parse error on line 3: unknown instruction: RNU", "DockerfileInvalid"],
    [
      'error: failed to solve: failed to compute cache key: failed to calculate checksum of ref x: "/dist": not found',
      "BuildFailed",
    ],
    [
      "error: listing workers for Build: rpc error: code = Unavailable desc = error reading from server: EOF",
      "BuilderLost",
    ],
  ])("%s", (error, reason) => {
    expect(classifyBuild({ ...base, stepLines: [], error }).reason).toBe(reason);
  });

  it("is not decided by what the repository writes into its command or its Dockerfile", () => {
    const command = "echo failed to push: 401 unauthorized; gateway.v0; exit code: 137; false";
    const failure = classifyBuild({
      ...base,
      step: `[2/2] RUN ${command}`,
      stepLines: ["no space"],
      error: ended(command, "exit code: 1"),
    });
    expect(failure).toMatchObject({ reason: "BuildFailed", exitCode: 1 });
  });

  it("shows no secret and no control character", () => {
    const stepLines = [
      "\u001b[31merror\u001b[0m: https://bob:hunter2-hunter2@git.example.org refused",
      "Authorization: Bearer abcdefghijklmnop",
    ];
    const text = JSON.stringify(
      classifyBuild({ ...base, step: "[2/2] RUN x", stepLines, error: ended("x", "exit code: 1") }),
    );
    expect(text).not.toMatch(/hunter2|abcdefghijklmnop|\\u001b/);
  });
});

describe("Maven's and Gradle's output", () => {
  it("is told by what is wrong, not by how to see more of it", () => {
    const maven = [
      "[INFO] Building shop 1.0",
      "[ERROR] COMPILATION ERROR : ",
      "[ERROR] /app/src/main/java/org/example/Shop.java:[12,9] cannot find symbol",
      "[ERROR]   symbol:   class Till",
      "[ERROR] ",
      "[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.",
      "[ERROR] Re-run Maven using the -X switch to enable full debug logging.",
      "[ERROR] [Help 1] http://localhost/MojoFailureException",
    ];
    expect(errorLine(maven)).toBe("[ERROR] /app/src/main/java/org/example/Shop.java:[12,9] cannot find symbol");
    expect(placeOf(maven)).toBe("src/main/java/org/example/Shop.java:12:9");
    expect(errorBlock(maven).join()).not.toMatch(/Re-run|Help 1|full stack/);
    const gradle = [
      "FAILURE: Build failed with an exception.",
      "> Run with --stacktrace option to get the stack trace.",
    ];
    expect(errorBlock(gradle)).toEqual(gradle.slice(0, 1));
  });

  it.each([
    [
      "npm",
      [
        "npm error code 1",
        "npm error command failed",
        "npm error fish-pre-gyp ERR! install response status 404 Not Found",
      ],
      "npm error fish-pre-gyp ERR! install response status 404 Not Found",
    ],
    [
      "pip",
      [
        "Getting requirements to build wheel: finished with status 'error'",
        "error: subprocess-exited-with-error",
        "× Getting requirements to build wheel did not run successfully.",
        "Error: pg_config executable not found.",
      ],
      "Error: pg_config executable not found.",
    ],
    ["one that says no more", ["npm error command failed"], "npm error command failed"],
  ])("passes over a package manager's words above the error: %s", (_what, lines, told) => {
    expect(errorLine(lines)).toBe(told);
  });
});

describe("a `# syntax=` line", () => {
  it("of BuildKit's own frontend is taken out without moving the lines below", () => {
    expect(withoutSyntax("# syntax=docker/dockerfile:1\nFROM scratch\n", [])).toEqual({ text: "#\nFROM scratch\n" });
    expect(withoutSyntax("# check=skip=all\n#SYNTAX = docker.io/docker/dockerfile:1.7-labs\nFROM x", [])).toEqual({
      text: "# check=skip=all\n#\nFROM x",
    });
  });

  it.each([
    "# syntax=evil.example/f:1\nFROM x",
    "#syntax=docker/dockerfile.evil\nFROM x",
    "\uFEFF# syntax=evil/f\nFROM x",
    "// syntax=evil/f\nFROM x",
    "#!/bin/x\n# syntax=evil/f",
  ])("of another is refused: %j", (text) => {
    expect(withoutSyntax(text, [])).toMatchObject({ failure: { reason: "FrontendRefused" } });
  });

  it("of an allowed one stays", () => {
    const text = "# syntax=ghcr.io/team/frontend:2\nFROM x";
    expect(withoutSyntax(text, ["ghcr.io/team/frontend"])).toEqual({ text });
    expect(withoutSyntax(text, ["ghcr.io/team/front"])).toHaveProperty("failure");
  });

  it("further down is a comment", () => {
    expect(withoutSyntax("FROM x\n# syntax=evil/f", [])).toEqual({ text: "FROM x\n# syntax=evil/f" });
  });
});
