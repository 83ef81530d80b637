import { argsWithout, type Engine } from "../engine.ts";

/** A server with the interface of S3: user name and password are the access key and its secret, the database is the bucket. */
export const objectStorage: Engine = {
  name: "ObjectStorage",
  type: "s3",
  repository: "docker.io/minio/minio",
  newest: "latest",
  port: 9000,
  uid: 1000,
  data: "/data",
  scratch: ["/tmp"],
  username: "app-access-key",
  database: "app",
  upgradesInPlace: true,
  tls: false,
  resources: { requests: { cpu: "25m", memory: "128Mi" }, limits: { cpu: "2", memory: "512Mi" } },
  container: ({ database, username, databaseName, from }) => ({
    // A folder of its data is a bucket.
    command: ["sh", "-c", 'mkdir -p "/data/$BUCKET" && exec minio server /data --console-address :9001 "$@"', "sh"],
    args: argsWithout(["server", "minio"], database.args).filter((word) => !word.startsWith("/")),
    env: [
      { name: "BUCKET", value: databaseName },
      { name: "MINIO_ROOT_USER", value: username },
      from("MINIO_ROOT_PASSWORD", "password"),
    ],
  }),
  uri: ({ host, port }) => `http://${host}:${port}`,
};
