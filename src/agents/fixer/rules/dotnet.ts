import { end, type Rule } from "../rule.ts";
import { mend, newerRuntimes, otherRuntimes } from "../remedies.ts";
import { addPackages } from "../tables/lookup.ts";

const programs = ["dotnet", "csharp", "fsharp"] as const;

/** What goes wrong with programs of .NET. */
export const dotnet: readonly Rule[] = [
  {
    id: "D01",
    signature: "RuntimeTooOld",
    layer: "Runtime",
    remedy: "the SDK that the project targets",
    stage: "Build",
    of: programs,
    seen: [
      /NETSDK1045.{0,160}\.NET (?<version>\d{1,2}\.\d)|compatible \.NET SDK was not found|Requested SDK version: (?<other>\d{1,2}\.\d)/,
    ],
    answers: (found) => {
      const wanted = found.groups["version"] ?? found.groups["other"];
      return newerRuntimes(found, "it targets a newer .NET", wanted);
    },
  },
  {
    id: "D02",
    signature: "RuntimeMismatch",
    layer: "Runtime",
    remedy: "the runtime that the program was built for, else the newest is let in",
    stage: "Run",
    of: programs,
    seen: [/You must install or update \.NET|Framework: 'Microsoft\.\w{1,20}\.App', version '(?<version>\d{1,2}\.\d)/],
    answers: (found) => [
      ...mend(
        found,
        { kind: "SetEnv", name: "DOTNET_ROLL_FORWARD", value: "Major", phase: "Run" },
        "it was built for another .NET; a newer one is let in",
      ),
      ...otherRuntimes(
        found,
        "it was built for another .NET",
        (line) => found.groups["version"]?.startsWith(line) === true,
        "Older",
      ),
    ],
  },
  {
    id: "D05",
    signature: "MissingLibrary",
    layer: "System",
    remedy: "no ICU, by invariant globalization",
    of: programs,
    seen: [/valid ICU package|libicu/],
    answers: (found) => [
      ...mend(
        found,
        { kind: "SetEnv", name: "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", value: "1", phase: "Both" },
        "the image has no ICU; run without languages of its own",
      ),
      ...addPackages(found.service, "Run", ["libicu-dev"], "ICU"),
    ],
  },
  {
    id: "D04",
    signature: "PrivatePackage",
    layer: "Deps",
    remedy: "none: a feed wants a token, or does not answer",
    stage: "Build",
    of: programs,
    seen: [/NU1301.{0,200}(?:401|403|Unauthorized)|NU1301/],
    answers: ({ service }) => [
      end(
        "NeedsCredential",
        `${service.name} takes packages from a feed that does not let it in`,
        "give its token as a build secret (spec.build.secrets) and name it in nuget.config",
        "Spec",
      ),
    ],
  },
  {
    id: "D03",
    signature: "ProjectAmbiguous",
    layer: "Build",
    remedy: "none: which project is meant has to be said",
    stage: "Build",
    of: programs,
    seen: [/MSB1011/],
    answers: ({ service }) => [
      end(
        "RepoDefect",
        `${service.name}: there is more than one project in the folder`,
        "name the one that runs: spec.services[].build and start",
      ),
    ],
  },
  {
    id: "D06",
    signature: "HttpsWithoutCertificate",
    layer: "Config",
    remedy: "plain http on the port that is passed",
    stage: "Run",
    of: programs,
    seen: [/Unable to configure HTTPS endpoint/],
    answers: (found) =>
      mend(
        found,
        { kind: "SetEnv", name: "ASPNETCORE_URLS", value: "http://+:8080", phase: "Run" },
        "it wants a certificate for https, which the link brings; told to serve plain http",
      ),
  },
];
