import type { StepFailure } from "../../../deploy/local/step-failure.ts";
import { clean, cleanLine } from "../text.ts";
import { renderStep } from "../voice.ts";

const label = 14;

/** The five parts of a failed step: which and why, where its log is, the lines that matter, whose turn, what next. */
export function renderStepFailure(failure: StepFailure, seconds: number): string[] {
  const out = [
    renderStep({
      sign: failure.turn === "Person" ? "stop" : "failed",
      name: failure.step,
      text: failure.message,
      seconds,
    }),
  ];
  if (failure.log !== undefined) out.push(part("where", clean(failure.log, 256)));
  const indent = " ".repeat(label + 4);
  out.push(...failure.lines.slice(-12).map((line) => `${indent}${cleanLine(line, 160)}`.trimEnd()));
  out.push(part("whose turn", failure.turn === "Person" ? "you" : "you: this machine"));
  out.push(part("next", clean(failure.next, 300)));
  return out;
}

function part(name: string, text: string): string {
  return `  ${name.padEnd(label)}${text}`;
}
