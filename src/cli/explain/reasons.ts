import { readFileSync } from "node:fs";
import { CommandError, exitCode } from "../exit-code.ts";

/** What a reason means, whose turn it is, and what to do next. */
export interface Meaning {
  readonly means: string;
  readonly turn: string;
  readonly next: string;
}

/** The sections of docs/troubleshooting.md by reason: the page and this command say the same because they are the same. */
export function readReasons(): ReadonlyMap<string, Meaning> {
  for (const place of ["../../../docs/troubleshooting.md", "../docs/troubleshooting.md", "./docs/troubleshooting.md"]) {
    try {
      return parseReasons(readFileSync(new URL(place, import.meta.url), "utf8"));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
  }
  throw new CommandError(exitCode.bug, "docs/troubleshooting.md is missing from this installation");
}

/** Reads the page: a heading of the second level for each reason, then its paragraphs. */
export function parseReasons(page: string): ReadonlyMap<string, Meaning> {
  const reasons = new Map<string, Meaning>();
  for (const section of page.split(/^## /m).slice(1)) {
    const [head = "", ...rest] = section.split("\n");
    const body = rest.join("\n").split(/^# /m)[0] ?? "";
    const paragraphs = body
      .split(/\n\s*\n/)
      .map((text) => text.trim().replaceAll(/\s*\n\s*/g, " "))
      .filter((text) => text !== "");
    const after = (label: string): string =>
      paragraphs
        .find((text) => text.startsWith(label))
        ?.slice(label.length)
        .trim() ?? "";
    const means = paragraphs.filter((text) => !text.startsWith("Whose turn:") && !text.startsWith("Next:")).join(" ");
    reasons.set(head.trim(), { means, turn: after("Whose turn:").replace(/\.$/, ""), next: after("Next:") });
  }
  return reasons;
}

/** One reason as a person reads it. */
export function renderReason(name: string, { means, turn, next }: Meaning): string[] {
  return [
    `${name.padEnd(16)}${means}`,
    ...(turn === "" ? [] : [`  whose turn    ${turn}`]),
    ...(next === "" ? [] : [`  next          ${next.replaceAll("`", "")}`]),
    `  page          docs/troubleshooting.md#${name.toLowerCase()}`,
  ];
}
