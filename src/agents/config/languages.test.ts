import { describe, expect, it } from "vitest";
import type { Service } from "../../plan.ts";
import { newRecipe, newService } from "../detection/new-service.ts";
import { treeOf } from "../detection/literal-tree.ts";
import { ConfigAgent } from "./config-agent.ts";

const context = { signal: new AbortController().signal, log: () => undefined };

async function variablesOf(files: Readonly<Record<string, string>>, part: Partial<Service>) {
  const service = newService({
    name: "web",
    kind: "Web",
    path: ".",
    language: "java",
    framework: null,
    runtime: null,
    manager: null,
    recipe: newRecipe({}),
    start: null,
    port: { from: "Default" },
    probe: {},
    resources: { requests: {}, limits: {} },
    sure: "Certain",
    ...part,
  });
  const spec = { source: { git: { url: "https://git.example.org/a.git" } } };
  const outcome = await new ConfigAgent().run({ tree: treeOf(files), service, spec }, context);
  if (outcome.state !== "done") throw new Error(outcome.state);
  return outcome.value.variables.map(({ name, source, value, where }) =>
    [name, source, value ?? "", where].join(" ").trim(),
  );
}

describe("Java and Kotlin", () => {
  it("asks for what settings have no default of", async () => {
    const found = await variablesOf(
      {
        "src/main/resources/application.yml":
          "app:\n  mail:\n    key: ${MAIL_KEY}\n    from: ${MAIL_FROM:shop@example.net}\n  # ${NOT_ME}\n  title: ${app.name}\n  both: ${ONE:${OTHER}}\n",
        "src/main/resources/application-dev.yml": "app:\n  x: ${ONLY_DEV}\n",
        "src/main/resources/application.properties": "jwt.secret=${JWT_SECRET}\nserver.port=${PORT:8080}\n",
      },
      { language: "java" },
    );
    expect(found).toEqual([
      "MAIL_KEY Needed  src/main/resources/application.yml:3",
      "JWT_SECRET Generated  src/main/resources/application.properties:1",
      "PORT Port  src/main/resources/application.properties:2",
      "MAIL_FROM Optional shop@example.net src/main/resources/application.yml:4",
      "ONE Optional  src/main/resources/application.yml:7",
    ]);
  });

  it("reads getenv, with what is done where it is null", async () => {
    const found = await variablesOf(
      {
        "src/main/kotlin/App.kt":
          'val region = System.getenv("REGION") ?: "eu"\nfun main() {\n  val key = System.getenv("STRIPE_KEY") ?: error("no key")\n  // System.getenv("NOT_ME")!!\n  val s = "${System.getenv("INSIDE")}"\n}\nfun later() { System.getenv("MAIL_KEY")!! }\n',
        "src/main/java/Pay.java":
          'class Pay {\n  @Value("${HOOK_KEY}") String hook;\n  @Value("${LIMIT:3}") int limit;\n  public static void main(String[] a) {\n    String token = System.getenv("BOT_TOKEN");\n    if (token == null || token.isBlank()) {\n      throw new IllegalStateException("no token");\n    }\n    var size = System.getenv().getOrDefault("PAGE_SIZE", "20");\n    Objects.requireNonNull(System.getenv("PAY_HOST"));\n  }\n}\n',
        "src/test/java/T.java": 'class T { String s = Objects.requireNonNull(System.getenv("TESTS_ONLY")); }\n',
      },
      { language: "kotlin" },
    );
    expect(found.filter((line) => line.includes(" Needed"))).toEqual([
      "BOT_TOKEN Needed  src/main/java/Pay.java:5",
      "HOOK_KEY Needed  src/main/java/Pay.java:2",
      "PAY_HOST Needed  src/main/java/Pay.java:10",
      "STRIPE_KEY Needed  src/main/kotlin/App.kt:3",
    ]);
    expect(found).toContain("REGION Optional eu src/main/kotlin/App.kt:1");
    expect(found).toContain("PAGE_SIZE Optional 20 src/main/java/Pay.java:9");
    expect(found).toContain("LIMIT Optional 3 src/main/java/Pay.java:3");
    expect(found.join("\n")).not.toMatch(/NOT_ME|TESTS_ONLY/);
    expect(found.join("\n")).toMatch(/INSIDE Optional/);
  });
});

