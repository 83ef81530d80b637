import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Service } from "../../plan.ts";
import { readDockerfile } from "../detection/dockerfile/instructions.ts";
import { renderDockerfile, withCaBundle, withCopies } from "./dockerfile.ts";

const plain = { caBundle: false, buildEnv: {} };

function serviceWith(recipe: Readonly<Record<string, unknown>>, start: string | null = "node server.js"): Service {
  return Service.parse({
    name: "web",
    kind: "Web",
    path: ".",
    language: "node",
    framework: null,
    runtime: { name: "node", version: "24", from: "default" },
    manager: null,
    recipe: {
      buildImage: "docker.io/library/node:24-slim",
      runImage: "docker.io/library/node:24-slim",
      install: "npm ci",
      build: null,
      artifacts: [{ from: "/app", to: "/app" }],
      ...recipe,
    },
    start,
    port: { from: "Default" },
    probe: {},
    resources: { requests: {}, limits: {} },
    sure: "Certain",
  });
}

function keywordsOf(text: string): string[] {
  return readDockerfile(text).instructions.map(({ keyword }) => keyword);
}

describe("renderDockerfile", () => {
  it("copies what an install reads before the sources, so that its layer is kept", () => {
    const text = renderDockerfile(
      serviceWith({ manifests: ["package.json", "package-lock.json", "prisma/"], build: "npm run build" }),
      plain,
    );
    const order = [
      'COPY ["package.json","package-lock.json","/app/"]',
      'COPY ["prisma/","/app/prisma/"]',
      "RUN npm ci",
      'COPY [".","/app"]',
      "RUN npm run build",
    ];
    const places = order.map((line) => text.indexOf(line));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  it("takes what it borrows of other images before its tools, and nothing that is no image", () => {
    const node = { image: "docker.io/library/node:24-slim", from: "/usr/local/bin/node", to: "/usr/local/bin/node" };
    const text = renderDockerfile(serviceWith({ borrows: [node], tools: ["npm i -g x"] }), plain);
    const borrowed = text.indexOf(
      'COPY --from=docker.io/library/node:24-slim ["/usr/local/bin/node","/usr/local/bin/node"]',
    );
    expect(borrowed).toBeGreaterThan(text.indexOf("AS build"));
    expect(borrowed).toBeLessThan(text.indexOf("RUN npm i -g x"));
    const hostile = { ...node, image: "x\nRUN id" };
    expect(() => renderDockerfile(serviceWith({ borrows: [hostile] }), plain)).toThrow("not a plain word");
  });

  it("copies everything first where an install may read anything", () => {
    const text = renderDockerfile(serviceWith({}), plain);
    expect(text.indexOf('COPY [".","/app"]')).toBeLessThan(text.indexOf("RUN npm ci"));
  });

  it("runs as nobody special, from a final stage that holds the artifacts only", () => {
    const text = renderDockerfile(serviceWith({ buildPackages: ["g++"], runPackages: ["libpq5"] }), plain);
    const [build = "", final = ""] = text.split("\n\n");
    expect(build).toContain("--no-install-recommends g++");
    expect(final).not.toContain("g++");
    expect(final).toContain("--no-install-recommends libpq5");
    expect(final).toContain('COPY --from=build --chown=10001:10001 ["/app","/app"]');
    expect(final).toMatch(/^USER 10001:10001$/m);
    expect(final).not.toMatch(/PORT/);
  });

  it("replaces the shell by the program where the start is one command", () => {
    const commandOf = (start: string): unknown =>
      JSON.parse(/^CMD (.*)$/m.exec(renderDockerfile(serviceWith({}, start), plain))?.[1] ?? "");
    expect(commandOf("node server.js")).toEqual(["/bin/sh", "-c", "exec node server.js"]);
    expect(commandOf("gunicorn 'shop:create_app()'")).toEqual(["/bin/sh", "-c", "exec gunicorn 'shop:create_app()'"]);
    expect(commandOf("echo 'a' (b)")).toEqual(["/bin/sh", "-c", "echo 'a' (b)"]);
    expect(commandOf("NODE_ENV=x node a.js")).toEqual(["/bin/sh", "-c", "exec env NODE_ENV=x node a.js"]);
    expect(commandOf("migrate && node a.js")).toEqual(["/bin/sh", "-c", "migrate && node a.js"]);
    expect(commandOf("cd api; node a.js")).toEqual(["/bin/sh", "-c", "cd api; node a.js"]);
  });

  it("keeps a line of a repository inside its instruction, whatever it says", () => {
    const nasty = [
      "x\nUSER root\nRUN evil",
      "x \\",
      "x <<EOF",
      '["/bin/sh"]',
      "--mount=type=secret,id=other cat",
      "# syntax=evil",
      'x"]\nFROM evil',
      "x\r\nUSER root",
      "x\u2028USER root",
    ];
    const wanted = keywordsOf(renderDockerfile(serviceWith({ build: "make", prune: "clean" }), plain));
    for (const line of nasty) {
      const text = renderDockerfile(serviceWith({ install: line, build: line, prune: line }, line), plain);
      expect(keywordsOf(text)).toEqual(wanted);
      expect(text).not.toMatch(/^RUN --mount/m);
    }
  });

  it("has the same instructions for any text in the lines that come from a repository", () => {
    const wanted = keywordsOf(
      renderDockerfile(serviceWith({ build: "b", files: [{ path: "/etc/f", text: "t" }], runEnv: { A: "v" } }), plain),
    );
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "binary" }), (line) => {
        const recipe = { install: line, build: line, files: [{ path: "/etc/f", text: line }], runEnv: { A: line } };
        const text = renderDockerfile(serviceWith(recipe, line), plain);
        expect(keywordsOf(text)).toEqual(wanted);
        expect(text).toMatch(/^USER 10001:10001$/m);
      }),
    );
  });

  it("keeps variables of a build out of the final stage, whose history everybody can read", () => {
    const text = renderDockerfile(serviceWith({ runPackages: ["libpq5"] }), {
      caBundle: true,
      buildEnv: { PIP_INDEX_URL: "https://index.example.org/$HOME" },
    });
    const [build = "", final = ""] = text.split("\n\n");
    expect(build).toContain(String.raw`ARG PIP_INDEX_URL="https://index.example.org/\$HOME"`);
    expect(final).not.toContain("PIP_INDEX_URL");
  });

  it("gives each RUN the CA bundle, and no other instruction", () => {
    const text = renderDockerfile(serviceWith({ runPackages: ["git"], tools: ["npm i -g x"], build: "a\nb" }), {
      caBundle: true,
      buildEnv: {},
    });
    const runs = text.split("\n").filter((line) => line.startsWith("RUN "));
    expect(runs).toHaveLength(4);
    expect(runs.every((line) => line.startsWith("RUN --mount=type=secret,id=repo-runner-ca,"))).toBe(true);
    expect(text).not.toMatch(/^ENV .*CA_CERTS/m);
  });

  it("gives build secrets by name to install and build, as mounts that leave nothing behind", () => {
    const text = renderDockerfile(serviceWith({ tools: ["npm i -g x"] }), { ...plain, secrets: ["NPM_TOKEN"] });
    expect(text).toContain("RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN npm ci");
    expect(text).toContain("RUN npm i -g x");
  });
});

