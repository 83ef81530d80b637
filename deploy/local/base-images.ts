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

interface ImageRecord {
  readonly key: string;
  readonly digest: string;
}

/** Sees to it that these images (and what they are built from) are in the mirror: what is there and whole is left, the rest is built. */
export async function ensureBaseImages(
  paths: LocalPaths,
  programs: Programs,
  names: readonly string[],
  report: Report,
): Promise<void> {
  await ensureImages(paths, programs, inBuildOrder(names), { step: "base images", report });
}

/** The same for any images, each after those that it is built from. Gives the digest of each by its name. */
export async function ensureImages(
  paths: LocalPaths,
  programs: Programs,
  images: readonly BaseImage[],
  { step, report }: { readonly step: string; readonly report: Report },
): Promise<ReadonlyMap<string, string>> {
  const startedAt = Date.now();
  await startMirror(paths, programs);
  const waiting = (): void => {
    report.live(step, "another up builds images; waiting for it");
  };
  return await withLock(join(paths.cache, "images.lock"), waiting, async () => {
    const work: Work = { paths, programs, daemon: new BuildDaemon(paths, programs), step, keys: new Map() };
    const built: string[] = [];
    const digests = new Map<string, string>();
    try {
      for (const image of images) {
        report.live(step, [...built, nameOf(image)].map(short).join(" · "));
        const { digest, isNew } = await ensureImage(work, image);
        digests.set(nameOf(image), digest);
        if (isNew) built.push(nameOf(image));
      }
    } finally {
      await work.daemon.stop();
    }
    const text = built.length === 0 ? "from the cache" : built.map(short).join(" · ");
    report.done(step, text, (Date.now() - startedAt) / 1000);
    return digests;
  });
}

interface Work {
  readonly paths: LocalPaths;
  readonly programs: Programs;
  readonly daemon: BuildDaemon;
  readonly step: string;
  /** Keys of the images that were seen to so far, by every name: an image changes with those that it is built from. */
  readonly keys: Map<string, string>;
}

async function ensureImage(work: Work, image: BaseImage): Promise<{ digest: string; isNew: boolean }> {
  const { paths, keys } = work;
  const contexts: Record<string, string> = {};
  const hash = createHash("sha256").update(JSON.stringify([image.repository, image.tags, image.dockerfile]));
  for (const name of image.from) hash.update(keys.get(name) ?? name);
  for (const [name, source] of Object.entries(image.contexts ?? {})) {
    const context = await prepareContext(paths, work.programs, source);
    contexts[name] = context.folder;
    hash.update(`${name} ${context.inputs}`);
  }
  const key = hash.digest("hex");
  const names = image.tags.map((tag) => `${image.repository}:${tag}`);
  for (const name of names) keys.set(name, key);
  const record = readRecord(paths, image);
  if (record?.key === key && (await isWhole(paths, image.repository, record.digest)))
    return { digest: record.digest, isNew: false };
  await work.daemon.start();
  const log = join(paths.log, `image-${fileName(image)}.log`);
  const digest = await work.daemon.build({ dockerfile: image.dockerfile, contexts, names }, work.step, log);
  writeRecord(paths, image, { key, digest });
  return { digest, isNew: true };
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
