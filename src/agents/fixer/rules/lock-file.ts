import type { Rule } from "../rule.ts";

/** Install lines without the frozen lock, by manager. */
const unfrozen: Readonly<Record<string, (line: string) => string>> = {
  npm: (line) => line.replace(/\bnpm ci\b/, "npm install"),
  pnpm: (line) => line.replace(/--frozen-lockfile/, "--no-frozen-lockfile"),
  yarn: (line) => line.replace(/--frozen-lockfile|--immutable|--check-cache/, "").trim(),
  bun: (line) => line.replace(/--frozen-lockfile/, "").trim(),
  poetry: (line) => line.replace(/\bpoetry (install|export)\b/, "poetry lock && poetry $1"),
  uv: (line) => line.replace(/--locked|--frozen/, "").trim(),
  pipenv: (line) => line.replace(/--deploy/, "--skip-lock"),
  cargo: (line) => line.replace(/ --locked\b/, ""),
};

const signatures: readonly { readonly manager: string; readonly seen: RegExp; readonly catalogue: string }[] = [
  {
    manager: "npm",
    seen: /npm ci` can only install packages when|npm (error|ERR!) code EUSAGE|package-lock\.json.*(are not in sync|out of sync)/i,
    catalogue: "N02",
  },
  { manager: "pnpm", seen: /ERR_PNPM_OUTDATED_LOCKFILE/, catalogue: "N05" },
  {
    manager: "yarn",
    seen: /YN0028|lockfile would have been modified|needs to be updated, but yarn was run with/i,
    catalogue: "N07",
  },
  { manager: "bun", seen: /lockfile had changes, but lockfile is frozen/i, catalogue: "observed" },
  {
    manager: "poetry",
    seen: /pyproject\.toml changed significantly since poetry\.lock|poetry\.lock is not up to date/i,
    catalogue: "P-lock",
  },
  { manager: "uv", seen: /lockfile at `?uv\.lock`? needs to be updated/i, catalogue: "P-lock" },
  {
    manager: "cargo",
    seen: /the lock file \S* needs to be updated but --locked was passed|cannot update the lock file \S* because --locked was passed/,
    catalogue: "observed",
  },
  { manager: "pipenv", seen: /Pipfile\.lock .* is out of date|Pipfile\.lock is out-of-date/i, catalogue: "P-lock" },
];

/** The lock file does not agree with the manifest: install by the manifest, and say so. One rule a manager. */
export const lockFile: readonly Rule[] = signatures.map(({ manager, seen, catalogue }) => ({
  id: `lock-file/${manager}`,
  signature: "LockOutOfStep",
  layer: "Deps" as const,
  origin: `catalogue ${catalogue}`,
  propose({ log, failure }, service) {
    if (service.manager?.name !== manager || service.recipe.install === null) return undefined;
    if (![...log, ...(failure.lines ?? [])].some((line) => seen.test(line))) return undefined;
    const install = unfrozen[manager]?.(service.recipe.install);
    if (install === undefined || install === service.recipe.install) return undefined;
    return {
      action: { kind: "SetInstallMode", mode: "Unfrozen", install },
      summary: `${service.manager.lockFile ?? "the lock file"} does not agree with the manifest; installed by ${install.slice(0, 80)}`,
    };
  },
}));
