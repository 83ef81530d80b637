import { end, type Rule } from "../rule.ts";
import { mend, otherStarts } from "../remedies.ts";

const programs = ["java"] as const;
const builds = ["maven", "gradle", "sbt", "java"] as const;

/** What goes wrong when programs of the JVM are built and started. */
export const javaBuild: readonly Rule[] = [
  {
    id: "J08",
    signature: "WrapperBroken",
    layer: "Deps",
    remedy: "the image's Gradle in place of the wrapper",
    stage: "Build",
    of: ["gradle"],
    seen: [
      /Could not find or load main class org\.gradle\.wrapper|gradle-wrapper\.jar|Could not install Gradle distribution|Exception in thread "main" java\.(?:net|io)\.\w+Exception.{0,120}(?:distributions|gradle-\d)/,
    ],
    answers: (found) =>
      mend(
        found,
        { kind: "SetBuildFlag", flag: "OwnGradle" },
        "its Gradle wrapper does not work; the image's Gradle is taken",
      ),
  },
  {
    id: "J08b",
    signature: "WrapperBroken",
    layer: "Deps",
    remedy: "the image's Maven in place of the wrapper",
    origin: "catalogue J08 for Maven's wrapper",
    stage: "Build",
    of: ["maven"],
    seen: [
      /Could not find or load main class org\.apache\.maven\.wrapper|maven-wrapper\.jar|Error: Failed to (?:download|fetch|validate) .{0,200}maven|mvnw: (?:\d+: )?(?:cannot|Syntax error|not found)|(?:wget|curl): .{0,80}(?:Failed|unable|error)|\$\{?MVNW|distributionUrl is not valid/,
    ],
    answers: (found) =>
      mend(
        found,
        { kind: "SetBuildFlag", flag: "OwnMaven" },
        "its Maven wrapper does not work; the image's Maven is taken",
      ),
  },
  {
    id: "J07",
    signature: "ScriptRights",
    layer: "Build",
    remedy: "scripts get the right to run, and their line ends mended",
    stage: "Build",
    of: builds,
    seen: [/(?:mvnw|gradlew): Permission denied|\^M: bad interpreter|\/bin\/sh\^M/],
    answers: (found) =>
      mend(
        found,
        { kind: "AddBuildStep", step: "ScriptRights" },
        "its scripts lack the right to run, or have line ends of Windows; mended in the build",
      ),
  },
  {
    id: "J09",
    signature: "PlainHttpRepository",
    layer: "Deps",
    remedy: "none: Maven takes nothing over plain http any more",
    stage: "Build",
    of: builds,
    seen: [
      /Blocked mirror for repositories|501 HTTPS Required|maven-default-http-blocker|Using insecure protocols with repositories/,
    ],
    answers: ({ service }) => [
      end(
        "RepoDefect",
        `${service.name} takes libraries from a repository over plain http, which Maven and Gradle refuse`,
        "write https:// in its pom.xml or build.gradle; Maven Central needs no entry at all",
      ),
    ],
  },
  {
    id: "J10",
    signature: "ArtifactMissing",
    layer: "Deps",
    remedy: "none: a library is not published",
    stage: "Build",
    of: builds,
    seen: [
      /Could not find artifact (?<artifact>[\w.:-]{1,160})|Could not find (?<other>[\w.-]{1,80}:[\w.-]{1,80}:[\w.-]{1,40})\./,
    ],
    unless: [/Could not transfer artifact/],
    answers: ({ service, groups }) => [
      end(
        "RepoDefect",
        `${service.name} needs ${(groups["artifact"] ?? groups["other"] ?? "a library").slice(0, 160)}, which no repository has that its build names`,
        "publish it, name its repository in the build, or take another version",
      ),
    ],
  },
  {
    id: "J12",
    signature: "ChecksFail",
    layer: "Build",
    remedy: "plug-ins that judge code are switched off",
    stage: "Build",
    of: builds,
    seen: [
      /Failed to execute goal .{0,80}(?:checkstyle|spotless|enforcer|license|apache-rat|pmd|spotbugs|findbugs|fmt-maven|formatter|impsort|animal-sniffer|jacoco|javadoc|git-commit-id|cyclonedx|dependency-check|sonar)[\w-]{0,40}:[\w.]{1,20}:/,
      /(?:checkstyle|spotless|enforcer|license|apache-rat|pmd|spotbugs|findbugs|fmt-maven|formatter|impsort|animal-sniffer|jacoco|javadoc|git-commit-id|cyclonedx|dependency-check|sonar)[\w-]{0,40}-?(?:maven-plugin|plugin)?:[\w.]{1,20}:\w{1,30}.{0,160}(?:fail|violation|rule|error)|Execution failed for task ':[\w:-]{0,60}(?:checkstyle|spotless|pmd|spotbugs|license|ktlint|detekt|javadoc)\w*'/i,
    ],
    answers: (found) =>
      mend(
        found,
        { kind: "SkipStep", step: "Checks" },
        "a plug-in that judges its code stops the build; those are left out",
      ),
  },
  {
    id: "J11",
    signature: "TestsFail",
    layer: "Build",
    remedy: "tests are not run",
    stage: "Build",
    of: builds,
    seen: [
      /There are test failures|maven-(?:surefire|failsafe)-plugin.{0,160}(?:fail|error|crash)|Execution failed for task ':[\w:-]{0,60}test'|There were failing tests|Compilation failure.{0,80}testCompile|maven-compiler-plugin:[\w.]{1,20}:testCompile|compileTest(?:Java|Kotlin)' ?FAILED|Execution failed for task ':[\w:-]{0,60}compileTest/,
    ],
    answers: (found) =>
      mend(found, { kind: "SkipStep", step: "Tests" }, "its tests fail or need what is not here; they are not run"),
  },
  {
    id: "J13",
    signature: "AndroidApp",
    layer: "Build",
    remedy: "none: an app of Android is no service",
    stage: "Build",
    of: builds,
    seen: [/SDK location not found|ANDROID_(?:HOME|SDK_ROOT)/],
    answers: ({ service }) => [
      end(
        "NotAService",
        `${service.name} is an app for Android: it runs on a phone, not in a cluster`,
        "if it has a server beside it, name its folder: spec.services[].path",
      ),
    ],
  },
  {
    id: "J14",
    signature: "BuildOutOfMemory",
    layer: "Build",
    remedy: "a larger heap on the larger builder",
    stage: "Build",
    of: builds,
    seen: [
      /Java heap space|OutOfMemoryError: (?:Metaspace|GC overhead)|Gradle build daemon disappeared|GC overhead limit exceeded/,
    ],
    answers: (found) =>
      mend(
        found,
        { kind: "SetMemory", stage: "Build", megabytes: 4096 },
        "its build needs a larger heap; built on the larger builder",
      ),
  },
  {
    id: "J14b",
    signature: "OutOfMemory",
    layer: "Process",
    remedy: "a higher limit, and a heap that follows it",
    origin: "catalogue J14, at run time",
    stage: "Run",
    of: programs,
    seen: [/OutOfMemoryError: (?:Java heap space|Metaspace|GC overhead)|insufficient memory for the Java Runtime/],
    answers: (found) =>
      mend(
        found,
        { kind: "SetMemory", stage: "Run", megabytes: 1024 },
        "its heap is too small; its memory limit is 1 GiB now",
      ),
  },
  {
    id: "J15",
    signature: "StartMissing",
    layer: "Process",
    remedy: "another archive or main class that code found",
    stage: "Run",
    of: programs,
    seen: [
      /no main manifest attribute|Could not find or load main class|Error: Unable to access jarfile|Unable to access jarfile/,
    ],
    answers: (found) => otherStarts(found, "what it starts has no main class"),
  },
  {
    id: "J20",
    signature: "PortTaken",
    layer: "Process",
    remedy: "the server's port is the one that is passed",
    stage: "Run",
    of: programs,
    seen: [/Port (?<port>\d{2,5}) was already in use|Address already in use: bind/],
    answers: (found) =>
      mend(
        found,
        { kind: "SetEnv", name: "MANAGEMENT_SERVER_PORT", value: "9001", phase: "Run" },
        "two of its servers want one port; its management has another now",
      ),
  },
];
