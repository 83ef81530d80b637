import type { Service } from "../../plan.ts";
import type { Platform } from "../detection/language.ts";

type Runtime = NonNullable<Service["runtime"]>;

/** Lines of runtimes that official images exist of, newest first. */
const lines: Readonly<Record<string, readonly string[]>> = {
  python: ["3.14", "3.13", "3.12", "3.11", "3.10", "3.9", "3.8"],
  node: ["24", "22", "20", "18", "16", "14"],
  java: ["25", "21", "17", "11", "8"],
  go: ["1.26", "1.25", "1.24", "1.23", "1.22"],
  ruby: ["4.0", "3.4", "3.3", "3.2", "3.1", "2.7"],
  php: ["8.5", "8.4", "8.3", "8.2", "8.1", "7.4"],
  rust: ["1.96", "1.92", "1.88", "1.85", "1.82", "1.79", "1.75"],
  dotnet: ["10.0", "9.0", "8.0", "6.0"],
};

/** How images of a runtime are called, where that is another name. */
const images: Readonly<Record<string, string>> = { java: "eclipse-temurin", go: "golang", dotnet: "sdk" };

/** The runtime with the other lines that a fix may take, where no person has named one. `platform`: with lines, not tags. */
export function withOthers(runtime: Runtime, platform: Platform): Runtime {
  if (runtime.from === "spec" || runtime.from.startsWith("spec ")) return runtime;
  const listed = platform.listed[images[runtime.name] ?? runtime.name] ?? [];
  const there = platform.baseImages === "Listed" ? listed : (lines[runtime.name] ?? []);
  const others = there.filter((line) => line !== runtime.version).slice(0, 8);
  return others.length === 0 ? runtime : { ...runtime, others };
}
