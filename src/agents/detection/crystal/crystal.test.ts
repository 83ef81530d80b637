import { expect, it } from "vitest";
import { anyPlatform, detectIn, holdsLanguageContract, noWishes } from "../language.contract.ts";
import { crystal } from "./crystal.ts";

const files = {
  "shard.yml": "name: quartz\nversion: 0.1.0\ntargets:\n  quartz:\n    main: src/quartz.cr\ncrystal: 1.4.1\n",
  "src/quartz.cr": 'puts "hello"\n',
};
const kemal = {
  ...files,
  "shard.yml": `${files["shard.yml"]}dependencies:\n  kemal:\n    github: kemalcr/kemal\n`,
  "shard.lock": "version: 2.0\n",
  "src/quartz.cr": 'require "kemal"\nget "/" { "hi" }\nKemal.run\n',
};

holdsLanguageContract(crystal, files);

it("a target is built and run; a number in shard.yml is the oldest that will do", async () => {
  const service = (await detectIn(crystal, files))?.services[0];
  expect(service).toMatchObject({ kind: "Job", start: "./bin/quartz", runtime: { version: "1.17" } });
  expect(service?.recipe).toMatchObject({
    buildImage: "docker.io/crystallang/crystal:1.17",
    install: null,
    build: "shards build quartz --release --no-debug",
  });
});

it("Kemal listens on its port", async () => {
  const service = (await detectIn(crystal, kemal))?.services[0];
  expect(service).toMatchObject({ kind: "Web", framework: "kemal", port: { number: 3000, from: "Framework" } });
  expect(service?.recipe.install).toBe("shards install --frozen --without-development");
});

it("an image that is there is taken", async () => {
  const platform = { ...anyPlatform, baseImages: "Listed" as const, listed: { "crystallang/crystal": ["1.14"] } };
  expect((await detectIn(crystal, files, ".", { ...noWishes, platform }))?.services[0]?.runtime?.version).toBe("1.14");
});

it("a library is no service, and what is no YAML is nobody's", async () => {
  expect(await detectIn(crystal, { "shard.yml": "name: words\n" })).toMatchObject({ services: [] });
  expect(await detectIn(crystal, { "shard.yml": "{{{" })).toBeUndefined();
});
