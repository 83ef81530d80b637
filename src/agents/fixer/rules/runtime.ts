import type { Rule } from "../rule.ts";

/** Packages that ship compiled: one that has to be built from source has no file for this Python, and an older Python has. */
const compiled =
  /\b(psycopg2-binary|psycopg2|greenlet|numpy|pandas|scipy|scikit-learn|matplotlib|lxml|pillow|cffi|cryptography|pydantic-core|aiohttp|yarl|multidict|frozenlist|grpcio|uvloop|httptools|pyyaml|markupsafe|sqlalchemy|gevent|tokenizers|torch|orjson|regex|ujson|msgpack|cython|typed-ast|ruamel\.yaml\.clib|backports\.zoneinfo)\b/i;

const signatures: Readonly<Record<string, RegExp>> = {
  // An old pin meets a Python that came after it: nothing compiled exists, or its build uses what this Python no longer has.
  python:
    /Failed (building|to build) (installable )?wheels? (for|of)|Could not build wheels|Building wheel for .* finished with status 'error'|Getting requirements to build wheel: finished with status 'error'|No module named 'distutils'|module 'pkgutil' has no attribute 'ImpImporter'|use_2to3 is invalid|Requires-Python|requires a different Python|No matching distribution found for/i,
  node: /ERR_OSSL_EVP_UNSUPPORTED|digital envelope routines::unsupported|EBADENGINE|The engine "node" is incompatible|primordials is not defined/,
};

/** The runtime is newer than what the dependencies were made for: an older line, where nothing pins the version. */
export const runtime: readonly Rule[] = Object.entries(signatures).map(([name, seen]) => ({
  id: `runtime/${name}-older`,
  signature: "RuntimeTooNew",
  layer: "Runtime" as const,
  origin: "catalogue N01, N04 and the rows of Python's wheels",
  propose({ log, failure }, service) {
    const version = service.runtime?.others?.find((line) => line !== service.runtime?.version);
    if (service.runtime?.name !== name || version === undefined) return undefined;
    const lines = [...(failure.lines ?? []), ...log];
    const line = lines.find((each) => seen.test(each));
    if (
      line === undefined ||
      (name === "python" &&
        !lines.some((each) => compiled.test(each) || /Requires-Python|distutils|ImpImporter|use_2to3/.test(each)))
    )
      return undefined;
    return {
      action: { kind: "SetRuntime", version },
      summary: `${service.name}: what it depends on is older than ${name} ${service.runtime.version}; ${name} ${version} instead`,
    };
  },
}));
