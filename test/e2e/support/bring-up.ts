import { spawn } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");

/** `repo-runner up` of this checkout, without its sample; what it writes is seen. Ends with an error where it does not end with 0. */
export async function bringUp(): Promise<void> {
  const code = await new Promise<number>((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, "src/main.ts"), "up", "--no-sample"], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.on("error", reject);
    child.on("close", (status) => {
      resolve(status ?? 1);
    });
  });
  if (code !== 0) throw new Error(`repo-runner up ended with exit code ${code}`);
}
