/** Distribution names in the one spelling of PEP 503: lower case, one dash. */
export function normalName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}

/** What one requirements file says. */
export interface RequirementsFile {
  /** Normalised names with their extras: `uvicorn` → `["standard"]`. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  /** Files taken in with `-r` or `-c`, as written. */
  readonly includes: readonly string[];
  /** It installs something of the tree (`-e .`, `./lib`, `file:`), so sources have to be there before the install. */
  readonly local: boolean;
}

const requirement = /^(?<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[(?<extras>[^\]]{0,200})\])?\s*(?<rest>$|[<>=!~;@ ,(])/;

/** Name and extras of one requirement (`uvicorn[standard]>=0.30 ; python_version > "3.8"`); undefined for an option or a path. */
export function parseRequirement(line: string): { name: string; extras: readonly string[] } | undefined {
  const match = requirement.exec(line.trim());
  const name = match?.groups?.["name"];
  if (name === undefined) return undefined;
  const extras = (match?.groups?.["extras"] ?? "").split(",").map((extra) => extra.trim().toLowerCase());
  return { name: normalName(name), extras: extras.filter((extra) => extra !== "") };
}

/** Reads a requirements file: names, includes, and whether it needs the sources. */
export function parseRequirements(text: string): RequirementsFile {
  const names = new Map<string, readonly string[]>();
  const includes: string[] = [];
  let local = false;
  for (const raw of text.replaceAll("\\\n", " ").split("\n").slice(0, 5000)) {
    const line = raw.replace(/(?:^|\s)#.*$/, "").trim();
    if (line === "") continue;
    const include = /^(?:-r|-c|--requirement|--constraint)[\s=]*(?<file>[^\s]+)/.exec(line)?.groups?.["file"];
    if (include !== undefined) includes.push(include);
    else if (/^(?:-e|--editable)\b|^\.{0,2}\/|^\.(?:\[|$)|@\s*file:|^file:/.test(line)) {
      if (!/^(?:-e|--editable)[\s=]+(?:git|hg|svn|bzr)\+/.test(line)) local = true;
    } else if (!line.startsWith("-")) {
      const parsed = parseRequirement(line);
      if (parsed !== undefined) names.set(parsed.name, [...(names.get(parsed.name) ?? []), ...parsed.extras]);
    }
  }
  return { names, includes, local };
}
