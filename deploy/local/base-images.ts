import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BuildDaemon } from "./build-daemon.ts";
import { prepareContext } from "./contexts.ts";
import { nameOf, type BaseImage } from "./images/base-image.ts";
import { inBuildOrder } from "./images/catalogue.ts";
import { withLock } from "./lock.ts";
import { isWhole, startMirror } from "./mirror.ts";
import type { LocalPaths } from "./paths.ts";
import type { Programs } from "./programs.ts";
import type { Report } from "./step-failure.ts";

const step = "base images";

interface ImageRecord {
  readonly key: string;
  readonly digest: string;
}

/** Sees to it that these images (and what they are built from) are in the mirror: what is there and whole is left, the rest is built. */
export async function ensureBaseImages(paths: LocalPaths, programs: Programs, names: readonly string[], report: Report): Promise<void> {
  const startedAt = Date.now();
  await startMirror(paths, programs);
  const lock = join(paths.cache, "images.lock");
  await withLock(lock, () => { report.live(step, "another up builds images; waiting for it"); }, async () => {
    const daemon = new BuildDaemon(paths, programs);
    const built: string[] = [];
    const keys = new Map<string, string>();
    try {
      for (const image of inBuildOrder(names)) {
        report.live(step, [...built, nameOf(image)].join(" · "));
        if (await ensureImage(paths, programs, daemon, image, keys)) built.push(nameOf(image));
      }
    } finally {
      await daemon.stop();
    }
    const text = built.length === 0 ? "from the cache" : built.map(short).join(" · ");
    report.done(step, text, (Date.now() - startedAt) / 1000);
  });
}

async function ensureImage(
  paths: LocalPaths,
  programs: Programs,
  daemon: BuildDaemon,
  image: BaseImage,
  keys: Map<string, string>,
): Promise<boolean> {
  const contexts: Record<string, string> = {};
  const hash = createHash("sha256").update(JSON.stringify([image.repository, image.tags, image.dockerfile]));
  for (const name of image.from) hash.update(keys.get(name) ?? name);
  for (const [name, source] of Object.entries(image.contexts ?? {})) {
    const context = await prepareContext(paths, programs, source);
    contexts[name] = context.folder;
    hash.update(`${name} ${context.inputs}`);
  }
  const key = hash.digest("hex");
  for (const tag of image.tags) keys.set(`${image.repository}:${tag}`, key);
  const record = readRecord(paths, image);
  if (record?.key === key && (await isWhole(image.repository, record.digest))) return false;
  await daemon.start();
  const names = image.tags.map((tag) => `${image.repository}:${tag}`);
  const log = join(paths.log, `image-${fileName(image)}.log`);
  const digest = await daemon.build({ dockerfile: image.dockerfile, contexts, names }, step, log);
  writeRecord(paths, image, { key, digest });
  return true;
}

function short(name: string): string {
  return name.replace(/^library\//, "");
}

function fileName(image: BaseImage): string {
  return nameOf(image).replaceAll(/[^a-z0-9.]+/g, "-");
}

function recordFile(paths: LocalPaths, image: BaseImage): string {
  return join(paths.cache, "images", `${fileName(image)}.json`);
}

function readRecord(paths: LocalPaths, image: BaseImage): ImageRecord | undefined {
  try {
    return JSON.parse(readFileSync(recordFile(paths, image), "utf8")) as ImageRecord;
  } catch {
    return undefined;
  }
}

function writeRecord(paths: LocalPaths, image: BaseImage, record: ImageRecord): void {
  const file = recordFile(paths, image);
  mkdirSync(join(paths.cache, "images"), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(record));
  renameSync(`${file}.new`, file);
}
