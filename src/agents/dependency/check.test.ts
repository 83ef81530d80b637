import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { applyFix } from "../fixer/apply/apply-fix.ts";
import { detectIn } from "../detection/language.contract.ts";
import { node } from "../detection/node/node.ts";
import { newRecipe, newService } from "../detection/new-service.ts";
import { checkLine, checksOf, checkText, readCheck, realigned } from "./check.ts";

const python = { runtime: { name: "python", version: "3.13", from: "default" } };
const check = (module: string, name = module) => ({ module, package: name, when: "Realigned" as const });

function service() {
  return newService({
    name: "web",
    kind: "Web",
    path: ".",
    language: "python",
    framework: null,
    manager: null,
    recipe: newRecipe({
      buildImage: "docker.io/library/python:3.13-slim",
      runImage: "docker.io/library/python:3.13-slim",
    }),
    start: "python app.py",
    port: { from: "Default" },
    probe: {},
    resources: { requests: {}, limits: {} },
    sure: "Certain",
    ...python,
    checks: [check("numpy"), check("PIL", "pillow")],
  });
}

it("asks a real Python what imports, and takes no name that a shell could read otherwise", () => {
  const line = checkLine(python, [check("json"), check("not_there_at_all"), check("x;id"), check("os", "a b")]) ?? "";
  expect(line).toMatch(/ json:json not_there_at_all:not_there_at_all$/);
  // The interpreter that is here stands in for an image's.
  const log = execFileSync("/bin/sh", ["-c", line.replace(/^python /, "python3 ")], { encoding: "utf8" }).split("\n");
  const result = readCheck(log);
  expect(result?.modules).toMatchObject([
    { module: "json", imports: true },
    {
      module: "not_there_at_all",
      imports: false,
      version: null,
      error: "ModuleNotFoundError: No module named 'not_there_at_all'",
    },
  ]);
  expect(result && checkText(result)).toBe(
    "not_there_at_all does not import: ModuleNotFoundError: No module named 'not_there_at_all'; json imports in the image",
  );
});

it.each(["", "repo-runner-check", "repo-runner-check {", 'repo-runner-check {"modules":[{"module":1}]}'])(
  "reads no answer out of %j",
  (line) => {
    expect(readCheck(["x", line])).toBeUndefined();
  },
);

it("asks Node itself as well", () => {
  const line = checkLine({ runtime: { name: "node", version: "24", from: "default" } }, [
    check("zod"),
    check("not-there"),
    check("x y"),
    check("../up"),
  ]);
  expect(line).toMatch(/ -- zod not-there$/);
  const log = execFileSync("/bin/sh", ["-c", line ?? ""], { encoding: "utf8" }).split("\n");
  expect(readCheck(log)?.modules).toMatchObject([
    { module: "zod", imports: true, version: expect.stringMatching(/^\d/) as string },
    { module: "not-there", imports: false, version: null },
  ]);
});

it("has no check for what has no modules to import", () => {
  expect(checkLine({ runtime: { name: "go", version: "1.26", from: "default" } }, [check("a")])).toBeUndefined();
  expect(checkLine({ runtime: null }, [check("a")])).toBeUndefined();
});

it("knows what of Node's packages is bound to a line of it", async () => {
  const files = {
    "package.json": JSON.stringify({
      scripts: { start: "node a.js" },
      dependencies: { express: "5", bcrypt: "5", sharp: "1" },
    }),
    "a.js": "require('express')().listen(3000)",
  };
  const found = await detectIn(node, files);
  expect(found?.services[0]?.checks).toEqual([check("bcrypt"), check("sharp")]);
});

it("realigns when a fix changes the runtime or adds to what is installed, and says why", () => {
  const draft = service();
  expect(checksOf(draft)).toEqual([]);
  const plan = { version: 1 as const, services: [draft], databases: [], needs: [], warnings: [], summary: "" };
  const [older] = applyFix(plan, { service: "web", action: { kind: "SetRuntime", version: "3.11" } }).services;
  expect(older && checksOf(older).map(({ module }) => module)).toEqual(["numpy", "PIL"]);
  expect(older?.why).toContainEqual({
    about: "realignment",
    value: "numpy, pillow",
    because: "a fix took python 3.11",
  });
  const [same] = applyFix(plan, { service: "web", action: { kind: "SetPort", port: 9000 } }).services;
  expect(same && checksOf(same)).toEqual([]);
  expect(realigned(newService({ ...draft, checks: [] }), "x").why).toEqual([]);
});
