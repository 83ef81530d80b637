import { expect, it } from "vitest";
import { nameOf } from "./base-image.ts";
import { catalogue, findImage, inBuildOrder, listedBaseImages } from "./catalogue.ts";

it("no name is given to two images", () => {
  const names = catalogue.flatMap((image) => image.tags.map((tag) => `${image.repository}:${tag}`));
  expect(names).toEqual([...new Set(names)]);
});

it.each(catalogue.map((image) => [nameOf(image), image] as const))("%s says what it is built from", (_name, image) => {
  const named = [...image.dockerfile.matchAll(/^FROM (?<from>\S+)/gm)].map((match) => match.groups?.["from"] ?? "");
  expect(named.filter((from) => from !== "scratch")).toEqual(image.from);
  const contexts = Object.keys(image.contexts ?? {}).filter((name) => name !== ".");
  const stages = [...image.dockerfile.matchAll(/ AS (?<stage>\S+)/g)].map((match) => match.groups?.["stage"] ?? "");
  const copied = [...image.dockerfile.matchAll(/--from=(?<from>\S+)/g)].map((match) => match.groups?.["from"] ?? "");
  expect([...new Set(copied)].filter((name) => !stages.includes(name)).toSorted()).toEqual(contexts.toSorted());
});

it("an image comes after what it is built from", () => {
  const order = inBuildOrder(["library/node:24"]).map(nameOf);
  expect(order).toEqual(["library/debian:bookworm-slim", "library/node:24-slim", "library/node:24"]);
});

it("finds an image by any of its names", () => {
  expect(findImage("docker.io/library/node:24-bookworm-slim")).toBe(findImage("node:24-slim"));
  expect(findImage("node:12-slim")).toBeUndefined();
});

it("a name that cannot be made is refused", () => {
  expect(() => inBuildOrder(["library/node:12-slim"])).toThrow("library/node:12-slim is not in the catalogue");
});

it("lists versions of runtimes, not tags", () => {
  expect(listedBaseImages()).toMatchObject({
    node: ["16", "18", "20", "22", "24", "26"],
    python: ["3.9", "3.11", "3.13"],
    golang: ["1.25", "1.26"],
  });
});
