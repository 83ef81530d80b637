import type { Platform } from "../detection/language.ts";

/** True where the platform has this image; `24` in its list stands for `24-slim` as well. */
export function isListed(image: string, { baseImages, listed }: Platform): boolean {
  if (baseImages === "Any") return true;
  const [repository = "", tag = "latest"] = image.replace(/^docker\.io\/(?:library\/)?/, "").split(":");
  const tags = listed[repository] ?? [];
  return tags.includes(tag) || tags.includes(tag.replace(/-slim$/, ""));
}
