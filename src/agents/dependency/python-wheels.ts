/** The first version of a package that ships compiled for a line of Python. An older one would be built from source there, and mostly cannot be. */
type Firsts = Readonly<Partial<Record<"3.8" | "3.9" | "3.10" | "3.11" | "3.12" | "3.13" | "3.14", string>>>;

const table: Readonly<Record<string, Firsts>> = {
  numpy: { "3.10": "1.21.2", "3.11": "1.23.2", "3.12": "1.26.0", "3.13": "2.1.0", "3.14": "2.3.2" },
  pandas: { "3.10": "1.3.3", "3.11": "1.5.0", "3.12": "2.1.1", "3.13": "2.2.3", "3.14": "2.3.3" },
  scipy: { "3.10": "1.7.2", "3.11": "1.9.2", "3.12": "1.11.2", "3.13": "1.14.1", "3.14": "1.16.1" },
  "scikit-learn": { "3.10": "1.0.1", "3.11": "1.1.3", "3.12": "1.3.1", "3.13": "1.5.2", "3.14": "1.7.2" },
  matplotlib: { "3.10": "3.5.0", "3.11": "3.6.0", "3.12": "3.8.0", "3.13": "3.9.2", "3.14": "3.10.5" },
  pillow: { "3.10": "8.4.0", "3.11": "9.3.0", "3.12": "10.1.0", "3.13": "11.0.0", "3.14": "12.0.0" },
  "psycopg2-binary": { "3.10": "2.9.2", "3.11": "2.9.5", "3.12": "2.9.9", "3.13": "2.9.10", "3.14": "2.9.11" },
  lxml: { "3.10": "4.7.1", "3.11": "4.9.2", "3.12": "4.9.3", "3.13": "5.3.0", "3.14": "6.0.0" },
  torch: { "3.10": "1.11.0", "3.11": "2.0.0", "3.12": "2.2.0", "3.13": "2.5.0", "3.14": "2.9.0" },
  torchvision: { "3.10": "0.12.0", "3.11": "0.15.1", "3.12": "0.17.0", "3.13": "0.20.0", "3.14": "0.24.0" },
  torchaudio: { "3.10": "0.11.0", "3.11": "2.0.1", "3.12": "2.2.0", "3.13": "2.5.0", "3.14": "2.9.0" },
  tensorflow: { "3.10": "2.8.0", "3.11": "2.12.0", "3.12": "2.16.1", "3.13": "2.20.0", "3.14": "2.21.0" },
  aiohttp: { "3.10": "3.8.0", "3.11": "3.8.3", "3.12": "3.9.0", "3.13": "3.10.6", "3.14": "3.13.0" },
  greenlet: { "3.10": "1.1.2", "3.11": "2.0.0", "3.12": "3.0.0", "3.13": "3.1.0", "3.14": "3.2.4" },
  cffi: { "3.10": "1.15.0", "3.11": "1.15.1", "3.12": "1.16.0", "3.13": "1.17.0", "3.14": "2.0.0" },
  "pydantic-core": { "3.12": "2.6.3", "3.13": "2.20.0", "3.14": "2.41.0" },
  grpcio: { "3.10": "1.42.0", "3.11": "1.49.1", "3.12": "1.59.0", "3.13": "1.66.2", "3.14": "1.75.1" },
  pyyaml: { "3.10": "6.0", "3.11": "6.0", "3.12": "6.0.1", "3.13": "6.0.2", "3.14": "6.0.3" },
  gevent: { "3.10": "21.12.0", "3.11": "22.10.1", "3.12": "23.9.0", "3.13": "24.10.1", "3.14": "25.9.1" },
  uvloop: { "3.10": "0.16.0", "3.11": "0.17.0", "3.12": "0.19.0", "3.13": "0.21.0", "3.14": "0.22.0" },
  numba: { "3.10": "0.55.0", "3.11": "0.57.0", "3.12": "0.59.0", "3.13": "0.61.0", "3.14": "0.63.0" },
  shapely: { "3.10": "1.8.0", "3.11": "1.8.5", "3.12": "2.0.2", "3.13": "2.0.6", "3.14": "2.1.2" },
  statsmodels: { "3.10": "0.13.1", "3.11": "0.13.5", "3.12": "0.14.1", "3.13": "0.14.4", "3.14": "0.14.6" },
  tiktoken: { "3.11": "0.3.0", "3.12": "0.5.1", "3.13": "0.8.0", "3.14": "0.12.0" },
  // Not compiled, but it imports what later lines of Python no longer have (distutils, cgi).
  django: { "3.8": "1.11.17", "3.9": "1.11.17", "3.10": "3.2.9", "3.11": "4.1.3", "3.12": "4.2.8", "3.13": "4.2.8", "3.14": "5.2.8" },
  // entry_points() lost what earlier ones ask of it.
  celery: { "3.12": "5.3.0", "3.13": "5.3.0", "3.14": "5.3.0" },
}; // prettier-ignore

/** Packages about whose versions something is known. */
export const compiledPackages: ReadonlySet<string> = new Set(Object.keys(table));

const lines = ["3.14", "3.13", "3.12", "3.11", "3.10", "3.9", "3.8"] as const;

/** The newest line of Python on which what is pinned can be installed, and which package says so; undefined where nothing bounds it. */
export function newestPythonFor(
  pins: ReadonlyMap<string, string>,
): { readonly line: string; readonly because: string } | undefined {
  let newest: { at: number; because: string } | undefined;
  for (const [name, specifier] of pins) {
    const firsts = Object.hasOwn(table, name) ? table[name] : undefined;
    if (firsts === undefined) continue;
    const found = lines.findIndex((line) => {
      const first = firsts[line];
      return first === undefined || mayReach(specifier, first);
    });
    const at = found === -1 ? lines.length : found;
    if (at > 0 && at > (newest?.at ?? 0)) newest = { at, because: `${name}${specifier}` };
  }
  return newest && { line: lines[newest.at] ?? "3.7", because: newest.because };
}

/** True where a version from `first` on satisfies the specifier: `==1.24.3`, `<2`, `~=1.26.0`, several of them with commas. */
export function mayReach(specifier: string, first: string): boolean {
  return specifier
    .split(",")
    .slice(0, 8)
    .every((clause) => {
      const [, operator = "", version = ""] = /^\s*(===?|<=|<|~=|\^)\s*v?(\d+(?:\.\d+)*)/.exec(clause) ?? [];
      if (operator === "") return true;
      if (operator === "<") return compareVersions(first, version) < 0;
      if (operator === "^") return compareVersions(first, next(version, version.startsWith("0.") ? 2 : 1)) < 0;
      if (operator === "~=") return compareVersions(first, next(version, version.split(".").length - 1)) < 0;
      if (clause.includes(".*")) return compareVersions(first, next(version, version.split(".").length)) < 0;
      return compareVersions(first, version) <= 0;
    });
}

/** `1.26.0` after its first two parts: `1.27`. */
function next(version: string, parts: number): string {
  const kept = version.split(".").slice(0, Math.max(1, parts)).map(Number);
  return [...kept.slice(0, -1), (kept.at(-1) ?? 0) + 1].join(".");
}

/** Compares released versions number by number, a missing part as 0. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [one, other].map((text) => text.split(".").map((part) => Number.parseInt(part, 10) || 0));
  for (let at = 0; at < Math.max(a?.length ?? 0, b?.length ?? 0); at += 1) {
    const difference = (a?.[at] ?? 0) - (b?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
