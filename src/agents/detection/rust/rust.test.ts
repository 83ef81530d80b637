import { describe, expect, it } from "vitest";
import { Plan, type Service } from "../../../plan.ts";
import type { Wishes } from "../language.ts";
import { anyPlatform, detectIn, holdsLanguageContract, noWishes } from "../language.contract.ts";
import { rust } from "./rust.ts";

const axum = `use axum::{routing::get, Router};
#[tokio::main]
async fn main() {
    let port: u16 = std::env::var("PORT").ok().and_then(|p| p.parse().ok()).unwrap_or(3000);
    let listener = tokio::net::TcpListener::bind(("0.0.0.0", port)).await.unwrap();
    axum::serve(listener, Router::new().route("/", get(|| async { "hi" }))).await.unwrap();
}
`;
const cargo = (name: string, rest = ""): string =>
  `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n${rest}`;
const shop = { "Cargo.toml": cargo("shop", '[dependencies]\naxum = "0.8"\n'), "src/main.rs": axum };

async function services(
  files: Readonly<Record<string, string>>,
  wishes: Wishes = noWishes,
): Promise<readonly Service[]> {
  return (await detectIn(rust, files, ".", wishes))?.services ?? [];
}

async function only(files: Readonly<Record<string, string>>, wishes: Wishes = noWishes): Promise<Service> {
  const [service] = await services(files, wishes);
  if (service === undefined) throw new Error("nothing was found");
  return service;
}

holdsLanguageContract(rust, shop);

it("a server is built in Rust's image and runs in a slim one, under its own name", async () => {
  const service = await only({ ...shop, "Cargo.lock": "version = 4\n", "static/app.css": "", "templates/a.html": "" });
  expect(service).toMatchObject({
    kind: "Web",
    framework: "axum",
    start: "./bin/shop",
    port: { number: 3000, readsPort: true },
    manager: { name: "cargo", lockFile: "Cargo.lock", mode: "Frozen" },
    recipe: { buildImage: "docker.io/library/rust:1.96", runImage: "docker.io/library/debian:trixie-slim" },
  });
  expect(service.recipe.build).toContain("cargo build --release --locked --bin shop && ");
  expect(service.recipe.artifacts.map(({ to }) => to)).toEqual([
    "/app/bin/shop",
    "/app/static",
    "/app/templates",
    "/etc/ssl/certs/ca-certificates.crt",
  ]);
});

it("Rocket is told its address and its port", async () => {
  const service = await only({
    "Cargo.toml": cargo("hello", '[dependencies]\nrocket = "0.5"\n'),
    "src/main.rs":
      '#[macro_use] extern crate rocket;\n#[launch]\nfn rocket() -> _ { rocket::build().mount("/", routes![]) }\n',
  });
  expect(service).toMatchObject({ framework: "rocket", port: { number: 8000, from: "Framework" } });
  expect(service.recipe.runEnv).toEqual({ ROCKET_ADDRESS: "0.0.0.0", ROCKET_PORT: "8000" });
});

it("a comment that speaks of a listener is none", async () => {
  const files = {
    "Cargo.toml": cargo("tool"),
    "src/main.rs": '// TcpListener::bind(x)\nfn main() { println!("\'"); }\n',
  };
  expect(await only(files)).toMatchObject({ kind: "Job", start: "./bin/tool" });
});

describe("which program runs", () => {
  const several = {
    "src/main.rs": "fn main() {}",
    "src/bin/one.rs": "fn main() {}",
    "src/bin/two/main.rs": "fn main() {}",
  };

  it.each([
    ["what Cargo would run", 'default-run = "one"\n', {}, "./bin/one"],
    ["the one that a person named", 'default-run = "one"\n', { RAILPACK_RUST_BIN: "two" }, "./bin/two"],
    ["the package's own", "", {}, "./bin/app"],
  ])("%s", async (_what, told, env, start) => {
    const files = { ...several, "Cargo.toml": cargo("app", told) };
    expect((await only(files, { ...noWishes, env })).start).toBe(start);
  });

  it("the one that listens, before the package's own", async () => {
    const files = {
      ...several,
      "src/bin/server.rs": axum,
      "Cargo.toml": cargo("app", '[dependencies]\naxum = "0.8"\n'),
    };
    expect(await only(files)).toMatchObject({ start: "./bin/server", kind: "Web", name: "web" });
  });

  it("of a server's client nothing, though it goes on while somebody types", async () => {
    const files = {
      "Cargo.toml": cargo("mini"),
      "src/bin/mini-server.rs": axum,
      "src/bin/mini-cli.rs": "fn main() { loop { let reply = client.recv(); } }",
    };
    expect((await services(files)).map(({ start }) => start)).toEqual(["./bin/mini-server"]);
  });

  it("of a workspace each server and each worker, in one image", async () => {
    const found = await services({
      "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\nexclude = ["crates/old"]\n',
      "crates/api/Cargo.toml": cargo("api", '[dependencies]\naxum = "0.8"\ncore = { path = "../core" }\n'),
      "crates/api/src/main.rs": axum,
      "crates/api/static/a.css": "",
      "crates/mailer/Cargo.toml": cargo("mailer"),
      "crates/mailer/src/main.rs": "fn main() { loop { send(); std::thread::sleep(PAUSE); } }",
      "crates/core/Cargo.toml": cargo("core"),
      "crates/core/src/lib.rs": "",
      "crates/old/Cargo.toml": cargo("old"),
      "crates/old/src/main.rs": axum,
    });
    expect(found.map(({ name, kind, start }) => [name, kind, start])).toEqual([
      ["web", "Web", "./bin/api"],
      ["mailer", "Worker", "./bin/mailer"],
    ]);
    expect(found[1]?.recipe).toEqual(found[0]?.recipe);
    expect(found[0]?.recipe.build).toContain(
      "cargo build --release --manifest-path crates/api/Cargo.toml --bin api && ",
    );
    expect(found[0]?.recipe.artifacts.map(({ to }) => to)).toContain("/app/crates/api/static");
  });

  it("of more programs than a line can build the first are run", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `service-${"x".repeat(40)}-${index}`);
    const found = await services({
      "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\n',
      ...Object.fromEntries(
        names.flatMap((name) => [
          [`crates/${name}/Cargo.toml`, cargo(name, '[dependencies]\naxum = "0.8"\n')],
          [`crates/${name}/src/main.rs`, axum],
        ]),
      ),
    });
    expect(found.length).toBeGreaterThan(1);
    expect(Plan.safeParse({ version: 1, services: found, summary: "" }).error).toBeUndefined();
  });

  it("a member is built from the root of its workspace", async () => {
    const detection = await detectIn(
      rust,
      {
        ...Object.fromEntries(Object.entries(shop).map(([path, text]) => [`apps/shop/${path}`, text])),
        "Cargo.toml": '[workspace]\nmembers = ["apps/*"]\n',
        "Cargo.lock": "",
      },
      "apps/shop",
    );
    expect(detection?.services[0]).toMatchObject({ path: "apps/shop", recipe: { context: ".", workdir: "apps/shop" } });
    expect(detection?.services[0]?.recipe.artifacts[0]?.to).toBe("/app/apps/shop/bin/shop");
  });
});

