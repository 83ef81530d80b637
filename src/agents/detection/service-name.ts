import type { Service } from "../../plan.ts";

/** A name for the service of a folder: what stands last in its path, in letters that a Kubernetes object may have. */
export function serviceNameOf(path: string, kind: Service["kind"]): string {
  const lone = { Web: "web", Worker: "worker", Job: "job", Cron: "cron" }[kind];
  if (path === ".") return lone;
  const name = path
    .slice(path.lastIndexOf("/") + 1)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 40)
    .replace(/-+$/, "");
  return name === "" ? lone : name;
}
