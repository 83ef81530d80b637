import { type ConnectionName, connectionName } from "./connection-names.ts";
import type { ConnectionUse } from "./connection-uses.ts";

type Family = ConnectionName["family"];

/** Calls of clients that take an address, each with whatever stands before its value. */
const clients: readonly (readonly [call: string, family: Family])[] = [
  [String.raw`\bmongoose\s{0,20}\.(?:connect|createConnection)\(`, "MongoDB"],
  [String.raw`\b(?:new\s)?MongoClient(?:\.connect)?\(`, "MongoDB"],
  [String.raw`\bmongoUr[li]\s{0,4}:`, "MongoDB"],
  [String.raw`\bApplyURI\(`, "MongoDB"],
  [String.raw`\bnew\s(?:IO)?Redis\(`, "Redis"],
  [String.raw`\bredis\.(?:Redis\.)?(?:from_url|ParseURL|createClient)\((?:\{\s{0,40}url\s{0,4}:)?`, "Redis"],
  [String.raw`\bcreateClient\(\{\s{0,40}url\s{0,4}:`, "Redis"],
  [String.raw`\bnew\s(?:pg\.)?(?:Pool|Client)\(\{\s{0,60}connectionString\s{0,4}:`, "Postgres"],
  [
    String.raw`\b(?:psycopg2?|asyncpg|pgx|pgxpool)\.(?:connect|Connect|New|create_pool)\((?:[\w.()]{1,40},)?`,
    "Postgres",
  ],
  [String.raw`\bmysql2?\.create(?:Connection|Pool)\(`, "MySQL"],
  [String.raw`\bnew\sSequelize\(`, "Sql"],
  [String.raw`\bcreate_(?:async_)?engine\(`, "Sql"],
  [String.raw`["']SQLALCHEMY_DATABASE_URI["']\]?\s{0,4}[=:]`, "Sql"],
  [String.raw`\bsql\.Open\("(?:postgres|pgx|mysql)",`, "Sql"],
  [String.raw`\bamqp(?:lib)?\.(?:connect|Dial)\(`, "RabbitMQ"],
];

const read = String.raw`(?:process\.env(?:\.|\[["'])|os\.(?:environ(?:\.get)?|getenv|Getenv)[[(]["'])(?<name>[A-Za-z_]\w{1,63})`;
const direct = clients.map(([call, family]) => [new RegExp(`${call}\\s{0,60}${read}`, "g"), family] as const);
const byVariable = clients.map(
  ([call, family]) =>
    [new RegExp(`${call}\\s{0,60}(?<variable>[A-Za-z_]\\w{0,40})\\s{0,20}[,)]`, "g"), family] as const,
);
const kept = new RegExp(String.raw`(?<variable>[A-Za-z_]\w{0,40})\s{0,3}:?=\s{0,20}${read}`, "g");

/** Variables whose value is handed to a client as its address, though their names do not say so: `mongoose.connect(process.env.DATABASE)`. */
export function clientUsesIn(text: string, place: (index: number) => string): ConnectionUse[] {
  const found = new Map<string, ConnectionUse>();
  const take = (name: string, family: Family, index: number): void => {
    if ((connectionName(name)?.part ?? "database") !== "database" || found.has(name) || isComment(text, index)) return;
    const use = { name, family, part: "url" as const, fallback: undefined, guarded: false, required: true };
    found.set(name, { ...use, where: place(index) });
  };
  for (const [pattern, family] of direct) {
    for (const { groups, index } of text.matchAll(pattern)) take(groups?.["name"] ?? "", family, index);
  }
  const values = new Map([...text.matchAll(kept)].map(({ groups }) => [groups?.["variable"], groups?.["name"] ?? ""]));
  if (values.size === 0) return [...found.values()];
  for (const [pattern, family] of byVariable) {
    for (const { groups, index } of text.matchAll(pattern)) {
      const name = values.get(groups?.["variable"]);
      if (name !== undefined) take(name, family, index);
    }
  }
  return [...found.values()];
}

function isComment(text: string, index: number): boolean {
  const line = text.slice(text.lastIndexOf("\n", index) + 1, index);
  return /^\s*(?:\/\/|#|\*)/.test(line);
}
