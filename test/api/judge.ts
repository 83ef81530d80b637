import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cachedFolder } from "../../deploy/local/cache-entry.ts";
import { runCommand } from "../../deploy/local/command.ts";
import { findGo } from "../../deploy/local/go-toolchain.ts";
import { localPaths } from "../../deploy/local/paths.ts";

const module = join(import.meta.dirname, "kstatus");

/** What a GitOps program makes of one object. */
export interface Verdict {
  readonly name: string;
  readonly status: string;
  readonly message: string;
}

/** Asks Flux's own library (`kstatus`), or Argo CD's way of running a health script (`argo`, with the script's file). */
export async function judge(
  by: readonly ["kstatus"] | readonly ["argo", string],
  objects: readonly unknown[],
): Promise<Verdict[]> {
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  const told = await runCommand(await program(), by, { input: list, timeoutMs: 30_000, step: "kstatus" });
  return told
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Verdict);
}

/** The program of test/api/kstatus, built once for its sources and compiler. */
async function program(): Promise<string> {
  const go = await findGo();
  const hash = createHash("sha256").update(go.version);
  for (const file of readdirSync(module).toSorted()) hash.update(file).update(readFileSync(join(module, file)));
  const inputs = hash.digest("hex");
  const folder = await cachedFolder(join(localPaths().cache, "kstatus"), inputs, async (temporary) => {
    await runCommand(go.file, ["build", "-trimpath", "-o", join(temporary, "kstatus"), "."], {
      cwd: module,
      env: { CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOFLAGS: "-mod=readonly -buildvcs=false", GOWORK: "off" },
      timeoutMs: 900_000,
      step: "kstatus",
    });
  });
  return join(folder, "kstatus");
}
