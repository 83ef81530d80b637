import { describe, expect, it } from "vitest";
import { detectIn, holdsLanguageContract, noWishes } from "../language.contract.ts";
import { lookAt } from "../app-roots.ts";
import { languages } from "../languages.ts";
import { treeOf } from "../literal-tree.ts";
import { dockerfile } from "./dockerfile.ts";
import { factsOf } from "./image-facts.ts";
import { readDockerfile } from "./instructions.ts";

holdsLanguageContract(dockerfile, { Dockerfile: 'FROM node:24\nEXPOSE 3000\nUSER node\nCMD ["node", "x.js"]\n' });

const facts = (...lines: string[]) => factsOf(readDockerfile(lines.join("\n")));

describe("what a Dockerfile says of its image", () => {
  it("follows stages down to the base image, and keeps what they set", () => {
    const seen = facts(
      "ARG TAG=24",
      "FROM golang:1 AS tools",
      "EXPOSE 1",
      "FROM node:${TAG}-slim AS base",
      "ENV PORT=4000 GREETING='two words'",
      "USER 1000:1000",
      "FROM base",
      "EXPOSE ${PORT}/tcp 5353/udp",
      'ENTRYPOINT ["/run"]',
      'CMD ["a"]',
    );
    expect(seen).toMatchObject({
      base: "node:24-slim",
      ports: [{ port: 4000, line: 8 }],
      user: "1000:1000",
      env: { PORT: "4000", GREETING: "two words" },
      command: '["/run"] ["a"]',
    });
  });

  it("reads over continuations, comments and here-documents", () => {
    const seen = facts(
      "FROM a",
      "RUN <<'ONE' cat <<TWO",
      "EXPOSE 1",
      "ONE",
      "USER fake",
      "TWO",
      "EXPOSE \\",
      "  # why",
      "",
      "  9090",
    );
    expect(seen?.ports).toEqual([{ port: 9090, line: 7 }]);
    expect(seen?.user).toBeUndefined();
  });

  it("knows another escape character", () => {
    expect(facts("# escape=`", "FROM a", "EXPOSE `", " 8081", "USER c:\\x\\")?.ports[0]?.port).toBe(8081);
  });
});

it("takes the port of EXPOSE and warns of a frontend and of several ports", async () => {
  const text = "# syntax=evil.example.org/frontend\nFROM a\nEXPOSE 80 443\n";
  const detection = await detectIn(dockerfile, { Dockerfile: text });
  expect(detection?.services[0]).toMatchObject({
    port: { number: 80, from: "Config", where: "Dockerfile:3" },
    root: true,
  });
  expect(detection?.warnings?.join("\n")).toMatch(/evil\.example\.org[\s\S]*exposes 80, 443/);
});

it("steps back when somebody says how else it is built, and takes the file that somebody names", async () => {
  const files = { Dockerfile: "FROM a\n", "ops/web.Dockerfile": "FROM b\nUSER 7\n" };
  const build = { ...noWishes, service: { name: "web", build: "make" } };
  expect(await detectIn(dockerfile, files, ".", build)).toBeUndefined();
  const told = { ...noWishes, service: { name: "web", dockerfile: "ops/web.Dockerfile" } };
  expect((await detectIn(dockerfile, files, ".", told))?.services[0]).toMatchObject({
    root: false,
    recipe: { dockerfile: "ops/web.Dockerfile", context: "." },
  });
});

it("says which base images this cluster has only something near to", async () => {
  const platform = {
    ...noWishes.platform,
    baseImages: "Listed" as const,
    listed: { node: ["22", "24"], golang: ["1.26"] },
  };
  const text = [
    "FROM golang:1.26 AS tools",
    "FROM docker.io/library/node:24-slim AS a",
    "FROM node:18-alpine AS b",
    "FROM b",
    "FROM ghcr.io/acme/base:1",
  ].join("\n");
  const detection = await detectIn(dockerfile, { Dockerfile: text }, ".", { ...noWishes, platform });
  expect(detection?.warnings?.filter((each) => each.includes("FROM"))).toEqual([
    "Dockerfile: FROM node:18-alpine is none of this cluster's base images (node 22, 24): its mirror may answer with the nearest that it has",
    "Dockerfile: FROM ghcr.io/acme/base:1 is none of this cluster's base images: its mirror may answer with the nearest that it has",
  ]);
  expect((await detectIn(dockerfile, { Dockerfile: text }))?.warnings).toEqual([]);
});

