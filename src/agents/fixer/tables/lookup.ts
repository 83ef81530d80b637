import type { Service } from "../../../plan.ts";
import type { Stage } from "../evidence.ts";
import { act, type Answer } from "../rule.ts";
import type { NativeLibrary } from "./native-library.ts";
import { nativeLibraries } from "./system-packages.ts";

type Kind = "header" | "object" | "name" | "command";

/** The library that has a header, a shared object, a name of a linker, or a program; undefined for what the table does not know. */
export function libraryOf(kind: Kind, word: string): readonly [name: string, library: NativeLibrary] | undefined {
  return Object.entries(nativeLibraries).find(([, library]) => {
    switch (kind) {
      case "header":
        return library.headers?.some(
          (each) => each === word || word.endsWith(`/${each}`) || (each.endsWith("/") && word.includes(each)),
        );
      case "object":
        return library.objects?.some(
          (each) => word === each || word.startsWith(`${each}.`) || (each.endsWith("-") && word.startsWith(each)),
        );
      case "name":
        return library.names?.includes(word.toLowerCase());
      case "command":
        return library.commands?.includes(word.slice(word.lastIndexOf("/") + 1));
    }
  });
}

/** Debian packages that a stage lacks, as remedies: what a build links to, the program needs as well. */
export function addLibrary(service: Service, stage: Stage, kind: Kind, word: string | undefined): readonly Answer[] {
  const found = word === undefined ? undefined : libraryOf(kind, word);
  if (found === undefined) return [];
  const [name, library] = found;
  return addPackages(service, stage, stage === "Build" ? library.build : library.run, name);
}

/** What of a list of packages is not there yet, as a remedy. */
export function addPackages(
  service: Service,
  stage: Stage,
  packages: readonly string[],
  name: string,
): readonly Answer[] {
  const present = stage === "Build" ? service.recipe.buildPackages : service.recipe.runPackages;
  const missing = packages.filter((each) => !present.includes(each));
  if (missing.length === 0) return [];
  const where = stage === "Build" ? "build" : "image";
  return [
    act(
      { kind: "AddPackages", stage, packages: missing },
      `${service.name} needs ${name}: ${missing.join(", ").slice(0, 150)} added to the ${where}`,
    ),
  ];
}
