import type { Accelerator } from "./environment.ts";
import { compareVersions } from "./python-wheels.ts";

/** One release of PyTorch and what goes with it. */
interface Row {
  readonly torch: string;
  readonly torchvision: string;
  readonly torchaudio: string;
  /** transformers from this version on pass over a torch so old. */
  readonly transformersBelow?: string;
  /** Compiled against NumPy 1. */
  readonly numpyBelow?: string;
}

/** Newest first. A patch release goes with the row of its minor. */
const matrix: readonly Row[] = [
  { torch: "2.9", torchvision: "0.24", torchaudio: "2.9" },
  { torch: "2.8", torchvision: "0.23", torchaudio: "2.8" },
  { torch: "2.7", torchvision: "0.22", torchaudio: "2.7" },
  { torch: "2.6", torchvision: "0.21", torchaudio: "2.6" },
  { torch: "2.5", torchvision: "0.20", torchaudio: "2.5" },
  { torch: "2.4", torchvision: "0.19", torchaudio: "2.4" },
  { torch: "2.3", torchvision: "0.18", torchaudio: "2.3", transformersBelow: "5" },
  { torch: "2.2", torchvision: "0.17", torchaudio: "2.2", transformersBelow: "5", numpyBelow: "2" },
  { torch: "2.1", torchvision: "0.16", torchaudio: "2.1", transformersBelow: "4.57", numpyBelow: "2" },
  { torch: "2.0", torchvision: "0.15", torchaudio: "2.0", transformersBelow: "4.50", numpyBelow: "2" },
  { torch: "1.13", torchvision: "0.14", torchaudio: "0.13", transformersBelow: "4.48", numpyBelow: "2" },
  { torch: "1.12", torchvision: "0.13", torchaudio: "0.12", transformersBelow: "4.48", numpyBelow: "2" },
  { torch: "1.11", torchvision: "0.12", torchaudio: "0.11", transformersBelow: "4.48", numpyBelow: "2" },
];

/** What has to be said besides the requirements, so that PyTorch and what is built on it fit one another. */
export interface Alignment {
  /** Further requirements: `numpy<2`. */
  readonly bounds: readonly string[];
  /** Requirements that take the place of pins that cannot be together: `torchvision==0.16.*`. */
  readonly overrides: readonly string[];
  /** For people: `torch 2.1 was compiled against NumPy 1`. */
  readonly because: readonly string[];
}

/** What is computed on, and builds that requirements name for one (`torch==2.1.0+cu118`): name → that of the build. */
export interface Target {
  readonly accelerator: Accelerator | undefined;
  /** `Kubernetes on AWS` */
  readonly environment: string;
  readonly builds: ReadonlyMap<string, string>;
}

const anyTarget: Target = { accelerator: undefined, environment: "Local", builds: new Map() };

/**
 * Aligns torchvision, torchaudio, transformers and numpy with the torch that is pinned, and all of them with what they compute on. `pins`: normalised
 * name → specifier; `names`: all that is required.
 */
export function alignTorch(
  pins: ReadonlyMap<string, string>,
  names: ReadonlySet<string>,
  target: Target = anyTarget,
): Alignment {
  const { overrides, because } = forProcessor(pins, target);
  const torch = /^==\s*(\d+\.\d+)/.exec(pins.get("torch") ?? "")?.[1];
  const row = matrix.find((one) => one.torch === torch);
  if (row === undefined) return { bounds: [], overrides, because };
  const bounds: string[] = [];
  if (row.numpyBelow !== undefined && !pins.has("numpy")) {
    bounds.push(`numpy<${row.numpyBelow}`);
    because.push(`torch ${row.torch} was compiled against NumPy 1`);
  }
  if (row.transformersBelow !== undefined && names.has("transformers") && !pins.has("transformers")) {
    bounds.push(`transformers<${row.transformersBelow}`);
    because.push(`newer transformers pass over torch ${row.torch}`);
  }
  for (const name of ["torchvision", "torchaudio"] as const) {
    const pinned = /^==\s*(\d+\.\d+)/.exec(pins.get(name) ?? "")?.[1];
    if (pinned === undefined || compareVersions(pinned, row[name]) === 0) continue;
    const before = overrides.findIndex((one) => one.startsWith(`${name}==`));
    if (before !== -1) overrides.splice(before, 1);
    overrides.push(`${name}==${row[name]}.*`);
    because.push(`${name} ${row[name]} goes with torch ${row.torch}, not ${pinned}`);
  }
  return { bounds, overrides, because };
}

/** A build for a GPU gives way to the plain one of the same version, where there is none. */
function forProcessor(
  pins: ReadonlyMap<string, string>,
  { accelerator, environment, builds }: Target,
): { readonly overrides: string[]; readonly because: string[] } {
  const overrides: string[] = [];
  const because: string[] = [];
  if (accelerator !== "Cpu") return { overrides, because };
  for (const [name, build] of builds) {
    const pinned = /^==\s*(\d+(?:\.\d+){1,3})$/.exec(pins.get(name) ?? "")?.[1];
    if (pinned === undefined) continue;
    overrides.push(`${name}==${pinned}`);
    because.push(`${name} ${pinned}+${build} is for a GPU, and ${environment} gives none`);
  }
  return { overrides, because };
}
