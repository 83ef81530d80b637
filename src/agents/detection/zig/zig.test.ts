import { describe, expect, it } from "vitest";
import type { Service } from "../../../plan.ts";
import { detectIn, holdsLanguageContract, noWishes } from "../language.contract.ts";
import { zig } from "./zig.ts";

const build = `const exe = b.addExecutable(.{ .name = "pebble", .root_module = b.createModule(.{}) });
const target = b.standardTargetOptions(.{});
const optimize = b.standardOptimizeOption(.{});
`;
const files = { "build.zig": build, "src/main.zig": "pub fn main() !void {}\n" };

async function only(
  tree: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<Service> {
  const service = (await detectIn(zig, tree, ".", { ...noWishes, env }))?.services[0];
  if (service === undefined) throw new Error("nothing was found");
  return service;
}

holdsLanguageContract(zig, files);

it("a program is built for any processor, by the compiler that pip brings", async () => {
  const { recipe, start } = await only(files);
  expect(recipe.tools[0]).toContain("'ziglang==0.17.*'");
  expect(recipe.build).toBe("zig build -Doptimize=ReleaseSafe -Dcpu=baseline");
  expect(start).toBe("./zig-out/bin/pebble");
});

it("options that build.zig does not declare are not given", async () => {
  const bare = { ...files, "build.zig": 'b.addExecutable(.{ .name = "pebble" });' };
  expect((await only(bare)).recipe.build).toBe("zig build");
});

it("a lone source has no build file", async () => {
  const { recipe, start } = await only({ "src/main.zig": "pub fn main() void {}" });
  expect(recipe.build).toContain("-femit-bin=zig-out/bin/app src/main.zig");
  expect(start).toBe("./zig-out/bin/app");
});

describe("the version", () => {
  it.each<[string, Record<string, string>, Record<string, string>, string]>([
    ["env", { ".zigversion": "0.13.0\n" }, { ZIG_VERSION: "0.12.1" }, "0.12.1"],
    ["a version file", { ".zigversion": "0.13.0\n", "build.zig.zon": '.minimum_zig_version = "0.14.0"' }, {}, "0.13.0"],
    ["what it was written with", { "build.zig.zon": '.minimum_zig_version = "0.14.1"' }, {}, "0.14"],
    ["what only older compilers take", { "src/main.zig": "const out = std.io.getStdOut();" }, {}, "0.14"],
    ["not a comment", { "src/main.zig": "// std.io.getStdOut();" }, {}, "0.17"],
    [
      "an older build.zig",
      { "build.zig": 'b.addExecutable(.{ .name = "a", .root_source_file = .{ .path = "a.zig" } });' },
      {},
      "0.11",
    ],
  ])("%s", async (_what, more, env, version) => {
    expect((await only({ ...files, ...more }, env)).runtime?.version).toBe(version);
  });
});

it("what listens is a service", async () => {
  const main = 'const a = try std.net.Address.parseIp("0.0.0.0", 7070);\nvar s = try a.listen(.{});\n';
  expect(await only({ ...files, "src/main.zig": main })).toMatchObject({ kind: "Web", port: { number: 7070 } });
});

it("a library is no service", async () => {
  const tree = { "build.zig": 'b.addLibrary(.{ .name = "words" });', "src/root.zig": "" };
  expect(await detectIn(zig, tree)).toMatchObject({ services: [], notAService: "a Zig library" });
});

it("a module whose only programs are examples is a library", async () => {
  const tree = {
    "build.zig": `${build}const module = b.addModule("pebble", .{ .root_source_file = b.path("src/pebble.zig") });\n`,
    "src/pebble.zig": "pub fn skip() void {}\n",
    "examples/pond.zig": "pub fn main() !void {}\n",
  };
  expect(await detectIn(zig, tree, ".", noWishes)).toMatchObject({ notAService: "a Zig library", services: [] });
  const program = await detectIn(zig, { ...tree, "src/main.zig": "pub fn main() !void {}\n" }, ".", noWishes);
  expect(program?.services).toHaveLength(1);
});
