import type { Blame } from "../failure.ts";
import { clean, cleanLine } from "./text.ts";
import { renderStep } from "./voice.ts";

/** One of the commands that may come next, with what it does. */
export interface NextStep {
  readonly command: string;
  readonly does?: string | undefined;
}

/** A value that only a person has, with the place that asks for it. */
export interface WantedValue {
  readonly name: string;
  readonly where?: string | undefined;
  readonly why?: string | undefined;
}

/** What a failure is shown from; every part that is not known is left out, the order never changes. */
export interface FailureView {
  readonly reason: string;
  readonly sentence: string;
  /** `file:line` or an object of the cluster. */
  readonly where?: string | undefined;
  readonly lines?: readonly string[] | undefined;
  readonly wanted?: readonly WantedValue[] | undefined;
  readonly tried?: readonly string[] | undefined;
  readonly turn: "you: repository" | "you: setting" | "platform";
  /** What is said after whose turn it is. */
  readonly because?: string | undefined;
  readonly next: readonly NextStep[];
  /** A last sentence: what goes on by itself. */
  readonly meanwhile?: string | undefined;
}

/** Whose turn it is, from who can make the failure go away. */
export function turnOf(blame: Blame | undefined): FailureView["turn"] {
  if (blame === "Repo") return "you: repository";
  return blame === "Platform" || blame === undefined ? "platform" : "you: setting";
}

const labelWidth = 14;
const indent = " ".repeat(labelWidth + 2);

/** The five parts, always in this order: reason and sentence, where, the lines that matter (at most 12), whose turn, next (at most 3). */
export function renderFailure(view: FailureView): string[] {
  const out = [renderStep({ sign: "failed", name: view.reason, text: view.sentence }), ""];
  const wanted = view.wanted ?? [];
  if (wanted.length > 0) out.push(...renderWanted(wanted));
  if (view.where !== undefined) out.push(part("where", clean(view.where, 256)));
  const lines = (view.lines ?? []).slice(0, 12).map((line) => cleanLine(line, 160));
  for (const [index, line] of lines.entries())
    out.push(index === 0 ? part("lines", `  ${line}`) : `${indent}  ${line}`.trimEnd());
  if (view.tried && view.tried.length > 0)
    out.push(part("tried", view.tried.map((each) => clean(each, 200)).join("    ")));
  out.push(part("whose turn", `${view.turn}${view.because === undefined ? "" : `. ${sentence(view.because)}`}`));
  out.push(...renderNext(view.next));
  if (view.meanwhile !== undefined) out.push(clean(view.meanwhile, 400));
  return out;
}

function renderWanted(wanted: readonly WantedValue[]): string[] {
  const shown = wanted.slice(0, 16).map((each) => ({
    name: clean(each.name, 64),
    where: clean(each.where ?? "", 80),
    why: clean(each.why ?? "", 160),
  }));
  const nameWidth = Math.max(labelWidth, ...shown.map((each) => each.name.length + 2));
  const whereWidth = Math.max(0, ...shown.map((each) => each.where.length)) + 4;
  return shown.map((each) =>
    `  ${each.name.padEnd(nameWidth)}${each.where === "" ? "" : each.where.padEnd(whereWidth)}${each.why}`.trimEnd(),
  );
}

function renderNext(steps: readonly NextStep[]): string[] {
  const shown = steps.slice(0, 3);
  const width = Math.max(0, ...shown.map((step) => (step.does === undefined ? 0 : step.command.length))) + 4;
  return shown.map((step, index) => {
    const text = step.does === undefined ? step.command : `${step.command.padEnd(width)}${step.does}`;
    return index === 0 ? part("next", text) : `${indent}${text}`;
  });
}

function part(label: string, text: string): string {
  return `  ${label.padEnd(labelWidth)}${text}`.trimEnd();
}

function sentence(text: string): string {
  const shown = clean(text, 400);
  return `${shown.charAt(0).toUpperCase()}${shown.slice(1)}${/[.!?…]$/.test(shown) ? "" : "."}`;
}
