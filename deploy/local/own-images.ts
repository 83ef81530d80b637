import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ensureImages } from "./base-images.ts";
import { cachedFolder } from "./cache-entry.ts";
import { runCommand } from "./command.ts";
import { inBuildOrder } from "./images/catalogue.ts";
import type { BaseImage } from "./images/base-image.ts";
import type { LocalPaths } from "./paths.ts";
import type { Programs } from "./programs.ts";
import type { Report } from "./step-failure.ts";

const root = join(import.meta.dirname, "../..");
const step = "own images";

/** References of the images that are built from this checkout, each with its digest: other code is another reference, so pods notice. */
export interface OwnImages {
  readonly runner: string;
  readonly looker: string;
}

/** Builds the images of Repo Runner itself from the checkout and pushes them to the mirror; nothing is done when nothing has changed. */
export async function ensureOwnImages(paths: LocalPaths, programs: Programs, report: Report): Promise<OwnImages> {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const bundle = await bundleFolder(paths, report);
  const looker = join(root, "deploy/images/looker");
  const runnerImage: BaseImage = {
    repository: "repo-runner/repo-runner",
    tags: [version],
    from: ["library/node:24-slim", "moby/buildkit:v0.34.2"],
    dockerfile: readFileSync(join(root, "deploy/images/repo-runner/Dockerfile"), "utf8"),
    contexts: { ".": bundle },
  };
  const lookerImage: BaseImage = {
    repository: "repo-runner/repo-runner-looker",
    tags: [version],
    from: ["library/golang:1.26"],
    dockerfile: readFileSync(join(looker, "Dockerfile"), "utf8"),
    contexts: { ".": { kind: "Folder", folder: looker, inputs: digestOf([looker]) } },
  };
  const images = [...inBuildOrder([...runnerImage.from, ...lookerImage.from]), runnerImage, lookerImage];
  const digests = await ensureImages(paths, programs, images, { step, report });
  const reference = (image: BaseImage): string =>
    `ghcr.io/${image.repository}:${version}@${digests.get(`${image.repository}:${version}`) ?? ""}`;
  return { runner: reference(runnerImage), looker: reference(lookerImage) };
}

/** `dist/` and package.json, made from the sources as they are now. */
async function bundleFolder(
  paths: LocalPaths,
  report: Report,
): Promise<{ kind: "Folder"; folder: string; inputs: string }> {
  const inputs = digestOf(
    ["src", "crds", "deploy/local", "rolldown.config.js", "package.json", "package-lock.json"].map((name) =>
      join(root, name),
    ),
  );
  const folder = await cachedFolder(join(paths.cache, "contexts/bundle"), inputs, async (temporary) => {
    report.live(step, "bundle");
    mkdirSync(join(temporary, "dist"));
    await runCommand(
      join(root, "node_modules/.bin/rolldown"),
      ["-c", "rolldown.config.js", "--dir", join(temporary, "dist")],
      { cwd: root, step, timeoutMs: 120_000 },
    );
    cpSync(join(root, "package.json"), join(temporary, "package.json"));
  });
  return { kind: "Folder", folder, inputs };
}

/** A digest over files and whole folders, tests left out. */
function digestOf(places: readonly string[]): string {
  const hash = createHash("sha256");
  for (const place of places) {
    if (!existsSync(place)) continue;
    const names = statSync(place).isDirectory()
      ? readdirSync(place, { recursive: true, encoding: "utf8" }).toSorted()
      : [""];
    for (const name of names) {
      const file = join(place, name);
      if (/[._]test\.(ts|go)$/.test(name) || !statSync(file).isFile()) continue;
      hash.update(`${name}\0`).update(readFileSync(file));
    }
  }
  return hash.digest("hex");
}