it("is silent about a file without a stage", async () => {
  expect(await detectIn(dockerfile, { Dockerfile: "# nothing yet\n" })).toBeUndefined();
});

it("takes no port of ssh, mail or a database for the one that people are to reach", async () => {
  const seen = await detectIn(dockerfile, { Dockerfile: "FROM a\nEXPOSE 22 3000\n" });
  expect(seen?.services[0]?.port.number).toBe(3000);
  expect((await detectIn(dockerfile, { Dockerfile: "FROM a\nEXPOSE 22\n" }))?.services[0]?.port.number).toBe(22);
});

describe("a Dockerfile that cannot be built from these sources here", () => {
  const listed = {
    ...noWishes,
    platform: { ...noWishes.platform, baseImages: "Listed" as const, listed: { node: ["24"], "distroless/cc": ["1"] } },
  };
  const doubtOf = async (dockerfileText: string, files: Record<string, string> = {}, wishes = noWishes) =>
    (
      await detectIn(
        dockerfile,
        { Dockerfile: dockerfileText, "src/main.js": "", "package.json": "{}", ...files },
        ".",
        wishes,
      )
    )?.doubt;

  it.each([
    [
      "what a build left elsewhere",
      "FROM node:24\nCOPY dist/api api\n",
      "Dockerfile:2 copies dist/api, which is not in the repository",
    ],
    [
      "the same by a pattern and a variable",
      "FROM node:24\nARG JAR=target/*.jar\nADD --chown=a:b ${JAR} app.jar\n",
      "Dockerfile:3 copies target/*.jar, which is not in the repository",
    ],
    [
      "in a stage that is copied from",
      'FROM node:24 AS one\nCOPY ["gone.txt", "/"]\nFROM node:24\nCOPY --from=one /x /x\n',
      "Dockerfile:2 copies gone.txt, which is not in the repository",
    ],
    [
      "a base that nobody has here",
      "FROM heroku/heroku:24-build\n",
      "Dockerfile is built FROM heroku/heroku:24-build, which cannot be had here",
    ],
  ])("doubts %s", async (_what, text, doubt) => {
    expect(await doubtOf(text, {}, listed)).toBe(doubt);
  });

  it.each([
    ["what is there", "FROM node:24\nCOPY . .\nCOPY src package*.json yarn.lock* ./\nCOPY ./src/main.js /\n"],
    [
      "what nobody can tell",
      "FROM node:24\nARG WHAT\nCOPY $WHAT /x\nADD https://host/x.tgz /\nCOPY <<EOF /y\nEOF\nCOPY .git /g\n",
    ],
    ["what another image has", "FROM node:24\nCOPY --from=somebody/tool:1 /bin/x /bin/x\n"],
    ["a stage that nothing needs", "FROM node:24 AS packed\nCOPY dist /d\nFROM node:24\nCOPY src /s\n"],
    ["a base by another version or registry", "FROM node:18-alpine\nFROM gcr.io/distroless/static\nFROM openjdk:11\n"],
  ])("does not doubt %s", async (_what, text) => {
    expect(await doubtOf(text, {}, listed)).toBeUndefined();
  });

  it("gives way to a language that is certain, which says so; a person's own word stands", async () => {
    const tree = treeOf({
      Dockerfile: "FROM node:24\nCOPY dist /app\n",
      "package.json": '{"scripts":{"start":"node server.js"},"dependencies":{"express":"5"}}',
      "server.js": "require('express')().listen(3000)\n",
    });
    const seen = await lookAt(languages, tree, ".", noWishes);
    expect(seen?.language).toBe("node");
    expect(seen?.detection.warnings).toContain(
      "Dockerfile:2 copies dist, which is not in the repository: built as node instead",
    );
    const told = await lookAt(languages, tree, ".", {
      ...noWishes,
      service: { name: "web", dockerfile: "Dockerfile" },
    });
    expect(told?.language).toBe("dockerfile");
  });
});
