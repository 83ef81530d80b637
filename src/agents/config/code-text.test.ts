import { expect, it } from "vitest";
import { closingOf, findInCode, placeOf, readCode } from "./code-text.ts";

const environ = /os\.environ\["(?<name>\w+)"\]/g;

it("finds in code, not in comments, strings or docstrings", () => {
  const source = readCode(
    "app.py",
    `"""Set os.environ["DOC"] first."""\n# os.environ["COMMENT"]\nhelp = 'os.environ["TEXT"]'\nkey = os.environ["REAL"]\n`,
  );
  expect(findInCode(source, environ).map((match) => match.groups["name"])).toEqual(["REAL"]);
  expect(placeOf(source, findInCode(source, environ)[0]?.index ?? 0)).toBe("app.py:4");
});

it("takes the braces of an f-string and of a template literal for code", () => {
  const python = readCode("app.py", `url = f'https://{os.environ["HOST_NAME"]}/{{os.environ["NOT"]}}'\n`);
  expect(findInCode(python, environ).map((match) => match.groups["name"])).toEqual(["HOST_NAME"]);
  const script = readCode("a.ts", "const url = `http://${process.env.ONE} process.env.TWO`;");
  expect(findInCode(script, /process\.env\.(?<name>\w+)/g).map((match) => match.groups["name"])).toEqual(["ONE"]);
});

it("is not led astray by a regular expression or by an apostrophe in JSX", () => {
  const source = readCode("a.tsx", "const quote = /[/'\"]/;\nconst a = <p>don't</p>;\nconst b = process.env.B;\n");
  expect(findInCode(source, /process\.env\.(?<name>\w+)/g)).toHaveLength(1);
});

it("knows Go's raw strings", () => {
  const source = readCode("main.go", 'var a = `\\` // os.Getenv("A")\nvar b = os.Getenv("B")\n');
  expect(findInCode(source, /os\.Getenv\("(?<name>\w+)"\)/g).map((match) => match.groups["name"])).toEqual(["B"]);
});

it("keeps offsets and line ends, and closes brackets", () => {
  const source = readCode("a.js", 'call("a)", [1, (2)]) // )\n');
  expect(source.code).toHaveLength(source.text.length);
  expect(closingOf(source.code, 4)).toBe(source.text.lastIndexOf(") //"));
});

it("survives interpolations without end", () => {
  expect(readCode("a.js", "`${".repeat(80_000)).code).toHaveLength(240_000);
});
