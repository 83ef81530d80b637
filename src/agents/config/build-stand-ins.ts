import type { Service, Variable } from "../../plan.ts";

/** Long enough for what insists on a length, and no secret of anything. */
const text = "stand-in-for-the-build-only-0123456789abcdef0123456789abcdef";
const parts: Readonly<Record<string, string>> = {
  host: "127.0.0.1",
  port: "1",
  username: "build",
  password: "build",
  database: "build",
};

/**
 * Values for a build step that loads the program's settings (`collectstatic`), where these insist on what only a release has: constants, in the
 * build stage alone, so that nothing secret is ever built into an image.
 */
export function withStandIns(service: Service): Service {
  const { recipe } = service;
  if (recipe.build === null || !/\bmanage\.py collectstatic\b/.test(recipe.build)) return service;
  const lacking = service.env.flatMap((variable) => {
    const value = standIn(variable);
    return value === undefined || Object.hasOwn(recipe.buildEnv, variable.name)
      ? []
      : [[variable.name, value] as const];
  });
  if (lacking.length === 0) return service;
  return { ...service, recipe: { ...recipe, buildEnv: { ...recipe.buildEnv, ...Object.fromEntries(lacking) } } };
}

function standIn({ source, value, phase }: Variable): string | undefined {
  if (phase !== "Run") return undefined;
  switch (source) {
    case "Generated":
    case "Needed":
    case "Secret":
      return text;
    case "Database":
      return (value ?? "").replaceAll(/\{(?<part>\w{1,20})\}/g, (whole, part: string) => parts[part] ?? whole);
    case "Literal":
      return value;
    case "Optional":
    case "Port":
    case "Service":
      return undefined;
  }
}
