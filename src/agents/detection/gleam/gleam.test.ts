import { expect, it } from "vitest";
import { detectIn, holdsLanguageContract, noWishes } from "../language.contract.ts";
import { gleam } from "./gleam.ts";

const files = {
  "gleam.toml": 'name = "words"\nversion = "1.0.0"\ngleam = ">= 1.10.0"\n[dependencies]\ngleam_stdlib = ">= 0.44.0"\n',
  "manifest.toml": "packages = []\n",
  "src/words.gleam": 'import gleam/io\npub fn main() {\n  io.println("hello")\n}\n',
};

holdsLanguageContract(gleam, files);

it("a shipment is exported by the compiler's own image and runs in Erlang's", async () => {
  const service = (await detectIn(gleam, files))?.services[0];
  expect(service).toMatchObject({
    kind: "Job",
    start: "./build/erlang-shipment/entrypoint.sh run",
    runtime: { version: "1.13.0" },
  });
  expect(service?.recipe).toMatchObject({
    buildImage: "docker.io/library/erlang:27",
    runImage: "docker.io/library/erlang:27-slim",
    borrows: [{ image: "ghcr.io/gleam-lang/gleam:v1.13.0-scratch", from: "/bin/gleam", to: "/usr/local/bin/gleam" }],
    install: "gleam deps download",
    build: "gleam export erlang-shipment",
  });
  expect(service?.recipe.artifacts[0]?.to).toBe("/app/build/erlang-shipment");
});

it("versions of both are taken where they are told", async () => {
  const tree = { ...files, ".tool-versions": "gleam 1.9.1\nerlang 28.0\n" };
  const service = (await detectIn(gleam, tree))?.services[0];
  expect(service?.runtime?.version).toBe("1.9.1");
  expect(service?.recipe.buildImage).toBe("docker.io/library/erlang:28.0");
});

it("sources come along where a person wants them", async () => {
  const wishes = { ...noWishes, env: { RAILPACK_GLEAM_INCLUDE_SOURCE: "true" } };
  expect((await detectIn(gleam, files, ".", wishes))?.services[0]?.recipe.artifacts[0]?.to).toBe("/app");
});

it("Mist listens on the port that the code says", async () => {
  const main = "pub fn main() {\n  mist.new(handler) |> mist.port(8000) |> mist.start\n}\n";
  const service = (await detectIn(gleam, { ...files, "src/words.gleam": main }))?.services[0];
  expect(service).toMatchObject({ kind: "Web", port: { number: 8000 } });
});

it("what has no main, or is for a browser, is no service", async () => {
  expect(await detectIn(gleam, { ...files, "src/words.gleam": "pub fn add(a, b) { a + b }" })).toMatchObject({
    services: [],
  });
  const browser = { ...files, "gleam.toml": 'name = "words"\ntarget = "javascript"\n' };
  expect((await detectIn(gleam, browser))?.notAService).toContain("JavaScript");
});
