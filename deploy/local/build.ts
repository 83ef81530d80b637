/** The node's programs alone, built or out of the cache: tests against a real API server need no more. `node deploy/local/build.ts` */
import { localPaths } from "./paths.ts";
import { ensurePrograms } from "./programs.ts";
import { StepFailure } from "./step-failure.ts";

let told = 0;
try {
  await ensurePrograms(localPaths(), {
    live: (step, text) => {
      if (Date.now() - told < 10_000) return;
      told = Date.now();
      console.error(`.. ${step} ${text}`);
    },
    done: (step, text, seconds) => {
      console.error(`ok ${step} ${text} ${seconds.toFixed(1)} s`);
    },
  });
} catch (error) {
  if (!(error instanceof StepFailure)) throw error;
  console.error(
    `!! ${error.step}: ${error.message}\n${error.log ?? ""}\n${error.lines.join("\n")}\n   next   ${error.next}`,
  );
  process.exitCode = 5;
}
