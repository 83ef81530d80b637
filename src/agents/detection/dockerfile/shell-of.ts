/**
 * The line that a shell would run in place of a command written as a JSON list that names variables: `["gunicorn", "--bind", "0.0.0.0:$PORT"]` passes the
 * name on, as no shell is there to fill it in. Undefined for every other command.
 */
export function shellOf(command: string): string | undefined {
  const lists = command.replaceAll(/\]\s+\[/g, ", ");
  const words = wordsOf(lists);
  if (words === undefined || !words.some((word) => variable.test(word))) return undefined;
  // A shell of its own fills them in already.
  if (/(?:^|\/)(?:ba|da|a|z)?sh$/.test(words[0] ?? "")) return undefined;
  const line = `exec ${words.map(quoted).join(" ")}`;
  return line.length <= 2048 ? line : undefined;
}

const variable = /\$(?:\{[A-Za-z_]\w*(?::-[\w./:-]*)?\}|[A-Za-z_]\w*)/;

function wordsOf(list: string): readonly string[] | undefined {
  if (!list.startsWith("[")) return undefined;
  try {
    const words: unknown = JSON.parse(list);
    return Array.isArray(words) && words.every((word) => typeof word === "string") ? words : undefined;
  } catch {
    return undefined;
  }
}

/** A word as a shell takes it: variables filled in, everything else as it is. */
function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  const parts = word.split(new RegExp(`(${variable.source})`));
  const inner = parts.map((part, index) => (index % 2 === 1 ? part : part.replaceAll(/[\\"$`]/g, String.raw`\$&`)));
  return `"${inner.join("")}"`;
}