it("reads Ruby: what is fetched without a default when it loads", async () => {
  const found = await variablesOf(
    {
      "app.rb":
        'require "sinatra"\nrequire_relative "lib/pay"\nTITLE = ENV.fetch("TITLE", "Shop")\nREGION = ENV["REGION"] || "eu"\nTOKEN = ENV["BOT_TOKEN"] or raise "no token"\n# ENV.fetch("NOT_ME")\nENV["SET"] = "x"\nget "/" do\n  ENV.fetch("ONLY_ASKED")\nend\n',
      "lib/pay.rb":
        'class Pay\n  KEY = ENV.fetch("STRIPE_KEY")\n  LIMIT = ENV.fetch("LIMIT") { 3 }\n  def call\n    ENV.fetch("LATER")\n  end\nend\n',
      "other.rb": 'ENV.fetch("NEVER_LOADED")\n',
    },
    { language: "ruby", start: "ruby app.rb" },
  );
  expect(found).toEqual([
    "BOT_TOKEN Needed  app.rb:5",
    "STRIPE_KEY Needed  lib/pay.rb:2",
    "LATER Optional  lib/pay.rb:5",
    "LIMIT Optional 3 lib/pay.rb:3",
    "NEVER_LOADED Optional  other.rb:1",
    "ONLY_ASKED Optional  app.rb:9",
    "REGION Optional eu app.rb:4",
    "TITLE Optional Shop app.rb:3",
  ]);
});

it("reads of Rails only what production loads", async () => {
  const found = await variablesOf(
    {
      "config/initializers/stripe.rb": 'Stripe.api_key = ENV.fetch("STRIPE_KEY")\n',
      "config/environments/production.rb":
        'Rails.application.configure do\n  config.x = ENV.fetch("CDN_KEY")\n  config.y = ENV.fetch("Z") if ENV["Z"]\nend\n',
      "config/environments/development.rb": 'ENV.fetch("DEV_KEY")\n',
    },
    { language: "ruby", framework: "rails" },
  );
  expect(found.filter((line) => line.includes("Needed")).map((line) => line.split(" ")[0])).toEqual([
    "CDN_KEY",
    "STRIPE_KEY",
  ]);
});

it("reads PHP: getenv, env(), phpdotenv and Symfony's settings", async () => {
  const found = await variablesOf(
    {
      "index.php":
        "<?php\n$title = getenv('TITLE') ?: 'Shop';\n$key = $_ENV['STRIPE_KEY'] ?? throw new Exception('no key');\n$ip = $_SERVER['REMOTE_ADDR'];\n$dotenv->required(['MAIL_HOST', 'MAIL_FROM'])->notEmpty();\n# getenv('NOT_ME')\n$limit = env('LIMIT', 3);\n",
      "config/packages/mail.yaml":
        "mail:\n  dsn: '%env(MAILER_TOKEN)%'\n  size: '%env(int:default:app.size:PAGE_SIZE)%'\n  set: '%env(IN_FILE)%'\n",
      "config/packages/debug.yaml":
        "when@dev:\n  debug:\n    to: '%env(DUMP_SERVER)%'\nwhen@prod:\n  mail:\n    from: '%env(PROD_FROM)%'\n",
      "config/services.yaml": "parameters:\n  env(SPARE): x\n  spare: '%env(SPARE)%'\n",
      ".env": "IN_FILE=1\n",
    },
    { language: "php" },
  );
  expect(found.filter((line) => line.includes("Needed")).map((line) => line.split(" ")[0])).toEqual([
    "MAILER_TOKEN",
    "MAIL_FROM",
    "MAIL_HOST",
    "PROD_FROM",
    "STRIPE_KEY",
  ]);
  expect(found).toContain("TITLE Optional Shop index.php:2");
  expect(found).toContain("LIMIT Optional 3 index.php:7");
  expect(found.join("\n")).not.toMatch(/NOT_ME|REMOTE_ADDR|DUMP_SERVER/);
});

