import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { redact } from "../redact.ts";
import { say } from "./progress.ts";

/** What every call of buildctl needs: the builder, how to prove who we are, and folders of its own. */
export interface BuildctlSetting {
  readonly builder: { readonly address: string; readonly serverName: string };
  /** Folder with ca.crt, tls.crt and tls.key. */
  readonly tls: string;
  readonly dockerConfig: string;
  readonly caBundle: string;
  /** True when `caBundle` is there. */
  readonly trusted: boolean;
  readonly home: string;
}

const probeTimeoutMs = 10_000;
const keptWords = 40;

/** Runs buildctl with an argument list. Each line of its stderr goes to `take`; what that refuses are its own words, the last of which say why it failed. */
export async function buildctl(
  args: readonly string[],
  setting: BuildctlSetting,
  signal: AbortSignal,
  take: (line: string) => boolean,
): Promise<{ readonly ok: boolean; readonly words: string }> {
  const { builder, tls } = setting;
  const child = execa(
    "buildctl",
    [
      `--addr=${builder.address}`,
      `--tlsservername=${builder.serverName}`,
      `--tlscacert=${join(tls, "ca.crt")}`,
      `--tlscert=${join(tls, "tls.crt")}`,
      `--tlskey=${join(tls, "tls.key")}`,
      ...args,
    ],
    {
      env: {
        PATH: process.env["PATH"],
        HOME: setting.home,
        DOCKER_CONFIG: setting.dockerConfig,
        ...(setting.trusted ? { SSL_CERT_FILE: setting.caBundle } : {}),
      },
      extendEnv: false,
      stdin: "ignore",
      stdout: "ignore",
      buffer: false,
      reject: false,
      cancelSignal: signal,
      forceKillAfterDelay: 3_000,
    },
  );
  const words: string[] = [];
  try {
    for await (const line of child.iterable({ from: "stderr" })) {
      if (take(line) || line.trim() === "") continue;
      words.push(redact(line));
      if (words.length > keptWords) words.shift();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  const result = await child;
  return { ok: !result.failed, words: words.join("\n") };
}

/** A builder is made on demand: waits until it answers, and gives the last words where it does not. */
export async function waitForBuilder(
  setting: BuildctlSetting,
  seconds: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const end = performance.now() + seconds * 1000;
  let told = false;
  for (;;) {
    const { ok, words } = await buildctl(
      ["debug", "workers"],
      setting,
      AbortSignal.any([signal, AbortSignal.timeout(probeTimeoutMs)]),
      () => false,
    );
    if (ok) return undefined;
    signal.throwIfAborted();
    if (performance.now() > end) return words.split("\n").at(-1) ?? "no answer";
    if (!told) say("waiting for the builder");
    told = true;
    await sleep(500, undefined, { signal });
  }
}
