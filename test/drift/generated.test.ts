import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { generatedFiles } from "../../crds/generated.ts";

const root = join(import.meta.dirname, "..", "..");

it.each([...generatedFiles()])("%s is what `npm run generate` makes", (path, text) => {
  expect(readFileSync(join(root, path), "utf8")).toBe(text);
});
