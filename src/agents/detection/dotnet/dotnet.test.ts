import { expect, it } from "vitest";
import { Service } from "../../../plan.ts";
import { detectIn, holdsLanguageContract, noWishes } from "../language.contract.ts";
import type { Wishes } from "../language.ts";
import { dotnet } from "./dotnet.ts";

function project(sdk: string, inside = "", framework = "net8.0"): string {
  return `<Project Sdk="Microsoft.NET.Sdk${sdk}"><PropertyGroup><TargetFramework>${framework}</TargetFramework>${inside}</PropertyGroup></Project>`;
}

holdsLanguageContract(dotnet, { "shop.csproj": project(".Web") });

async function services(files: Readonly<Record<string, string>>, wishes: Wishes = noWishes): Promise<Service[]> {
  const detection = await detectIn(dotnet, files, ".", wishes);
  return (detection?.services ?? []).map((service) => Service.parse(service));
}

it("publishes ASP.NET and serves it on PORT", async () => {
  const [found] = await services({ "shop.csproj": project(".Web"), "Program.cs": "", "nuget.config": "" });
  expect(found).toMatchObject({
    kind: "Web",
    framework: "aspnet",
    runtime: { name: "dotnet", version: "8.0", from: "shop.csproj TargetFramework net8.0" },
    start: "ASPNETCORE_URLS=http://0.0.0.0:$PORT ./out/shop",
    port: { number: 8080, readsPort: true },
    recipe: {
      buildImage: "mcr.microsoft.com/dotnet/sdk:8.0",
      runImage: "mcr.microsoft.com/dotnet/aspnet:8.0",
      manifests: ["shop.csproj", "nuget.config"],
      install: "dotnet restore",
      build: "dotnet publish --no-restore -c Release -o out",
      artifacts: [{ from: "/app/out", to: "/app/out" }],
    },
  });
});

const solution = String.raw`
Project("{9A19103F}") = "Web", "src\Web\Web.csproj", "{1}"
EndProject
Project("{9A19103F}") = "Jobs", "src\Jobs\Jobs.csproj", "{2}"
EndProject
Project("{9A19103F}") = "Core", "src\Core\Core.csproj", "{3}"
EndProject
Project("{9A19103F}") = "Tests", "tests\Tests.csproj", "{4}"
EndProject
`;
const inSolution = {
  "Shop.sln": solution,
  "Directory.Build.props":
    "<Project><PropertyGroup><TargetFramework>net9.0</TargetFramework></PropertyGroup></Project>",
  "src/Web/Web.csproj": String.raw`<Project Sdk="Microsoft.NET.Sdk.Web"><ItemGroup><ProjectReference Include="..\Core\Core.csproj" /></ItemGroup></Project>`,
  "src/Jobs/Jobs.csproj": '<Project Sdk="Microsoft.NET.Sdk.Worker"></Project>',
  "src/Core/Core.csproj": '<Project Sdk="Microsoft.NET.Sdk"></Project>',
  "tests/Tests.csproj":
    '<Project Sdk="Microsoft.NET.Sdk"><ItemGroup><PackageReference Include="xunit" /></ItemGroup></Project>',
};

it("runs what serves and what works of a solution, each by its project", async () => {
  const found = await services(inSolution);
  expect(found.map(({ name, kind, path }) => [name, kind, path])).toEqual([
    ["web", "Web", "src/Web"],
    ["jobs", "Worker", "src/Jobs"],
  ]);
  expect(found[0]).toMatchObject({
    runtime: { version: "9.0" },
    start: "ASPNETCORE_URLS=http://0.0.0.0:$PORT ./out/Web",
    recipe: {
      context: ".",
      manifests: [],
      install: "dotnet restore src/Web/Web.csproj",
      build: "dotnet publish src/Web/Web.csproj --no-restore -c Release -o out",
    },
  });
  expect(found[1]?.start).toBe("./out/Jobs");
});

