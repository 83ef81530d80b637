/**
 * Does a minor line of Python (`3.12`) satisfy a version range, in the spelling of PEP 440, Poetry or a Pipfile? A line stands for its
 * newest patch, so `>=3.11.4` takes 3.11 and `==3.11.2` takes 3.11 too: images are kept by line.
 */
export function satisfiesPython(line: string, range: string): boolean {
  const version = numbersOf(line);
  return range.split("||").some((alternative) => {
    const clauses = alternative
      .split(",")
      .map((clause) => clause.trim())
      .filter((clause) => clause !== "");
    return clauses.every((clause) => satisfiesClause(version, clause));
  });
}

/** True for a text that is a range in one of the three spellings, so that a typing error does not pass for one. */
export function isPythonRange(range: string): boolean {
  return range
    .split(/\|\||,/)
    .every((clause) => /^\s*(?:(?:>=|<=|==|!=|~=|===|[<>^~=])?\s*v?\d+(?:\.(?:\d+|\*))*|\*)?\s*$/.test(clause));
}

function satisfiesClause(version: readonly number[], clause: string): boolean {
  const match = /^(?<operator>>=|<=|===?|!=|~=|[<>^~=])?\s*v?(?<wanted>\d+(?:\.\d+)*)(?<wild>\.\*)?$/.exec(clause);
  if (match === null) return true;
  const wanted = numbersOf(match.groups?.["wanted"] ?? "");
  const lineOfWanted = wanted.slice(0, 2);
  const order = compareLines(version, lineOfWanted);
  switch (match.groups?.["operator"] ?? "") {
    case ">=":
      return order >= 0;
    case ">":
      // `>3.11` excludes the line, `>3.11.2` only an early patch of it.
      return wanted.length > 2 ? order >= 0 : order > 0;
    case "<=":
      return order <= 0;
    case "<":
      // `<3.12` excludes the line, `<3.12.5` still has 3.12.4.
      return wanted.length > 2 && wanted[2] !== 0 ? order <= 0 : order < 0;
    case "!=":
      return wanted.length > 2 || order !== 0;
    case "^":
      return order >= 0 && version[0] === wanted[0];
    case "~=":
      return order >= 0 && (wanted.length > 2 ? order === 0 : version[0] === wanted[0]);
    default:
      return wanted.length === 1 ? version[0] === wanted[0] : order === 0;
  }
}

/** Compares two lines, reading a missing minor as 0. */
export function compareLines(one: readonly number[], other: readonly number[]): number {
  return (one[0] ?? 0) - (other[0] ?? 0) || (one[1] ?? 0) - (other[1] ?? 0);
}

/** `3.12.1` as numbers. */
export function numbersOf(version: string): readonly number[] {
  return version
    .split(".")
    .map((part) => Number.parseInt(part, 10))
    .filter((part) => Number.isFinite(part));
}
