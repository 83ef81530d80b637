import { attemptCommand } from "./command.ts";
import { StepFailure } from "./step-failure.ts";
import { isOnPath } from "./tools.ts";

const places = ["go", "/usr/local/go/bin/go", "/usr/lib/go/bin/go"];
const least = [1, 26] as const;

/** The Go compiler of this machine and its version. */
export async function findGo(): Promise<{ file: string; version: string }> {
  for (const file of places) {
    if (!file.startsWith("/") && !isOnPath(file)) continue;
    const told = await attemptCommand(file, ["env", "GOVERSION"], { timeoutMs: 20_000, cwd: "/" });
    const version = told.stdout.trim();
    const [major = 0, minor = 0] = version.replace(/^go/, "").split(".").map(Number);
    if (told.ok && (major > least[0] || (major === least[0] && minor >= least[1]))) return { file, version };
  }
  throw new StepFailure("programs", `no Go of version ${least.join(".")} or newer was found on this machine`, {
    next: "install Go, then make up; or make up CONTEXT=my-cluster",
    turn: "Person",
  });
}
