import { readFileSync } from "node:fs";
import type { Invocation } from "./command.ts";

/** Our version, from package.json beside the sources, or beside the bundle. */
export function ownVersion(): string {
  for (const place of ["../../package.json", "../package.json", "./package.json"]) {
    try {
      const parsed: unknown = JSON.parse(readFileSync(new URL(place, import.meta.url), "utf8"));
      if (typeof parsed !== "object" || parsed === null || !("name" in parsed) || parsed.name !== "repo-runner")
        continue;
      if ("version" in parsed && typeof parsed.version === "string") return parsed.version;
    } catch {
      // not here: the next place
    }
  }
  return "unknown";
}

export function version({ flags, io }: Invocation): Promise<number> {
  const version = ownVersion();
  io.stdout.write(
    flags.json ? `${JSON.stringify({ version, node: process.versions.node })}\n` : `Repo Runner ${version}\n`,
  );
  return Promise.resolve(0);
}
