import { argsWithout, credentials, type Engine } from "../engine.ts";

export const rabbitmq: Engine = {
  name: "RabbitMQ",
  type: "rabbitmq",
  repository: "docker.io/library/rabbitmq",
  newest: "4",
  port: 5672,
  uid: 999,
  data: "/var/lib/rabbitmq",
  scratch: ["/tmp", "/var/log/rabbitmq"],
  username: "app",
  database: "/",
  upgradesInPlace: true,
  tls: false,
  resources: { requests: { cpu: "50m", memory: "192Mi" }, limits: { cpu: "2", memory: "768Mi" } },
  container: ({ database, username, databaseName, from }) => ({
    args: ["rabbitmq-server", ...argsWithout(["rabbitmq-server"], database.args)],
    env: [
      { name: "RABBITMQ_DEFAULT_VHOST", value: databaseName },
      { name: "RABBITMQ_DEFAULT_USER", value: username },
      from("RABBITMQ_DEFAULT_PASS", "password"),
    ],
  }),
  uri: (parts) =>
    `amqp://${credentials(parts)}${parts.host}:${parts.port}${parts.database === "/" ? "" : `/${encodeURIComponent(parts.database)}`}`,
};
