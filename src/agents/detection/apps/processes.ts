import type { Service } from "../../../plan.ts";
import { joinPath } from "../../config/service-files.ts";
import { plainText } from "../plain-text.ts";
import { parseProcfile } from "../procfile/procfile.ts";
import type { SourceTree } from "../source-tree.ts";

/** Entries that a person calls by hand. */
const byHand = /^(?:console|shell|dev|test|tests|debug|repl|assets|css|js)$/;

/**
 * The other processes of a service's Procfile, each a service of the same recipe, so that one image serves them all; `release` is a step of the
 * release. What a repository's own Dockerfile makes is left as it is.
 */
export async function withProcesses(tree: SourceTree, services: readonly Service[]): Promise<readonly Service[]> {
  const out: Service[] = [];
  for (const [at, service] of services.entries()) {
    const first = services.findIndex(({ path }) => path === service.path) === at;
    const where = joinPath(service.path, "Procfile") ?? "Procfile";
    const processes =
      first && service.recipe.dockerfile === undefined
        ? parseProcfile((await tree.read(where)) ?? "")
        : new Map<string, string>();
    const release = processes.get("release");
    const isRun = ["web", "worker"].find((name) => processes.has(name));
    out.push(
      release === undefined || service.releaseSteps.length > 0
        ? service
        : {
            ...service,
            releaseSteps: [
              { name: /migrat/.test(release) ? "Migrate" : "Release", line: release, from: "Procfile release" },
            ],
          },
    );
    const others = [...processes].filter(
      ([name, line]) => name !== isRun && name !== "release" && !byHand.test(name) && line !== service.start,
    );
    for (const [name, line] of others.slice(0, 8)) {
      const plain = name
        .toLowerCase()
        .replaceAll("_", "-")
        .replace(/^[^a-z]+|-+$/g, "");
      const own = service.path === "." ? plain : `${service.name}-${plain}`.slice(0, 40).replace(/-+$/, "");
      if (own === "" || [...services, ...out].some((each) => each.name === own)) continue;
      out.push({
        ...service,
        name: own,
        kind: "Worker",
        start: line,
        otherStarts: [],
        releaseSteps: [],
        port: { from: "Default", readsPort: false },
        probe: { startupSeconds: 120 },
        why: [
          ...service.why.filter(({ about }) => !["start", "port", "kind"].includes(about)),
          { about: "start", value: plainText(line), because: `Procfile ${name}`, where },
        ],
      });
    }
  }
  return out.slice(0, 32);
}
