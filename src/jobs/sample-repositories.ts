import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

/** The same files give the same commit id on every machine. */
const fixed = {
  GIT_AUTHOR_NAME: "Repo Runner",
  GIT_AUTHOR_EMAIL: "samples@repo-runner.dev",
  GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
  GIT_COMMITTER_NAME: "Repo Runner",
  GIT_COMMITTER_EMAIL: "samples@repo-runner.dev",
  GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
};

/** Makes a bare repository `<root>/<name>.git` of each folder below `samples`; one that is there already stays. Gives their names. */
export async function makeRepositories(samples: string, root: string): Promise<string[]> {
  await mkdir(root, { recursive: true });
  const names: string[] = [];
  for (const name of (await readdir(samples)).toSorted()) {
    if (name.startsWith(".") || !(await stat(join(samples, name))).isDirectory()) continue;
    if (!existsSync(join(root, `${name}.git`))) await makeRepository(join(samples, name), join(root, `${name}.git`));
    names.push(`${name}.git`);
  }
  return names;
}

/** A bare repository without a commit. */
export async function makeEmptyRepository(folder: string): Promise<void> {
  await execa("git", ["init", "--quiet", "--bare", "--initial-branch=main", folder], {
    env: { PATH: process.env["PATH"], HOME: "/nonexistent", GIT_CONFIG_NOSYSTEM: "1" },
    extendEnv: false,
    stdin: "ignore",
    timeout: 60_000,
  });
}

async function makeRepository(folder: string, to: string): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "sample-"));
  const tree = join(scratch, "tree");
  const bare = join(scratch, "bare.git");
  try {
    // A mounted ConfigMap is a folder of links into `..data`; its files are wanted, not its links.
    const mounted = existsSync(join(folder, "..data"));
    await cp(folder, tree, {
      recursive: true,
      dereference: mounted,
      verbatimSymlinks: !mounted,
      filter: (from) => !from.includes("/.."),
    });
    const git = async (...args: string[]) =>
      await execa("git", args, {
        cwd: tree,
        env: { ...fixed, PATH: process.env["PATH"], HOME: scratch, GIT_CONFIG_NOSYSTEM: "1" },
        extendEnv: false,
        stdin: "ignore",
        timeout: 60_000,
      });
    await git("init", "--quiet", "--bare", "--initial-branch=main", bare);
    const inBare = [`--git-dir=${bare}`, `--work-tree=${tree}`];
    await git(...inBare, "add", "--all", "--force", ".");
    await git(...inBare, "commit", "--quiet", "--allow-empty", "--no-verify", "--message", "Sample");
    await rename(bare, to).catch(async () => {
      // Another file system.
      await cp(bare, to, { recursive: true });
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
