/** Stands where something was taken out. */
const mask = "[redacted]";
/** What is looked at of one line: a hostile program writes lines of megabytes. */
const longest = 4096;
/** Values that are shorter are words of any text. */
const shortestValue = 6;

/** Shapes that tokens have, whoever wrote them; each keeps what tells people which one it was. */
const shapes: readonly { readonly seen: RegExp; readonly as: string }[] = [
  { seen: /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@:'"]*:[^\s/@'"]+@/gi, as: `$1${mask}@` },
  { seen: /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@:'"]{16,}@/gi, as: `$1${mask}@` },
  { seen: /\b(authorization\s*[:=]\s*["']?(?:bearer|basic|token)?\s*)[^\s"',;]{6,}/gi, as: `$1${mask}` },
  { seen: /\b(bearer\s+)[A-Za-z0-9._~+/=-]{12,}/gi, as: `$1${mask}` },
  {
    seen: /\b(gh[pousr]_|github_pat_|glpat-|gldt-|xox[abprs]-|npm_|pypi-|sk-|sk_live_|rk_live_|sk_test_|dop_v1_|hf_|SG\.)[A-Za-z0-9_.-]{12,}/g,
    as: `$1${mask}`,
  },
  { seen: /\b(AKIA|ASIA)[A-Z0-9]{12,}\b/g, as: `$1${mask}` },
  { seen: /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, as: mask },
  {
    seen: /((?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|[A-Z0-9]_(?:KEY|DSN|PASS|PWD|SALT))[A-Za-z0-9_-]{0,40}["']?\s?[:=]\s?["']?)(?!\s|\$|process\.|os\.|env\.|null|undefined|true|false)[^\s"',;&]{4,}/gi,
    as: `$1${mask}`,
  },
  // Options of a command line: `--password VALUE`, `--token=VALUE`.
  {
    seen: /(--?[a-z-]{0,20}(?:password|passwd|secret|token|api-?key)[= ]["']?)[^\s"'=-][^\s"']{3,}/gi,
    as: `$1${mask}`,
  },
];

/**
 * The one choke point for text that a program or a repository wrote, before it reaches a status, an event, a log of ours or a terminal:
 * no control characters, nothing that looks like a credential, lines of at most 400 characters.
 */
export function redactLines(lines: readonly string[]): string[] {
  const take = redactor();
  return lines.flatMap((line) => take(line) ?? []);
}

/** The same for lines that come one by one: undefined where a line is given up with the one before. `values` are taken out wherever they stand. */
export function redactor(values: readonly string[] = []): (line: string) => string | undefined {
  let inKey = false;
  const known = values.filter((value) => value.length >= shortestValue).toSorted((a, b) => b.length - a.length);
  return (line) => {
    // A private key spans lines: all of it becomes one mark.
    const begins = /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(line);
    const ends = /-----END [A-Z ]*PRIVATE KEY-----/.test(line);
    if (inKey) {
      inKey = !ends;
      return undefined;
    }
    if (begins) {
      inKey = !ends;
      return mask;
    }
    return redact(known.reduce((left, value) => left.replaceAll(value, mask), line.slice(0, longest)));
  };
}

/** One text, as `redactLines` does it. */
export function redact(text: string): string {
  return shapes
    .reduce((left, { seen, as }) => left.replaceAll(seen, as), withoutControl(text.slice(0, longest)))
    .slice(0, 400);
}

function withoutControl(text: string): string {
  /* oxlint-disable no-control-regex -- they are what is taken out */
  // Colours and cursor movements go whole; what is left of control characters becomes a space.
  return text
    .replaceAll(/\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g, "")
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, " ")
    .trimEnd();
  /* oxlint-enable no-control-regex */
}
