import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildRequest } from "../agents/setup/build-request.ts";
import { ignoredByBuild, renderDockerfile, withCaBundle, withCopies } from "../agents/setup/dockerfile.ts";
import { withoutSyntax } from "../agents/setup/frontend.ts";
import type { Failure } from "../failure.ts";
import { done, failed, type Done, type Failed } from "../outcome.ts";
import type { Service } from "../plan.ts";
import { isBelow } from "./links.ts";

/** What buildctl is pointed at. */
export interface BuildContext {
  readonly context: string;
  /** A folder of ours outside the repository, with `Dockerfile` in it. */
  readonly dockerfile: string;
  /** The whole source, where an image takes in files from beside its own context. */
  readonly source?: string;
}

const maxDockerfileBytes = 262_144;
const maxIgnoreBytes = 65_536;

/** Writes the Dockerfile of a service, rendered or the repository's own, into a folder outside the context. */
export async function prepareContext(
  request: BuildRequest,
  service: Service,
  folders: { readonly source: string; readonly scratch: string },
): Promise<Done<BuildContext> | Failed> {
  const { recipe } = service;
  const root = realpathSync(folders.source);
  const context = inside(root, recipe.context);
  if (context === undefined || !statSync(context).isDirectory())
    return failed(missing(service, "folder", recipe.context));
  const dockerfile = join(folders.scratch, "dockerfile");
  await mkdir(dockerfile, { recursive: true });
  if (recipe.dockerfile === undefined) {
    await writeFile(
      join(dockerfile, "Dockerfile"),
      renderDockerfile(service, { caBundle: request.caBundle, buildEnv: request.buildEnv, secrets: request.secrets }),
    );
    await writeFile(
      join(dockerfile, "Dockerfile.dockerignore"),
      ignoredByBuild(ownIgnore(root, recipe.context), recipe),
    );
    const mounts = recipe.image === undefined && recipe.copies.length > 0;
    return done({ context, dockerfile, ...(mounts ? { source: root } : {}) });
  }
  const own = inside(root, recipe.dockerfile);
  if (own === undefined || !statSync(own).isFile()) return failed(missing(service, "Dockerfile", recipe.dockerfile));
  if (statSync(own).size > maxDockerfileBytes)
    return failed({
      ...missing(service, "Dockerfile", recipe.dockerfile),
      message: `${recipe.dockerfile} is larger than ${maxDockerfileBytes} bytes`,
    });
  const checked = withoutSyntax(readFileSync(own, "utf8"), request.frontends);
  if ("failure" in checked)
    return failed({
      ...checked.failure,
      service: service.name,
      where: checked.failure.where?.replace("Dockerfile", recipe.dockerfile),
    });
  await writeFile(
    join(dockerfile, "Dockerfile"),
    withCopies(request.caBundle ? withCaBundle(checked.text) : checked.text, recipe),
  );
  const ignore = `${own}.dockerignore`;
  if (existsSync(ignore) && inside(root, `${recipe.dockerfile}.dockerignore`) !== undefined)
    await writeFile(join(dockerfile, "Dockerfile.dockerignore"), readFileSync(ignore));
  return done({ context, dockerfile, ...(recipe.copies.length === 0 ? {} : { source: root }) });
}

/** The .dockerignore of a context that no Dockerfile of its own goes with; undefined where there is none, or one of no reasonable size. */
function ownIgnore(root: string, context: string): string | undefined {
  const path = inside(root, join(context, ".dockerignore"));
  if (path === undefined || inside(root, join(context, "Dockerfile")) !== undefined) return undefined;
  const { size } = statSync(path);
  return statSync(path).isFile() && size <= maxIgnoreBytes ? readFileSync(path, "utf8") : undefined;
}

/** A path of the plan below the source's root, links resolved; undefined when it is missing or leads out. */
function inside(root: string, path: string): string | undefined {
  try {
    const real = realpathSync(join(root, path));
    return isBelow(root, real) ? real : undefined;
  } catch {
    return undefined;
  }
}

function missing(service: Service, what: string, path: string): Failure {
  return {
    reason: "NoSuchPath",
    message: `the ${what} ${path} is not in the repository`,
    hint: "check path and dockerfile of the service in the spec",
    layer: "Source",
    blame: "Spec",
    service: service.name,
    where: path.slice(0, 256),
  };
}
