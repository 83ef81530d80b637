import type { Rule } from "../rule.ts";

/** A module that the program loads while it runs was pruned with the development dependencies. */
export const devDependencies: readonly Rule[] = [
  {
    id: "dev-dependencies/node",
    signature: "DevDependencyAtRunTime",
    layer: "Deps",
    origin: "catalogue N16",
    propose({ log, failure }, service) {
      if (failure.layer === "Build" || service.recipe.prune === null) return undefined;
      const lines = [...(failure.lines ?? []), ...log];
      const seen = lines
        .map(
          (line) =>
            /Cannot find (?:module|package) '(?<name>@?[a-z0-9][^'./]*(?:\/[^'./]+)?)[^']*'/i.exec(line)?.groups?.[
              "name"
            ] ?? /(?<name>[a-z0-9-]+): not found/.exec(line)?.groups?.["name"],
        )
        .find((name) => name !== undefined);
      if (seen === undefined) return undefined;
      return {
        action: { kind: "KeepDevDependencies" },
        summary: `${service.name} loads ${seen.slice(0, 60)} while it runs, a development dependency; they are kept`,
      };
    },
  },
];
