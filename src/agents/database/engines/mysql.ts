import { argsWithout, credentials, type Engine } from "../engine.ts";

/** MySQL and MariaDB are run alike; the images differ in the first word of their variables. */
function engine(
  own: Pick<Engine, "name" | "repository" | "newest" | "resources"> & { readonly word: string; readonly jdbc: string },
): Engine {
  const { word, jdbc, ...rest } = own;
  return {
    ...rest,
    type: "mysql",
    port: 3306,
    uid: 999,
    data: "/var/lib/mysql",
    scratch: ["/tmp", "/run/mysqld", "/var/lib/mysql-files"],
    username: "app",
    database: "app",
    upgradesInPlace: true,
    tls: false,
    container: ({ database, username, databaseName, open, from }) => ({
      args: argsWithout(["mysqld", "mariadbd"], database.args),
      env: [
        { name: `${word}_DATABASE`, value: databaseName },
        ...(username === "root"
          ? [open ? { name: `${word}_ALLOW_EMPTY_PASSWORD`, value: "yes" } : from(`${word}_ROOT_PASSWORD`, "password")]
          : [
              { name: `${word}_USER`, value: username },
              from(`${word}_PASSWORD`, "password"),
              from(`${word}_ROOT_PASSWORD`, "admin-password"),
            ]),
      ],
    }),
    uri: (parts) => `mysql://${credentials(parts)}${parts.host}:${parts.port}/${parts.database}`,
    jdbc: ({ host, port, database }) => `jdbc:${jdbc}://${host}:${port}/${database}`,
  };
}

export const mysql: Engine = engine({
  name: "MySQL",
  word: "MYSQL",
  jdbc: "mysql",
  repository: "docker.io/library/mysql",
  newest: "8.4",
  resources: { requests: { cpu: "25m", memory: "384Mi" }, limits: { cpu: "2", memory: "1Gi" } },
});

export const mariadb: Engine = engine({
  name: "MariaDB",
  word: "MARIADB",
  jdbc: "mariadb",
  repository: "docker.io/library/mariadb",
  newest: "11",
  resources: { requests: { cpu: "25m", memory: "192Mi" }, limits: { cpu: "2", memory: "768Mi" } },
});
