import { clean } from "../text.ts";

/** One look of the doctor: well, worth knowing, or to be mended, with the next step. */
export interface Check {
  readonly part: "machine" | "cluster" | "model";
  readonly state: "ok" | "know" | "mend";
  readonly text: string;
  /** Commands, or what to do. */
  readonly next?: readonly string[];
}

const signs: Readonly<Record<Check["state"], string>> = { ok: "✓", know: "!", mend: "✗" };

/** The doctor's answer: checks by part, then the count. */
export function renderChecks(head: string, checks: readonly Check[]): string[] {
  const out = [head, ""];
  for (const part of ["machine", "cluster", "model"] as const) {
    const own = checks.filter((check) => check.part === part);
    if (own.length === 0) continue;
    out.push(part);
    for (const check of own) {
      out.push(`  ${signs[check.state]} ${clean(check.text, 300)}`);
      for (const [index, next] of (check.next ?? []).entries())
        out.push(`      ${index === 0 ? "next" : "    "}   ${next}`);
    }
  }
  const know = checks.filter((check) => check.state === "know").length;
  const mend = checks.filter((check) => check.state === "mend").length;
  out.push(
    `${know === 0 && mend === 0 ? "All is well." : `${String(know)} to know, ${String(mend)} to mend.`} A whole run as a test: ./repo-runner doctor --run (makes, asks, removes)`,
  );
  return out;
}
