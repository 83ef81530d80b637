import { type Found, inFolder, type Look, migrate, none } from "./migration-tools.ts";

/** The address that the tools are given; the programs themselves read names of their own. */
const address = "REPO_RUNNER_DATABASE_URL";
const installed = "/usr/local/bin";
const versions = { migrate: "v4.20.1", goose: "v3.29.0" };

/**
 * Migrations of golang-migrate and goose. As libraries they run with the program; as commands they are built beside it and run before it.
 */
export function goTools(look: Look): Found | undefined {
  const { service, texts, files } = look;
  if (service.language !== "go") return undefined;
  const library = /github\.com\/(?:golang-migrate\/migrate|pressly\/goose|rubenv\/sql-migrate|amacneil\/dbmate)/;
  if ([...texts.values()].some((text) => library.test(text))) return none;
  if (service.recipe.dockerfile !== undefined) return undefined;
  const up = files.find((file) => /(?:^|\/)\d{1,14}_[\w-]{1,80}\.up\.sql$/.test(file));
  if (up !== undefined) return command(look, folderOf(up), "migrate");
  const goose = files.find((file) => /(?:^|\/)migrations?\/\d{1,14}_[\w-]{1,80}\.sql$/.test(file));
  return goose === undefined ? undefined : command(look, folderOf(goose), "goose");
}

function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
}

function command({ service }: Look, folder: string, tool: keyof typeof versions): Found | undefined {
  if (!/^[\w./-]{1,120}$/.test(folder)) return undefined;
  const isMysql = service.env.some(
    ({ value }) => value?.includes("@tcp({host}") === true || value?.startsWith("mysql") === true,
  );
  const install =
    tool === "migrate"
      ? `CGO_ENABLED=0 go install -tags "postgres mysql" github.com/golang-migrate/migrate/v4/cmd/migrate@${versions.migrate}`
      : `CGO_ENABLED=0 go install -tags "no_clickhouse no_libsql no_mssql no_sqlite3 no_vertica no_ydb" github.com/pressly/goose/v3/cmd/goose@${versions.goose}`;
  const line =
    tool === "migrate"
      ? `migrate -path ${folder} -database "${isMysql ? "mysql://" : ""}$${address}" up`
      : `goose -dir ${folder} ${isMysql ? "mysql" : "postgres"} "$${address}" up`;
  return {
    steps: [migrate(inFolder(".", line), folder)],
    program: { tool: install, from: `/go/bin/${tool}`, to: `${installed}/${tool}` },
    address: { name: address, scheme: isMysql ? "GoMysql" : "Url" },
  };
}