it("a library is no service", async () => {
  const detection = await detectIn(rust, { "Cargo.toml": cargo("lib"), "src/lib.rs": "" });
  expect(detection).toMatchObject({ services: [], notAService: "a Rust library" });
});

describe("the version", () => {
  const withFiles = async (files: Readonly<Record<string, string>>, wishes: Wishes = noWishes): Promise<string> =>
    (await only({ ...shop, ...files }, wishes)).runtime?.version ?? "";

  it.each<[Record<string, string>, Record<string, string>, string]>([
    [{}, {}, "1.96"],
    [{ "Cargo.toml": cargo("shop", 'rust-version = "1.70"\n') }, {}, "1.96"],
    [{ "rust-toolchain.toml": '[toolchain]\nchannel = "1.88.0"\n' }, {}, "1.88.0"],
    [{ "rust-toolchain": "1.87\n" }, {}, "1.87"],
    [{ "rust-toolchain": "stable\n" }, {}, "1.96"],
    [{ ".tool-versions": "rust 1.90.0\n", "rust-toolchain": "1.87\n" }, {}, "1.90.0"],
    [{ ".tool-versions": "rust 1.90.0\n" }, { RUST_VERSION: "1.91" }, "1.91"],
  ])("%j %j → %s", async (files, env, version) => {
    expect(await withFiles(files, { ...noWishes, env })).toBe(version);
  });

  it("the nearest newer stands in where there are few images", async () => {
    const platform = { ...anyPlatform, baseImages: "Listed" as const, listed: { rust: ["1.85", "1.96"] } };
    const detection = await detectIn(rust, { ...shop, "rust-toolchain": "1.59.0" }, ".", { ...noWishes, platform });
    expect(detection?.services[0]?.runtime?.version).toBe("1.85");
    expect(detection?.warnings?.join()).toContain("1.85 stands in");
  });

  it("a nightly is told of", async () => {
    const service = await only({ ...shop, "rust-toolchain.toml": '[toolchain]\nchannel = "nightly-2024-08-12"\n' });
    expect(service.runtime?.from).toContain("nightly-2024-08-12");
    expect(service.recipe.buildEnv["RUSTC_BOOTSTRAP"]).toBe("1");
  });
});

it("libraries of Debian come with the crates that bind to them", async () => {
  const lock = ["openssl-sys", "pq-sys", "prost-build"].map((name) => `[[package]]\nname = "${name}"\n`).join("\n");
  const { recipe } = await only({ ...shop, "Cargo.lock": lock });
  expect(recipe.runPackages).toEqual(["libssl3", "libpq5"]);
  expect(recipe.buildPackages).toEqual(["protobuf-compiler"]);
});

it("a page that Trunk makes is served", async () => {
  const service = await only({
    "Cargo.toml": cargo("pages", '[dependencies]\nyew = "0.21"\n'),
    "src/main.rs": "fn main() { yew::Renderer::<App>::new().render(); }",
    "index.html": '<link data-trunk rel="css" href="a.css">',
  });
  expect(service).toMatchObject({ framework: "trunk", kind: "Web", recipe: { runImage: "docker.io/library/caddy:2" } });
  expect(service.recipe.build).toContain("trunk build --release");
});

it("what cannot be read as TOML is nobody's", async () => {
  expect(await detectIn(rust, { "Cargo.toml": "[[[", "src/main.rs": axum })).toBeUndefined();
});
