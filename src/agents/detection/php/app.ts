import type { PortPlan, ReleaseStep, Service, Variable, Volume } from "../../../plan.ts";

/** What of a PHP repository runs, with all that goes with it. */
export interface PhpApp {
  readonly kind: Service["kind"];
  readonly framework: string | null;
  /** Folder that Apache serves, relative to the service's; undefined for a program of the command line. */
  readonly root: string | undefined;
  /** Paths that are no file are answered by the root's index.php; false where its own .htaccess says what happens. */
  readonly fallsBack: boolean;
  readonly line: string;
  readonly from: string;
  readonly where: string;
  readonly sure: "Certain" | "Likely";
  readonly extensions: readonly string[];
  readonly env: readonly Variable[];
  readonly runEnv: Readonly<Record<string, string>>;
  readonly build: readonly string[];
  readonly releaseSteps: readonly ReleaseStep[];
  readonly volumes: readonly Volume[];
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly port?: PortPlan;
  readonly warnings?: readonly string[];
}

/** What starts Apache in the official image. */
export const apacheLine = "apache2-foreground";

/** An app of which only what differs from a plain site is said. */
export function newPhpApp(parts: Partial<PhpApp> & Pick<PhpApp, "from" | "where">): PhpApp {
  return {
    kind: "Web",
    framework: null,
    root: ".",
    fallsBack: true,
    line: apacheLine,
    sure: "Certain",
    extensions: [],
    env: [],
    runEnv: {},
    build: [],
    releaseSteps: [],
    volumes: [],
    files: [],
    ...parts,
  };
}
