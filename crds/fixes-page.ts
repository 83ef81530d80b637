import { elsewhere } from "../src/agents/fixer/catalogue.ts";
import { originOf, type Rule } from "../src/agents/fixer/rule.ts";
import { predictionRules } from "../src/agents/prediction/prediction-rules.ts";
import { rules } from "../src/agents/fixer/rules.ts";

const families: Readonly<Record<string, string>> = {
  N: "Node, TypeScript, Bun",
  P: "Python",
  G: "Go",
  J: "Java and the JVM",
  R: "Ruby",
  H: "PHP",
  S: "Rust",
  D: ".NET",
  C: "C and C++",
  O: "Images, systems, sources",
  K: "Pods",
  B: "Databases",
  E: "Settings",
};

/** The tables of docs/fixes.md, made of the rules themselves. */
export function rulesPage(): string {
  const tables = Object.entries(families).flatMap(([letter, title]) => {
    const own = rules.filter(({ id }) => id.startsWith(letter)).toSorted((one, other) => (one.id < other.id ? -1 : 1));
    const others = Object.entries(elsewhere).filter(
      ([row]) => row.startsWith(letter) && !own.some(({ id }) => id === row),
    );
    return [
      `### ${title}`,
      "",
      "| rule | seen | layer | what is done |",
      "|---|---|---|---|",
      ...own.map(rowOf),
      ...others.map(([row, who]) => `| ${row} | | | no rule: ${who} |`),
      "",
    ];
  });
  return tables.join("\n").trimEnd();
}

function rowOf(rule: Rule): string {
  const origin = originOf(rule).startsWith(`catalogue ${rule.id}`) ? "" : ` (${originOf(rule)})`;
  return `| ${rule.id} | ${rule.signature} | ${rule.layer} | ${rule.remedy}${origin} |`;
}

const mark = "<!-- rules -->";

/** The table of docs/prediction.md, made of the rules themselves. */
export function withPredictions(page: string): string {
  const rows = predictionRules
    .toSorted((one, other) => (one.id < other.id ? -1 : 1))
    .map(
      ({ id, sees, forestalls, of, origin }) =>
        `| ${id} | ${[...of].join(", ")} | ${sees} | ${forestalls} | ${origin ?? `catalogue ${forestalls}`} |`,
    );
  const head = ["| rule | of | what is seen | forestalls | origin |", "|---|---|---|---|---|"];
  return `${page.slice(0, page.indexOf(mark))}${mark}\n\n${[...head, ...rows].join("\n")}\n`;
}

/** A page with its tables of rules made anew; what stands before them is written by hand. */
export function withRules(page: string): string {
  return `${page.slice(0, page.indexOf(mark))}${mark}\n\n${rulesPage()}\n`;
}
