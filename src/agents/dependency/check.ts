import { z } from "zod";
import type { ModuleCheck, Service } from "../../plan.ts";
import { plainText } from "../detection/plain-text.ts";

/** What came of a check: whether each module imports in the built image, and in which version it is installed. */
export const CheckResult = z.object({
  modules: z
    .array(
      z.object({
        module: z.string().max(80),
        /** null: not installed, or it does not say. */
        version: z.string().max(40).nullable(),
        imports: z.boolean(),
        /** Why it does not import. */
        error: z.string().max(300).optional(),
      }),
    )
    .max(16),
});
export type CheckResult = z.infer<typeof CheckResult>;

/** The modules of a service that are to be checked before it is released. */
export function checksOf(service: Pick<Service, "checks">): readonly ModuleCheck[] {
  return (service.checks ?? []).filter(({ when }) => when === "Always");
}

const marker = "repo-runner-check ";
const pythonName = /^[A-Za-z_]\w{0,40}(?:\.[A-Za-z_]\w{0,40}){0,4}$/;
const packageName = /^[A-Za-z0-9][\w.-]{0,60}$/;
const nodeName = /^(?:@[a-z0-9][\w.-]{0,40}\/)?[a-z0-9][\w.-]{0,60}$/;

/** Nothing but names of the plan, held against their form, comes after it; it says what it saw on one line and always ends well. */
const pythonProgram = [
  "import sys, json, importlib, importlib.metadata as meta",
  "seen = []",
  "for word in sys.argv[1:]:",
  '    module, package = word.split(":")',
  '    one = {"module": module, "version": None, "imports": True}',
  "    try:",
  '        one["version"] = meta.version(package)[:40]',
  "    except Exception:",
  "        pass",
  "    try:",
  "        importlib.import_module(module)",
  "    except BaseException as error:",
  '        one["imports"] = False',
  '        one["error"] = (type(error).__name__ + ": " + str(error))[:280]',
  "    seen.append(one)",
  `print("\\n${marker}" + json.dumps({"modules": seen}), flush=True)`,
].join("\n");

/** The same for Node: a package may hide its package.json, and then its version is not known. */
const nodeProgram = `(async () => {
  const seen = [];
  for (const module of process.argv.slice(1)) {
    const one = { module, version: null, imports: true };
    try { one.version = String(require(module + "/package.json").version).slice(0, 40); } catch {}
    try { await import(module); } catch (error) { one.imports = false; one.error = String(error).slice(0, 280); }
    seen.push(one);
  }
  console.log("\\n${marker}" + JSON.stringify({ modules: seen }));
  process.exit(0);
})()`;

/** The shell line that checks modules in a service's own image; undefined where its language has no such check. */
export function checkLine(service: Pick<Service, "runtime">, checks: readonly ModuleCheck[]): string | undefined {
  if (service.runtime?.name === "node") {
    const names = checks.map(({ module }) => module).filter((name) => nodeName.test(name));
    return names.length === 0 ? undefined : `node -e '${nodeProgram}' -- ${names.join(" ")}`;
  }
  const words = checks
    .filter(({ module, package: name }) => pythonName.test(module) && packageName.test(name))
    .map(({ module, package: name }) => `${module}:${name}`);
  return service.runtime?.name === "python" && words.length > 0
    ? `python -c '${pythonProgram}' ${words.join(" ")}`
    : undefined;
}

/** What a check wrote; undefined where it wrote nothing of the kind. Its modules may have written lines of their own. */
export function readCheck(log: readonly string[]): CheckResult | undefined {
  const line = log.findLast((each) => each.startsWith(marker));
  if (line === undefined) return undefined;
  try {
    return CheckResult.parse(JSON.parse(line.slice(marker.length)));
  } catch {
    return undefined;
  }
}

/** `torch 2.1.0, numpy 1.26.4 import in the image`; what does not import, with why, comes first. */
export function checkText({ modules }: CheckResult): string {
  const name = ({ module, version }: CheckResult["modules"][number]): string =>
    version === null ? module : `${module} ${version}`;
  const broken = modules
    .filter(({ imports }) => !imports)
    .map((one) => `${name(one)} does not import: ${one.error ?? "no reason"}`);
  const whole = modules.filter(({ imports }) => imports).map(name);
  const well = whole.length === 0 ? [] : [`${whole.join(", ")} import${whole.length === 1 ? "s" : ""} in the image`];
  return plainText([...broken, ...well].join("; "), 400);
}

/**
 * Realignment: what a service's dependencies were installed for has changed, so all that is bound to it has to import again in the next image before that
 * is released. `because`: `a fix took python 3.11`.
 */
export function realigned(service: Service, because: string): Service {
  if (service.checks === undefined || service.checks.length === 0) return service;
  const checks = service.checks.map((check) => ({ ...check, when: "Always" as const }));
  const value = checks.map(({ package: name }) => name).join(", ");
  const why = service.why.filter(({ about }) => about !== "realignment");
  return {
    ...service,
    checks,
    why: [...why, { about: "realignment", value: plainText(value), because: plainText(because) }].slice(-64),
  };
}
