import type { Service } from "../../../plan.ts";

const plain = /^[A-Za-z0-9][\w.-]*(?:\[[\w,-]+\])?(?:(?:[<>=!~]=?[\d.]+)(?:,[<>=!~]=?[\d.]+)*)?$/;
const bounds = "/tmp/bounds.txt";

/**
 * A Python service with further distributions, installed after its own and so stronger than what they say, or (`Build`) with bounds for what
 * builds them. Nothing is added to programs of other languages: what they lack is a defect of their manifest.
 */
export function withDependencies(
  service: Service,
  stage: "Install" | "Build",
  dependencies: readonly string[],
): Service {
  const { recipe } = service;
  if (
    service.runtime?.name !== "python" ||
    recipe.dockerfile !== undefined ||
    !dependencies.every((each) => plain.test(each))
  )
    return service;
  const words = dependencies.map((each) => `'${each}'`).join(" ");
  if (stage === "Install") {
    const line = `pip install ${words}`;
    if (recipe.install?.includes(line) === true) return service;
    return {
      ...service,
      recipe: { ...recipe, install: recipe.install === null ? line : `${recipe.install} && ${line}` },
    };
  }
  if (recipe.install === null || recipe.install.includes(bounds)) return service;
  // Pip tells its builds apart since 25.3; uv has a variable of its own.
  const variables = ["PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT", "UV_BUILD_CONSTRAINT"].map(
    (name) => `${name}=${bounds}`,
  );
  const install = `printf '%s\\n' ${words} > ${bounds} && export ${variables.join(" ")} && ${recipe.install}`;
  return { ...service, recipe: { ...recipe, install } };
}
