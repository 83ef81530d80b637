import type { Service } from "../../../plan.ts";
import { isServedFiles } from "../static/caddy.ts";

/** Where builds of page servers leave what browsers get, and what their own server runs; relative to the service's folder. */
const folders: Readonly<Record<string, readonly [browser: string, server: string]>> = {
  next: [".next/static", ".next/server"],
  nuxt: [".output/public", ".output/server"],
  "solid-start": [".output/public", ".output/server"],
  sveltekit: ["build/client", "build/server"],
  remix: ["build/client", "build/server"],
  "react-router": ["build/client", "build/server"],
  astro: ["dist/client", "dist/server"],
};

/**
 * Shell words behind a front end's build: in what browsers get, an address that was built in becomes a path; in what its server runs, the address
 * `inside`. `address`: scheme, host and port only. Undefined where it is not known what the build leaves.
 */
export function replacing(front: Service, address: string, path: string, inside: string): string | undefined {
  const [artifact] = front.recipe.artifacts;
  if (!/^\w{2,5}:\/\/[\w.]+:\d{2,5}$/.test(address)) return undefined;
  if (isServedFiles(front)) return artifact === undefined ? undefined : inFiles(artifact.from, "*.[jhm]*", address, path);
  const places = front.recipe.build === null ? undefined : folders[front.framework ?? ""];
  if (places === undefined) return undefined;
  const [browser, server] = places.map((place) => `[ ! -d ${place} ] || ${inFiles(place, "*.*js", address, place === places[0] ? path : inside)}`);
  return `{ ${browser}; } && { ${server}; }`;
} // prettier-ignore

function inFiles(folder: string, names: string, from: string, to: string): string {
  return `find ${folder} -type f -name '${names}' -exec sed -i 's#${from}#${to}#g' {} +`;
}
