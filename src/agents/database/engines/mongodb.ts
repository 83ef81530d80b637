import { argsWithout, credentials, type Engine } from "../engine.ts";

export const mongodb: Engine = {
  name: "MongoDB",
  type: "mongodb",
  repository: "docker.io/library/mongo",
  newest: "8",
  port: 27_017,
  uid: 999,
  data: "/data/db",
  scratch: ["/tmp", "/data/configdb"],
  username: "app",
  database: "app",
  upgradesInPlace: false,
  tls: false,
  resources: { requests: { cpu: "25m", memory: "192Mi" }, limits: { cpu: "2", memory: "1Gi" } },
  container: ({ database, username, databaseName, open, from }) => ({
    args: ["mongod", "--bind_ip_all", ...argsWithout(["mongod"], database.args)],
    env: [
      { name: "MONGO_INITDB_DATABASE", value: databaseName },
      ...(open
        ? []
        : [{ name: "MONGO_INITDB_ROOT_USERNAME", value: username }, from("MONGO_INITDB_ROOT_PASSWORD", "password")]),
    ],
  }),
  uri: (parts) =>
    `mongodb://${credentials(parts)}${parts.host}:${parts.port}/${parts.database}${parts.password === "" ? "" : "?authSource=admin"}`,
};
