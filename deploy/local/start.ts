/** The embedded cluster alone, without Repo Runner in it: `node deploy/local/start.ts [IMAGE…]`. */
import { ensureCluster } from "./embedded.ts";
import { StepFailure, type Report } from "./step-failure.ts";

const report: Report = {
  live: (step, text) => {
    console.error(`.. ${step} ${text}`);
  },
  done: (step, text, seconds) => {
    console.error(`ok ${step} ${text} ${seconds.toFixed(1)} s`);
  },
};
try {
  const { kubeconfig } = await ensureCluster({ images: process.argv.slice(2) }, report);
  console.log(kubeconfig);
} catch (error) {
  if (!(error instanceof StepFailure)) throw error;
  console.error(`!! ${error.step}: ${error.message}\n${error.log ?? ""}\n${error.lines.join("\n")}`);
  process.exitCode = 5;
}
