import { describe, expect, it } from "vitest";
import type { Service } from "../../../plan.ts";
import { detectIn, holdsLanguageContract } from "../language.contract.ts";
import { cpp } from "./cpp.ts";

const main = "int main() { return 0; }\n";
const server = "#include <sys/socket.h>\nint main() { address.sin_port = htons(9090); listen(fd, 16); }\n";
const cmake = { "CMakeLists.txt": "project(shop LANGUAGES CXX)\nadd_executable(shop main.cc)\n", "main.cc": main };

async function only(files: Readonly<Record<string, string>>): Promise<Service> {
  const service = (await detectIn(cpp, files))?.services[0];
  if (service === undefined) throw new Error("nothing was found");
  return service;
}

holdsLanguageContract(cpp, cmake);

describe("CMake", () => {
  it.each([
    ["its own program", "project(shop)\nadd_executable(shop main.cc)", "/build/shop"],
    ["the project's name", "project(shop)\nadd_executable(${PROJECT_NAME} main.cc)", "/build/shop"],
    ["a name that is set", 'set(APP "till")\nproject(shop)\nadd_executable(${APP} main.cc)', "/build/till"],
    ["not its tests", "project(shop)\nadd_executable(shop_test t.cc)\nadd_executable(server main.cc)", "/build/server"],
    [
      "another output name",
      "project(shop)\nadd_executable(x main.cc)\nset_target_properties(x PROPERTIES OUTPUT_NAME till)",
      "/build/till",
    ],
    ["not a comment", "project(shop)\n# add_executable(shop old.cc)\nadd_executable(till main.cc)", "/build/till"],
  ])("%s", async (_what, text, start) => {
    expect((await only({ "CMakeLists.txt": text, "main.cc": main })).start).toBe(start);
  });

  it("a program of a folder that it takes in", async () => {
    const files = {
      "CMakeLists.txt": "project(shop)\nadd_subdirectory(src)\nadd_subdirectory(tests)\n",
      "src/CMakeLists.txt": "add_executable(till main.cc)\n",
      "tests/CMakeLists.txt": "add_executable(all_tests t.cc)\n",
      "src/main.cc": main,
    };
    expect((await only(files)).start).toBe("/build/src/till");
  });

  it("a library is no service", async () => {
    const files = { "CMakeLists.txt": "project(shop)\nadd_library(shop shop.cc)\n", "shop.cc": "" };
    expect(await detectIn(cpp, files)).toMatchObject({ services: [], notAService: expect.stringContaining("library") });
  });
});

it("Meson's program", async () => {
  const service = await only({
    "meson.build": "project('shop', 'cpp')\nexecutable('till', 'main.cc')\n",
    "main.cc": main,
  });
  expect(service).toMatchObject({ start: "/build/till", manager: { name: "meson" }, kind: "Job" });
  expect(service.recipe.build).toContain("meson setup --buildtype=release /build");
});

describe("a Makefile", () => {
  it.each([
    ["TARGET", "TARGET = till\nall: $(TARGET)\n$(TARGET): main.c\n\tgcc -o $@ main.c\n", "./till", "make &&"],
    ["a folder", "OUT := out\nBIN := $(OUT)/till\n$(BIN): main.c\n\tcc -o $(BIN) main.c\n", "./out/till", "make &&"],
    ["-o", "all:\n\tg++ -O2 main.c -o till\n", "./till", "make &&"],
    ["help first", "help:\n\techo x\nbuild:\n\tgcc main.c -o till\n", "./till", "make build &&"],
  ])("%s", async (_what, text, start, goal) => {
    const service = await only({ Makefile: text, "main.c": main });
    expect(service.start).toBe(start);
    expect(service.recipe.build).toContain(goal);
  });

  it("of another language is not ours", async () => {
    expect(await detectIn(cpp, { Makefile: "run:\n\tgo run .\n", "main.go": "package main" })).toBeUndefined();
    expect(await detectIn(cpp, { Makefile: "run:\n\tpython app.py\n", "ext/fast.c": "" })).toBeUndefined();
  });
});

it("a lone source is compiled", async () => {
  expect((await only({ "main.cpp": main, "words.cpp": "" })).recipe.build).toContain(
    "g++ -O2 -pthread -o /build/app main.cpp words.cpp",
  );
});

it("what listens is a service with its port", async () => {
  expect(await only({ ...cmake, "main.cc": server })).toMatchObject({
    kind: "Web",
    port: { number: 9090, from: "Code" },
  });
});

it("libraries of Debian come by what is asked for, and not where the repository brings them", async () => {
  const asked = "project(shop)\nfind_package(OpenSSL REQUIRED)\nadd_executable(shop main.cc)\n";
  const files = {
    "CMakeLists.txt": asked,
    "main.cc": "#include <nlohmann/json.hpp>\n#include <sqlite3.h>\n",
    "third/sqlite3.h": "",
  };
  const { recipe } = await only(files);
  expect(recipe.buildPackages).toEqual(expect.arrayContaining(["libssl-dev", "nlohmann-json3-dev"]));
  expect(recipe.buildPackages).not.toContain("libsqlite3-dev");
  expect(recipe.runPackages).toEqual(["libssl3"]);
});

it("hostile build files cost no time", async () => {
  const began = performance.now();
  await detectIn(cpp, {
    "CMakeLists.txt": "add_executable(".repeat(30_000),
    "main.cc": "while (true) ".repeat(20_000),
  });
  await detectIn(cpp, { Makefile: `A = $(A)$(A)\nall: $(A)\n${"-o ".repeat(30_000)}`, "main.c": "/*".repeat(100_000) });
  expect(performance.now() - began).toBeLessThan(3000);
});

it("takes C as compilers took it for decades, and leaves C++ alone", async () => {
  const made = async (name: string) =>
    (await only({ Makefile: `till: ${name}\n\tcc -o till ${name}\n`, [name]: server })).recipe.tools;
  expect(await made("till.c")).toEqual([expect.stringContaining('exec /usr/bin/gcc -fpermissive "$@"')]);
  expect(await made("till.cc")).toEqual([]);
});

it("brings the folders of pages that a server opens while it runs", async () => {
  const files = { Makefile: "till: till.c\n\tcc -o till till.c\n", "till.c": server, "htdocs/index.html": "<p>" };
  const more = { "root/a.html": "<p>", "notes/a.md": "", ".env": "A=1" };
  const brought = (await only({ ...files, ...more })).recipe.artifacts.map(({ from }) => from);
  expect(brought).toEqual(expect.arrayContaining(["/app/till", "/app/htdocs", "/app/root"]));
  expect(brought).not.toContain("/app/notes");
  // No build sees that file, so copying it would end the build.
  expect(brought).not.toContain("/app/.env");
});
