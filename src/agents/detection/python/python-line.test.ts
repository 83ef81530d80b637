import { expect, it } from "vitest";
import type { Platform } from "../language.ts";
import { choosePython } from "./python-line.ts";

const any: Platform = { baseImages: "Any", listed: {}, now: new Date("2026-11-22"), commitDate: undefined };
const listed: Platform = { ...any, baseImages: "Listed", listed: { python: ["3.11", "3.13"] } };
const bound = (range: string) => ({ range, from: `requires-python "${range}"`, exact: false });
const pin = (range: string) => ({ range, from: ".python-version", exact: true });

it("takes the default when nobody speaks", () => {
  expect(choosePython([], any)).toEqual({ version: "3.13", from: "default" });
  expect(choosePython([], { ...any, baseImages: "Listed", listed: { python: ["3.11"] } })).toMatchObject({
    version: "3.11",
  });
});

it("takes an old repository's time into account", () => {
  expect(choosePython([], { ...any, commitDate: new Date("2022-03-01") })).toEqual({
    version: "3.10",
    from: "commit date 2022-03",
  });
});

it("stays at the default inside a range, and goes above it only when it must", () => {
  expect(choosePython([bound(">=3.9")], any)).toMatchObject({ version: "3.13" });
  expect(choosePython([bound(">=3.9,<3.12")], any)).toMatchObject({ version: "3.11" });
  expect(choosePython([bound(">=3.14")], any)).toMatchObject({ version: "3.14" });
});

it("shortens a file's patch version to its line and keeps a person's", () => {
  expect(choosePython([pin("3.11.4")], any)).toMatchObject({ version: "3.11", from: ".python-version" });
  expect(choosePython([{ range: "3.11.4", from: "spec", exact: true }], any)).toMatchObject({ version: "3.11.4" });
});

it("lets the nearest listed line stand in, with a warning, inside the manifest's bounds", () => {
  expect(choosePython([pin("3.12"), bound(">=3.10")], listed)).toMatchObject({
    version: "3.13",
    warning: "python 3.12 (.python-version) has no image here; 3.13 stands in",
  });
  expect(choosePython([pin("3.12"), bound("<3.13")], listed)).toMatchObject({ version: "3.11" });
});

it("names the wanted line when none satisfies, and gives a person no other than was asked for", () => {
  expect(choosePython([bound(">=3.14")], listed)).toEqual({ version: "3.14", from: 'requires-python ">=3.14"' });
  expect(choosePython([pin("2.7")], listed)).toEqual({ version: "2.7", from: ".python-version" });
  expect(choosePython([{ range: "3.12", from: "spec", exact: true }], listed)).toEqual({
    version: "3.12",
    from: "spec",
  });
});

it("takes of lines that are all too new for what is pinned the least new, and warns", () => {
  const django = { line: "3.9", because: "django==1.10.5" };
  expect(choosePython([], listed, django)).toEqual({
    version: "3.11",
    from: "django==1.10.5 is older than 3.13",
    warning: "django==1.10.5 wants python 3.9 or older, which has no image here; 3.11 stands in",
  });
  expect(choosePython([], { ...listed, listed: { python: ["3.9", "3.13"] } }, django)).toEqual({
    version: "3.9",
    from: "django==1.10.5 is older than 3.13",
  });
  expect(choosePython([bound(">=3.12")], listed, django)).toMatchObject({ version: "3.13" });
});