it("reads C#: variables and settings that no file gives a value", async () => {
  const found = await variablesOf(
    {
      "Program.cs":
        'var key = Environment.GetEnvironmentVariable("STRIPE_KEY") ?? throw new Exception("no key");\nvar region = Environment.GetEnvironmentVariable("REGION") ?? "eu";\nvar mail = builder.Configuration["Mail:Key"] ?? throw new Exception();\nvar there = builder.Configuration["Jwt:Issuer"] ?? throw new Exception();\n',
      "appsettings.json": '{ "Jwt": { "Issuer": "shop" }, "Mail": { "Key": "" } }',
      "Later.cs": 'class L { string k = Environment.GetEnvironmentVariable("LATER") ?? throw new Exception(); }',
    },
    { language: "dotnet" },
  );
  expect(found).toEqual([
    "Mail__Key Needed  Program.cs:3",
    "STRIPE_KEY Needed  Program.cs:1",
    "LATER Optional  Later.cs:1",
    "REGION Optional eu Program.cs:2",
  ]);
});

it("reads Rust: what is unwrapped in main, what the build takes in, what clap's flags stand for", async () => {
  const found = await variablesOf(
    {
      "src/main.rs":
        'fn main() {\n    let key = std::env::var("STRIPE_KEY").expect("no key");\n    let region = env::var("REGION").unwrap_or_else(|_| "eu".to_string());\n    let made = env!("BUILT_BY");\n    let own = env!("CARGO_PKG_VERSION");\n    let maybe = env::var("MAYBE").ok();\n}\nfn later<\'a>(x: &\'a str) { env::var("LATER").unwrap(); }\n#[derive(Parser)]\nstruct Args {\n    #[arg(long, env = "LIMIT", default_value = "3")]\n    limit: u32,\n    #[arg(long, env = "TOKEN_FILE")]\n    file: Option<String>,\n    #[arg(long, env = "UPSTREAM")]\n    upstream: String,\n    #[clap(long, env)]\n    pub mail_host: String,\n    #[arg(env, long)]\n    mail_port: Option<u16>,\n}\n',
      "build.rs": 'fn main() { println!("cargo:rustc-env=BUILT_BY=me"); }\n',
      "src/bin/other.rs": 'fn main() { env::var("OTHER").unwrap(); }\n',
    },
    { language: "rust", start: "./shop" },
  );
  expect(found).toEqual([
    "MAIL_HOST Needed  src/main.rs:17",
    "STRIPE_KEY Needed  src/main.rs:2",
    "UPSTREAM Needed  src/main.rs:15",
    "LATER Optional  src/main.rs:8",
    "LIMIT Optional 3 src/main.rs:11",
    "MAIL_PORT Optional  src/main.rs:19",
    "MAYBE Optional  src/main.rs:6",
    "OTHER Optional  src/bin/other.rs:1",
    "REGION Optional eu src/main.rs:3",
    "TOKEN_FILE Optional  src/main.rs:13",
  ]);
});

it("reads Elixir: what a release's configuration raises for", async () => {
  const found = await variablesOf(
    {
      "config/runtime.exs":
        'import Config\nkey = System.get_env("STRIPE_KEY") || raise "no key"\nhost = System.fetch_env!("MAIL_HOST")\nsize = System.get_env("PAGE_SIZE", "20")\n# System.fetch_env!("NOT_ME")\n',
      "lib/shop.ex": 'defmodule Shop do\n  def a, do: System.fetch_env!("LATER")\nend\n',
    },
    { language: "elixir" },
  );
  expect(found).toEqual([
    "MAIL_HOST Needed  config/runtime.exs:3",
    "STRIPE_KEY Needed  config/runtime.exs:2",
    "LATER Optional  lib/shop.ex:2",
    "PAGE_SIZE Optional 20 config/runtime.exs:4",
  ]);
});

it.each([
  ["a.rb", 'ENV.fetch("A" '],
  ["a.php", "<?php ->required([ 'A', "],
  ["A.java", 'System.getenv("A") ?: '],
  ["a.rs", '#[arg(env = "A", '],
  ["Program.cs", 'Configuration["A:B"] ?? '],
  ["config/runtime.exs", 'System.get_env("A" || '],
])("takes no long time for a hostile %s", async (path, unit) => {
  const started = performance.now();
  await variablesOf({ [path]: unit.repeat(12_000).slice(0, 260_000) }, { language: "ruby", start: "ruby a.rb" });
  expect(performance.now() - started).toBeLessThan(4000);
});
