import { join } from "node:path";
import { attemptCommand } from "./command.ts";
import type { LocalPaths } from "./paths.ts";

/** Ends every container of the node, and the shims with them; containerd forgets the tasks, the kubelet makes new ones at the next start. */
export async function endContainers(paths: LocalPaths, programs: string): Promise<void> {
  const ctr = async (...args: string[]): Promise<string> => {
    const result = await attemptCommand(
      join(programs, "ctr"),
      ["--address", join(paths.state, "containerd/containerd.sock"), "--namespace", "k8s.io", ...args],
      { timeoutMs: 30_000 },
    );
    return result.ok ? result.stdout : "";
  };
  const ids = (await ctr("tasks", "ls", "--quiet")).split("\n").filter((id) => id !== "");
  // First politely, since databases write down what they hold; then without asking.
  await Promise.all(ids.map((id) => ctr("tasks", "kill", "--signal", "SIGTERM", id)));
  const deadline = Date.now() + 8000;
  while (Date.now() < deadline && / RUNNING/.test(await ctr("tasks", "ls")))
    await new Promise((resolve) => setTimeout(resolve, 300));
  await Promise.all(ids.map((id) => ctr("tasks", "delete", "--force", id)));
}
