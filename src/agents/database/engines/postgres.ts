import { argsWithout, credentials, type Engine, tlsFolder } from "../engine.ts";

export const postgres: Engine = {
  name: "Postgres",
  type: "postgresql",
  repository: "docker.io/library/postgres",
  newest: "18",
  port: 5432,
  uid: 999,
  // Not where the image declares a volume of its own: that place changed with 18.
  data: "/var/lib/repo-runner",
  scratch: ["/tmp", "/var/run/postgresql"],
  username: "app",
  database: "app",
  upgradesInPlace: false,
  tls: true,
  resources: { requests: { cpu: "25m", memory: "128Mi" }, limits: { cpu: "2", memory: "512Mi" } },
  container: ({ database, username, databaseName, open, from }) => ({
    args: [
      "postgres",
      ...["ssl=on", `ssl_cert_file=${tlsFolder}/tls.crt`, `ssl_key_file=${tlsFolder}/tls.key`].flatMap((setting) => [
        "-c",
        setting,
      ]),
      ...argsWithout(["postgres"], database.args),
    ],
    env: [
      { name: "PGDATA", value: "/var/lib/repo-runner/pgdata" },
      { name: "POSTGRES_USER", value: username },
      { name: "POSTGRES_DB", value: databaseName },
      open ? { name: "POSTGRES_HOST_AUTH_METHOD", value: "trust" } : from("POSTGRES_PASSWORD", "password"),
    ],
  }),
  ready: ({ username, databaseName }) => ({
    exec: { command: ["pg_isready", "-h", "127.0.0.1", "-U", username, "-d", databaseName] },
  }),
  uri: (parts) => `postgresql://${credentials(parts)}${parts.host}:${parts.port}/${parts.database}`,
  jdbc: ({ host, port, database }) => `jdbc:postgresql://${host}:${port}/${database}`,
};
