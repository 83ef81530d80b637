import type { PortPlan, ReleaseStep, Service, Variable, Volume } from "../../../plan.ts";

/** One way to start a Ruby program, with all that goes with it. */
export interface RubyStart {
  readonly kind: Service["kind"];
  readonly framework: string | null;
  readonly line: string;
  readonly from: string;
  readonly where: string;
  readonly sure: "Certain" | "Likely";
  readonly port?: PortPlan;
  readonly releaseSteps?: readonly ReleaseStep[];
  readonly env?: readonly Variable[];
  readonly runEnv?: Readonly<Record<string, string>>;
  readonly buildEnv?: Readonly<Record<string, string>>;
  /** Shell lines of the build, in their order. */
  readonly build?: readonly string[];
  /** Of the install, after the gems are there. */
  readonly afterInstall?: readonly string[];
  readonly volumes?: readonly Volume[];
  readonly files?: readonly { readonly path: string; readonly text: string }[];
  /** A site that is built once: the folder that is served. */
  readonly site?: string;
  /** Its assets' build is called by the framework's own. */
  readonly buildsAssets?: boolean;
  readonly warnings?: readonly string[];
}