it("widens the context to the projects that one is made of", async () => {
  const detection = await detectIn(dotnet, inSolution, "src/Web");
  expect(detection?.services[0]).toMatchObject({
    path: "src/Web",
    recipe: { context: "src", install: "dotnet restore Web/Web.csproj" },
  });
});

it.each([
  ["Job", "C#", { "tool.csproj": project("", "<OutputType>Exe</OutputType>"), "Program.cs": "Console.WriteLine(1);" }],
  ["Worker", "C#", { "tool.csproj": project("", "<OutputType>Exe</OutputType>"), "Program.cs": "while (true) { }" }],
  ["Job", "F#", { "tool.fsproj": project("", "<OutputType>Exe</OutputType>"), "Program.fs": 'printfn "x"' }],
])("tells a %s in %s", async (kind, language, files) => {
  const [found] = await services(files as unknown as Record<string, string>);
  expect(found).toMatchObject({ kind, start: "./out/tool", sure: "Likely" });
  expect(found?.why.find(({ about }) => about === "start")?.because).toContain(language);
});

it.each([
  ["an exact SDK", '{"sdk":{"version":"8.0.100"}}', "net6.0", {}, ["8.0", "8.0.100", "6.0"]],
  [
    "one that may roll forward",
    '{"sdk":{"version":"8.0.100","rollForward":"latestFeature"}}',
    "net8.0",
    {},
    ["8.0", "8.0", "8.0"],
  ],
  ["one that is too old for its target", '{"sdk":{"version":"6.0.100"}}', "net8.0", {}, ["8.0", "8.0", "8.0"]],
  ["a variable", "{}", "net8.0", { DOTNET_VERSION: "9" }, ["9.0", "9.0", "8.0"]],
])("builds and runs by %s", async (_what, json, framework, env, [version, sdk, runtime]) => {
  const files = { "shop.csproj": project(".Web", "", framework), "global.json": json };
  const [found] = await services(files, { ...noWishes, env });
  expect(found?.runtime?.version).toBe(version);
  expect(found?.recipe.buildImage).toBe(`mcr.microsoft.com/dotnet/sdk:${sdk ?? ""}`);
  expect(found?.recipe.runImage).toBe(`mcr.microsoft.com/dotnet/aspnet:${runtime ?? ""}`);
});

it("serves the files of a Blazor page", async () => {
  const [found] = await services({ "page.csproj": project(".BlazorWebAssembly") });
  expect(found).toMatchObject({
    framework: "blazor",
    start: "caddy run --config /etc/caddy/Caddyfile",
    recipe: { artifacts: [{ from: "/app/out/wwwroot", to: "/srv" }] },
  });
});

it("borrows Node where the project's build calls npm", async () => {
  const spa =
    '<Project Sdk="Microsoft.NET.Sdk.Web"><Target Name="Spa"><Exec Command="npm run build" /></Target></Project>';
  const [found] = await services({ "shop.csproj": spa });
  expect(found?.recipe.borrows[0]?.from).toBe("/usr/local/bin/node");
});

it("says what is a library, and what does not run on Linux", async () => {
  expect((await detectIn(dotnet, { "a.csproj": project("") }))?.notAService).toBe("a .NET library (a.csproj)");
  const desktop = { "a.csproj": project("", "<OutputType>WinExe</OutputType>", "net8.0-windows") };
  expect((await detectIn(dotnet, desktop))?.notAService).toContain("does not run on Linux");
});

it("warns of migrations that nothing runs", async () => {
  const files = { "shop.csproj": project(".Web"), "Migrations/20240101000000_First.cs": "", "Program.cs": "" };
  expect((await detectIn(dotnet, files))?.warnings?.[0]).toContain("EF Core");
  const runs = { ...files, "Program.cs": "db.Database.Migrate();" };
  expect((await detectIn(dotnet, runs))?.warnings).toEqual([]);
});
