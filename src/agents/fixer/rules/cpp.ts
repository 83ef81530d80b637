import { mend } from "../remedies.ts";
import type { Rule } from "../rule.ts";
import { addLibrary, addPackages } from "../tables/lookup.ts";

/** What goes wrong while C and C++ are compiled and linked, in programs of their own or in others' add-ons. */
export const cpp: readonly Rule[] = [
  {
    id: "C01",
    signature: "MissingLibrary",
    layer: "System",
    remedy: "the package that has the header",
    stage: "Build",
    seen: [
      /(?:fatal )?error: '?(?<header>[\w./+-]{1,80}?(?:\.h|\.hpp|\.hh|\/[a-z_]{1,40}))'?(?:: No such file| file not found)/,
    ],
    answers: ({ service, groups }) => addLibrary(service, "Build", "header", groups["header"]),
  },
  {
    id: "C02",
    signature: "MissingLibrary",
    layer: "System",
    remedy: "the package that has the library",
    stage: "Build",
    seen: [
      /cannot find -l(?<name>[\w.+-]{1,40})/,
      /(?:package configuration file provided by|Could NOT find|Could not find a package configuration file provided by) "?(?<name>[\w.+-]{1,40})"?/,
      /(?:Package|Dependency) '?"?(?<name>[\w.+-]{1,40})"?'? (?:was not found|not found|found: NO)|No package '(?<other>[\w.+-]{1,40})' found/,
      /(?:C\+\+|C|C shared or static) library '(?<name>[\w.+-]{1,40})' not found|required packages were not found|- (?<name2>[a-z][\w.+-]{1,40})$/,
    ],
    answers: ({ service, groups }) => {
      const name = groups["name"] ?? groups["other"] ?? groups["name2"];
      return addLibrary(service, "Build", "name", name?.toLowerCase());
    },
  },
  {
    id: "C03",
    signature: "OldCMakeFile",
    layer: "Build",
    remedy: "CMake takes a file for its older self",
    stage: "Build",
    seen: [/Compatibility with CMake < 3\.5 has been removed/],
    answers: (found) =>
      mend(
        found,
        { kind: "SetBuildFlag", flag: "CMakeOldPolicy" },
        "its CMakeLists.txt is for a CMake before 3.5; taken as such",
      ),
  },
  {
    id: "C02b",
    signature: "MissingProgram",
    layer: "System",
    remedy: "the package that has the tool",
    origin: "catalogue O16 for C and C++",
    stage: "Build",
    of: ["cpp", "c"],
    seen: [
      /(?:\/bin\/sh|make|bash)(?:: \d+|\[\d\])?:? (?:line \d+: |\d+: )?(?<command>[\w.+-]{2,30}): (?:command )?not found|make: (?<other>[\w.+-]{2,30}): No such file|Program '?(?<third>[\w.+-]{2,30})'? (?:not found|found: NO)|CMake was unable to find a build program corresponding to "(?<tool>\w{2,20})/,
    ],
    answers: ({ service, groups }) => {
      const tool = groups["tool"]?.toLowerCase();
      const word = groups["command"] ?? groups["other"] ?? groups["third"] ?? (tool === "unix" ? "make" : tool);
      if (word === "python" || word === "python3")
        return addPackages(service, "Build", ["python3"], "Python for the build");
      return addLibrary(service, "Build", "command", word);
    },
  },
];
