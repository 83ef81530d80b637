import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const folders = [process.env["REPO_RUNNER_PROGRAMS"] ?? "", join(homedir(), ".cache", "repo-runner", "bin")];

/** Distribution, where `up` has built it; undefined elsewhere. */
export const registryProgram = folders.map((each) => join(each, "registry")).find((file) => existsSync(file));

/** Starts it for a test on a free port of the loopback, with its data below `folder`. */
export async function startRegistry(folder: string): Promise<{ readonly port: number; stop(): void }> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const config = join(folder, "registry.yml");
  writeFileSync(
    config,
    `version: 0.1\nstorage: {filesystem: {rootdirectory: ${join(folder, "data")}}, delete: {enabled: true}}\nhttp: {addr: "127.0.0.1:${port}", relativeurls: true}\nlog: {level: error}\n`,
  );
  const program = spawn(registryProgram ?? "", ["serve", config], {
    stdio: "ignore",
    env: { ...process.env, OTEL_TRACES_EXPORTER: "none" },
  });
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/v2/`).catch(() => undefined);
    if (answer?.ok) break;
    await sleep(50);
  }
  return { port, stop: () => program.kill("SIGKILL") };
}
