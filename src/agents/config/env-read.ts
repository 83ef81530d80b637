import { plainText } from "../detection/plain-text.ts";

/** One place where code reads an environment variable. */
export interface EnvRead {
  readonly name: string;
  /** `shop/payments.py:12` */
  readonly where: string;
  /** What stands there, for people: `os.environ["STRIPE_KEY"], no default`. */
  readonly seen: string;
  /** The default in the code, where it is a plain text or number. */
  readonly fallback?: string;
  /** The program cannot start without it: it throws, exits, or fails to validate, and nothing stands before it. */
  readonly required: boolean;
  /** `Build`: it is written into the bundle (`VITE_…`); changing it means building again. */
  readonly phase: "Run" | "Build";
}

/** Names that an environment variable may have; what does not fit is not one. */
export const envName = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** Shortens what was seen in code to one plain line: control characters of a repository never reach a terminal. */
export function seenAs(text: string): string {
  return plainText(text, 120).replaceAll(/ {2,}/g, " ");
}

/** A text, number or constant at the beginning of an expression of JavaScript. */
export function literal(expression: string): string | undefined {
  const match =
    /^\s*(?:"(?<double>[^"\n\\]{0,200})"|'(?<single>[^'\n\\]{0,200})'|`(?<template>[^`$\n\\]{0,200})`|(?<plain>-?\d[\d_]*(?:\.\d+)?|true|false)\b)/.exec(
      expression,
    );
  const { double, single, template, plain } = match?.groups ?? {};
  return double ?? single ?? template ?? plain?.replaceAll("_", "");
}
