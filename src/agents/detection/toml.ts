import { parse } from "smol-toml";

/** TOML as an object; undefined where it cannot be read. */
export function parseToml(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}
