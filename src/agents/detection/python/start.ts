import type { ServiceKind } from "../../../plan.ts";

/** One way to start a Python service, and what it needs besides its dependencies. */
export interface PythonStart {
  readonly kind: ServiceKind;
  readonly framework: string | null;
  readonly line: string;
  /** What was seen, for people: `Flask object app in app.py`. */
  readonly because: string;
  readonly where?: string;
  readonly sure: "Certain" | "Likely";
  /** Present when the line passes PORT or the framework has a port of its own. */
  readonly port?: { readonly number: number; readonly readsPort: boolean };
  /** Servers that the line calls and the dependencies may lack: `gunicorn`. */
  readonly servers?: readonly string[];
  /** Shell line of the build: `python manage.py collectstatic --noinput`. */
  readonly build?: string;
  readonly runEnv?: Readonly<Record<string, string>>;
  readonly files?: readonly { readonly path: string; readonly text: string }[];
  /** Variables that have one right value here (`ALLOWED_HOSTS`), or that are made here (`JUPYTER_TOKEN`). */
  readonly env?: readonly {
    readonly name: string;
    readonly source?: "Literal" | "Generated";
    readonly value?: string;
    readonly why: string;
    readonly where: string;
  }[];
  readonly probePath?: string;
  /** The repository itself has to be installed for its commands or its `src/` layout. */
  readonly installsItself?: boolean;
  readonly warnings?: readonly string[];
}

/** A path that may stand in a shell line as it is. */
export function isPlainPath(path: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_./-]{0,200}$/.test(path) && !path.includes("..") && !path.includes("/-");
}

/** Prefixes a line with a change of folder, where the folder is not the service's own. */
export function inFolder(folder: string, line: string): string {
  return folder === "." ? line : `cd ${folder} && ${line}`;
}

/** The versions of servers that are installed where the dependencies have none. Bumped by hand, with the samples. */
export const serverVersions: Readonly<Record<string, string>> = {
  gunicorn: "gunicorn>=23,<28",
  uvicorn: "uvicorn>=0.30,<1",
  voila: "voila>=0.5,<1",
  ipykernel: "ipykernel>=6,<8",
  jupyterlab: "jupyterlab>=4,<5",
};
