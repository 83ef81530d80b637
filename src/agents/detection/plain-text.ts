/** A repository's own words, fit for a plan: on one line, without control and invisible characters, at most `length` long. */
export function plainText(text: string, length = 256): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ")
    .trim()
    .slice(0, length);
}
