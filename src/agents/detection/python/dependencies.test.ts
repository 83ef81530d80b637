import { expect, it } from "vitest";
import { parseRequirements } from "./dependencies.ts";

it("reads names, extras, includes and markers", () => {
  const file = parseRequirements(
    'Flask==3.1.0  # web\nuvicorn[standard] >= 0.30 ; python_version > "3.8"\n-r base.txt\n--index-url https://example.org/simple\npsycopg2_binary\nthing @ https://example.org/thing.whl\nhashed==1 \\\n  --hash=sha256:00\n',
  );
  expect([...file.names.keys()]).toEqual(["flask", "uvicorn", "psycopg2-binary", "thing", "hashed"]);
  expect(file.names.get("uvicorn")).toEqual(["standard"]);
  expect(file.includes).toEqual(["base.txt"]);
  expect(file.local).toBe(false);
});

it.each(["-e .", "./lib", "lib @ file:lib", ".[web]"])("%s needs the sources", (line) => {
  expect(parseRequirements(`${line}\n`).local).toBe(true);
});

it("an editable checkout from elsewhere needs none", () => {
  expect(parseRequirements("-e git+https://example.org/x.git#egg=x\n").local).toBe(false);
});
