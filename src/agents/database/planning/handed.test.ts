import { describe, expect, it } from "vitest";
import { first, node, planOf, python } from "./sample-plans.ts";

const wired = async (files: Record<string, string>) => {
  const plan = await planOf(files);
  const bound = first(plan).env.filter(({ source }) => source === "Database");
  return bound.map(({ name, of }) => `${name} ${of ?? ""}`);
};

describe("a variable that a client is handed as its address", () => {
  it.each([
    ["mongoose", "DATABASE mongodb", node({ mongoose: "8" }, "mongoose.connect(process.env.DATABASE)")],
    [
      "mongoose, by a variable of the code",
      "DATABASE mongodb",
      node({ mongoose: "8" }, "const db = process.env.DATABASE.replace('<P>', 'x');\nmongoose.connect(db, {})"),
    ],
    ["ioredis", "BACKEND redis", node({ ioredis: "5" }, 'const r = new Redis(process.env["BACKEND"])')],
    ["pg", "STORE postgres", node({ pg: "8" }, "new Pool({ connectionString: process.env.STORE })")],
    ["psycopg", "STORE postgres", python("psycopg", "import os, psycopg\npsycopg.connect(os.environ['STORE'])")],
  ])("is given a database: %s", async (_, expected, files) => {
    expect(await wired(files)).toEqual([expected]);
  });

  it("is none in a comment, nor where it is no address", async () => {
    expect(await wired(node({ mongoose: "8" }, "// mongoose.connect(process.env.DATABASE)"))).toEqual([]);
    expect(await wired(node({ pg: "8" }, "new Pool({ user: process.env.WHO })"))).toEqual([]);
  });
});

describe("settings of the package config", () => {
  const app = (files: Record<string, string>) => ({
    ...node({ mongoose: "8", config: "3" }, "require('./db')"),
    "db.js": "const config = require('config');\nconst db = config.get('mongoURI');\nmongoose.connect(db);\nuse(config.get('auth.jwtSecret'));",
    ...files,
  }); // prettier-ignore

  it("are taken out of variables where no file gives them", async () => {
    const plan = await planOf(app({}));
    expect(first(plan).env).toMatchObject([
      { name: "MONGO_URI", source: "Database", of: "mongodb" },
      { name: "AUTH_JWT_SECRET", source: "Generated" },
      { name: "PORT" },
    ]);
    const [file] = first(plan).recipe.files;
    expect(file?.path).toBe("/app/config/custom-environment-variables.json");
    expect(JSON.parse(file?.text ?? "")).toEqual({ mongoURI: "MONGO_URI", auth: { jwtSecret: "AUTH_JWT_SECRET" } });
  });

  it.each([
    ["default.json", '{"mongoURI": "mongodb://db.example.com/x", "auth": {"jwtSecret": "x"}}'],
    ["production.yaml", "x: 1"],
    ["custom-environment-variables.json", "{}"],
  ])("are left alone with %s", async (name, text) => {
    const plan = await planOf(app({ [`config/${name}`]: text }));
    expect(first(plan).recipe.files).toEqual([]);
  });
});
