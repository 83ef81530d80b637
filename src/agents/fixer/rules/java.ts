import { type Found, type Rule } from "../rule.ts";
import { mend, newerRuntimes, olderRuntimes, otherRuntimes } from "../remedies.ts";

const builds = ["maven", "gradle", "sbt", "java"] as const;

/** What goes wrong between programs of the JVM and their JDK. */
export const java: readonly Rule[] = [
  {
    id: "J01",
    signature: "RuntimeTooOld",
    layer: "Runtime",
    remedy: "the JDK that the build asks for",
    stage: "Build",
    of: builds,
    seen: [
      /invalid target release: (?<version>\d{1,2})|release version (?<other>\d{1,2}) not supported|invalid source release:? (?<third>\d{1,2})|Cannot find a Java installation.{0,120}(?:languageVersion|matching)[^\d]{0,20}(?<fourth>\d{1,2})|requires at least JVM runtime version (?<fifth>\d{1,2})|requires Java (?<sixth>\d{1,2})/,
    ],
    answers: (found) => {
      const wanted = ["version", "other", "third", "fourth", "fifth", "sixth"]
        .map((name) => found.groups[name])
        .find((each) => each !== undefined);
      const now = Number(found.service.runtime?.version ?? "0");
      const number = Number(wanted ?? "0");
      if (number > now) return newerRuntimes(found, `it is built for Java ${String(number)}`, String(number));
      return olderRuntimes(found, `it is built for Java ${String(number)}, which this JDK does not know any more`);
    },
  },
  {
    id: "J02",
    signature: "RuntimeMismatch",
    layer: "Runtime",
    remedy: "the JDK of the class files' version",
    of: builds,
    seen: [
      /Unsupported class file major version (?<newer>\d{2})|class file version (?<version>\d{2})\.\d|wrong version (?<third>\d{2})\.0, should be|UnsupportedClassVersionError/,
    ],
    answers: classFiles,
  },
  {
    id: "J03",
    signature: "RuntimeTooNew",
    layer: "Runtime",
    remedy: "an older JDK, which still knows the old language level",
    stage: "Build",
    of: builds,
    seen: [
      /[Ss]ource option (?<level>[5-7]) is no longer supported|Target option [5-7] is no longer supported|source value (?:1\.)?[5-7] is (?:obsolete|no longer)/,
    ],
    answers: (found) => olderRuntimes(found, "its language level is older than this JDK takes"),
  },
  {
    id: "J04",
    signature: "RuntimeTooNew",
    layer: "Runtime",
    remedy: "JDK 8, which has javax.xml.bind",
    of: builds,
    seen: [
      /package javax\.(?:xml\.bind|annotation|activation|jws|xml\.ws) does not exist|NoClassDefFoundError: javax\/(?:xml\/bind|annotation|activation)|ClassNotFoundException: javax\.xml\.bind/,
    ],
    answers: (found) => otherRuntimes(found, "it uses what left the JDK with Java 11", (line) => line === "8", "Older"),
  },
  {
    id: "J05",
    signature: "ClosedModules",
    layer: "Runtime",
    remedy: "the JDK's packages opened, as before Java 17",
    of: builds,
    seen: [
      /InaccessibleObjectException|does not "(?:opens|exports)|IllegalAccessError: class .{0,120}cannot access class .{0,80}jdk\.compiler/,
    ],
    answers: (found) => {
      const opens = [
        "java.base/java.lang",
        "java.base/java.util",
        "java.base/java.lang.reflect",
        "java.base/java.text",
        "java.base/java.io",
        "java.base/java.net",
        "java.desktop/java.awt.font",
      ].map((each) => `--add-opens=${each}=ALL-UNNAMED`);
      return [
        ...mend(
          found,
          { kind: "SetEnv", name: "JDK_JAVA_OPTIONS", value: opens.join(" "), phase: found.evidence.stage },
          "it reaches into the JDK's own packages; they are opened for it",
        ),
        ...olderRuntimes(found, "it reaches into the JDK's own packages, which an older one lets it"),
      ];
    },
  },
  {
    id: "J06",
    signature: "RuntimeTooNew",
    layer: "Runtime",
    remedy: "a JDK that its Lombok knows",
    stage: "Build",
    of: builds,
    seen: [
      /NoSuchFieldError.{0,60}JC(?:Import|Tree)|NoSuchFieldException: com\.sun\.tools\.javac\.code\.TypeTag|lombok\.javac\.apt\.LombokProcessor.{0,160}(?:IllegalAccess|could not be initialized)/,
    ],
    answers: (found) => olderRuntimes(found, "its Lombok is older than this JDK"),
  },
];

/** Class files of a newer Java want that one; a tool that does not know this Java's files wants an older one. */
function classFiles(found: Found): ReturnType<Rule["answers"]> {
  const text = found.evidence.lines.find((line) => /class file version (\d{2})/.test(line)) ?? "";
  const needed =
    found.groups["version"] ??
    /class file version (?<version>\d{2})/.exec(text)?.groups?.["version"] ??
    found.groups["third"];
  if (found.groups["newer"] !== undefined) {
    return olderRuntimes(
      found,
      `a tool of its build does not know class files of Java ${String(Number(found.groups["newer"]) - 44)}`,
    );
  }
  if (needed === undefined) return newerRuntimes(found, "it was compiled for a newer Java");
  const line = String(Number(needed) - 44);
  return newerRuntimes(found, `it was compiled for Java ${line}`, line);
}