describe("withCaBundle", () => {
  const own = [
    "# syntax=docker/dockerfile:1",
    "ARG VERSION=24",
    "FROM node:${VERSION} \\",
    "  # a comment",
    "  AS build",
    "run npm ci && \\",
    "    # between",
    "    npm run build",
    "RUN <<EOF",
    "FROM is no stage here",
    "RUN neither",
    "EOF",
    'CMD ["echo", "RUN x"]',
    "FROM scratch",
    "COPY --from=build /a /a",
    "ONBUILD RUN x",
    "",
  ].join("\n");

  it("adds a mount to each RUN and arguments below each FROM; the rest stays byte for byte", () => {
    const text = withCaBundle(own);
    const added = text.split("\n").filter((line) => line.startsWith("ARG NODE_EXTRA_CA_CERTS="));
    expect(added).toHaveLength(2);
    const without = text
      .split("\n")
      .filter((line) => !added.includes(line))
      .join("\n")
      .replaceAll(/ --mount=type=secret,id=repo-runner-ca(?:-java)?,\S+/g, "");
    expect(without).toBe(own);
    expect(text.match(/^RUN --mount=type=secret,id=repo-runner-ca/gim)).toHaveLength(2);
  });

  it("keeps the line ends of Windows", () => {
    const text = withCaBundle("FROM a\r\nRUN b\r\n");
    expect(text.split("\n").every((line) => line === "" || line.endsWith("\r"))).toBe(true);
  });

  it("does nothing to a text that is no Dockerfile", () => {
    expect(withCaBundle("")).toBe("");
    expect(withCaBundle("hello\nworld")).toBe("hello\nworld");
  });
});

it("takes what a compose file mounts into an image that is rendered, but for sources that it holds already", () => {
  const copies = [
    { from: "db/password.txt", to: "/run/secrets/db" },
    { from: "backend", to: "/app" },
    { from: "backend/page", to: "/app/page" },
  ];
  const lines = renderDockerfile(serviceWith({ copies }), plain).split("\n");
  const taken = lines.filter((line) => line.includes("repo-runner-source"));
  expect(taken).toEqual(['COPY --from=repo-runner-source ["db/password.txt","/run/secrets/db"]']);
  expect(lines.indexOf(taken[0] ?? "")).toBeGreaterThan(lines.findLastIndex((line) => line.startsWith("FROM ")));
});

it("takes files of the source into an image of a repository's own Dockerfile, upon the stage that is wanted", () => {
  const copies = [{ from: "db/password.txt", to: "/run/secrets/db" }];
  const step = 'COPY --from=repo-runner-source ["db/password.txt","/run/secrets/db"]\n';
  expect(withCopies("FROM a AS b\nFROM c\n", { copies, target: "b" })).toBe(`FROM a AS b\nFROM c\nFROM b\n${step}`);
  expect(withCopies("FROM a\nUSER 1\n", { copies })).toBe(`FROM a\nUSER 1\n${step}`);
  expect(withCopies("FROM a AS b", { copies })).toBe(`FROM a AS b\nFROM b\n${step}`);
});
