/** An element of a small XML file: no attributes, no namespaces, no entities but the five that XML itself has. */
export interface XmlElement {
  readonly name: string;
  /** Text directly inside, trimmed. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

interface Open {
  readonly name: string;
  text: string;
  readonly children: XmlElement[];
}

const maxDepth = 40;
const maxElements = 20_000;

/**
 * Reads XML by hand, in linear time: nothing outside of the text is ever fetched, nothing is expanded twice. Undefined for what is no
 * XML, or larger or deeper than any manifest is.
 */
export function parseXml(text: string): XmlElement | undefined {
  const open: Open[] = [{ name: "", text: "", children: [] }];
  let elements = 0;
  for (let at = 0; at < text.length;) {
    const top = open.at(-1);
    if (top === undefined) return undefined;
    const next = text.indexOf("<", at);
    top.text += unescaped(text.slice(at, next === -1 ? text.length : next));
    if (next === -1) break;
    const end = endOfMarkup(text, next);
    if (end === undefined) return undefined;
    at = end.after;
    if (end.kind === "Aside") continue;
    if (end.kind === "Text") {
      top.text += end.inner;
      continue;
    }
    const name = /^[\w:.-]{1,100}/.exec(end.inner.replace(/^\//, ""))?.[0].replace(/^.*:/, "") ?? "";
    if (end.inner.startsWith("/")) {
      if (open.length < 2 || top.name !== name) return undefined;
      open.pop();
      open.at(-1)?.children.push({ ...top, text: top.text.trim() });
    } else {
      elements += 1;
      if (name === "" || elements > maxElements || open.length > maxDepth) return undefined;
      if (end.inner.endsWith("/")) top.children.push({ name, text: "", children: [] });
      else open.push({ name, text: "", children: [] });
    }
  }
  return open.length === 1 ? open[0]?.children[0] : undefined;
}

interface Markup {
  readonly kind: "Tag" | "Text" | "Aside";
  readonly inner: string;
  readonly after: number;
}

function endOfMarkup(text: string, at: number): Markup | undefined {
  for (const [begin, close, kind] of [
    ["<!--", "-->", "Aside"],
    ["<![CDATA[", "]]>", "Text"],
    ["<?", "?>", "Aside"],
    ["<!", ">", "Aside"],
    ["<", ">", "Tag"],
  ] as const) {
    if (!text.startsWith(begin, at)) continue;
    const end = text.indexOf(close, at + begin.length);
    if (end === -1) return undefined;
    return { kind, inner: text.slice(at + begin.length, end).trim(), after: end + close.length };
  }
  return undefined;
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function unescaped(text: string): string {
  return text.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_whole, name: string) => entities[name] ?? "");
}

/** Elements below one by their names: `childrenAt(pom, "build", "plugins", "plugin")`. */
export function childrenAt(element: XmlElement | undefined, ...names: readonly string[]): readonly XmlElement[] {
  let found = element === undefined ? [] : [element];
  for (const name of names) found = found.flatMap(({ children }) => children.filter((child) => child.name === name));
  return found;
}

/** Text of the first element at a place; undefined where there is none, or nothing in it. */
export function textAt(element: XmlElement | undefined, ...names: readonly string[]): string | undefined {
  return childrenAt(element, ...names).find(({ text }) => text !== "")?.text;
}

/** Every element of this name, however deep. */
export function allNamed(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  if (element === undefined) return [];
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...allNamed(child, name)]);
}
