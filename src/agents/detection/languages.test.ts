import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { languages } from "./languages.ts";

it("every folder that holds a language is in the list, once", () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const own = folders
    .map(({ name }) => name)
    .filter((name) =>
      [name, `${name}-site`].some((stem) => {
        const file = join(import.meta.dirname, name, `${stem}.ts`);
        return existsSync(file) && /^export const \w+: Language = \{/m.test(readFileSync(file, "utf8"));
      }),
    );
  const names = languages.map(({ name }) => name);
  expect(names.filter((name) => own.includes(name)).toSorted()).toEqual(own.toSorted());
});
