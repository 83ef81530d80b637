import { describe, expect, it } from "vitest";
import { detectIn } from "../language.contract.ts";
import { node } from "./node.ts";

const listening = 'const http = require("http");\nhttp.createServer().listen(process.env.PORT);';

describe("a program without a package.json", () => {
  it("is run where it listens, with what it imports", async () => {
    const detection = await detectIn(node, {
      "server.js": 'const express = require("express");\nconst orders = require("./orders");\nexpress().use(orders).listen(3000);',
      "orders.js": 'const { Pool } = require("pg/lib");\nconst fs = require("node:fs/promises");\nrequire("@me/menu/today");',
    }); // prettier-ignore
    expect(detection?.services[0]).toMatchObject({
      kind: "Web",
      framework: "express",
      start: "node server.js",
      recipe: { install: "npm install --no-save express pg @me/menu" },
    });
  });

  it("installs nothing where all is Node's own", async () => {
    const [service] = (await detectIn(node, { "app.mjs": listening }))?.services ?? [];
    expect(service).toMatchObject({ start: "node app.mjs", sure: "Likely", recipe: { install: null } });
  });

  it.each([
    ["a page's script", { "index.html": "", "app.js": 'import x from "./x.js";\ndocument.body.append(x);' }],
    ["one that listens nowhere", { "index.js": "module.exports = () => 1;" }],
    ["another language's folder", { "requirements.txt": "flask", "server.js": listening }],
  ])("is none: %s", async (_, files) => {
    expect(await detectIn(node, files)).toBeUndefined();
  });
});
