import type { PortPlan, Reason, Recipe, Service } from "../../plan.ts";
import type { LineChoice } from "../requirements/line-choice.ts";
import { newRecipe, newService } from "./new-service.ts";
import { plainText } from "./plain-text.ts";
import { serviceNameOf } from "./service-name.ts";

/** Where sources lie while they are compiled, and where the program runs. */
export const sourceFolder = "/app";

/** What programs run in, once they are compiled. */
export const slimDebian = "docker.io/library/debian:trixie-slim";

const certificates = "/etc/ssl/certs/ca-certificates.crt";

/** What a language knows of a program that is compiled in one image and run in a slim one. */
export interface NativeProgram {
  readonly path: string;
  readonly language: string;
  readonly framework?: string | undefined;
  readonly kind: Service["kind"];
  /** The service's name where the folder's is not enough. */
  readonly name?: string | undefined;
  readonly runtime: { readonly name: string; readonly choice: LineChoice } | null;
  readonly manager?: Service["manager"];
  readonly recipe: Partial<Recipe>;
  readonly start: string;
  readonly port?: PortPlan | undefined;
  readonly because: string;
  readonly where?: string | undefined;
  readonly why?: readonly Reason[];
}

/** The service of a compiled program: little memory, certificates for calls by https, and why. */
export function nativeService(program: NativeProgram): Service {
  const { path, kind, runtime, recipe } = program;
  const choice = runtime?.choice;
  return newService({
    name: program.name ?? serviceNameOf(path, kind),
    kind,
    path,
    language: program.language,
    framework: program.framework ?? null,
    runtime: runtime && {
      name: runtime.name,
      version: runtime.choice.version,
      from: plainText(runtime.choice.from),
    },
    manager: program.manager ?? null,
    recipe: newRecipe({
      context: path,
      runImage: slimDebian,
      ...recipe,
      artifacts: [
        ...(recipe.artifacts ?? []),
        // Calls by https need the certificates, and a slim Debian has none.
        { from: certificates, to: certificates },
      ].slice(0, 32),
    }),
    start: program.start,
    port: program.port ?? { from: "Default" },
    probe: { startupSeconds: 60 },
    resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "256Mi" } },
    sure: kind === "Web" ? "Certain" : "Likely",
    why: [
      ...(runtime === null || choice === undefined
        ? []
        : [
            {
              about: "runtime",
              value: plainText(`${runtime.name} ${choice.version}`),
              because: plainText(choice.from),
              ...(choice.where === undefined ? {} : { where: plainText(choice.where) }),
            },
          ]),
      {
        about: "start",
        value: plainText(program.start),
        because: plainText(program.because),
        ...(program.where === undefined ? {} : { where: plainText(program.where) }),
      },
      ...(program.framework === undefined
        ? []
        : [{ about: "framework", value: program.framework, because: "among its dependencies" }]),
      ...(program.why ?? []),
    ],
  });
}
