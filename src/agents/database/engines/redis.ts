import { argsWithout, type Engine } from "../engine.ts";

/** Redis and Valkey are the same program under two names, as far as running them goes. */
function engine(name: Engine["name"], program: string, repository: string, newest: string): Engine {
  return {
    name,
    type: "redis",
    repository,
    newest,
    port: 6379,
    uid: 999,
    data: "/data",
    scratch: ["/tmp"],
    username: "default",
    database: "0",
    upgradesInPlace: true,
    tls: false,
    resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "1", memory: "256Mi" } },
    container: ({ database, open, from }) => {
      const words = [program, "--appendonly", "yes", "--dir", "/data"];
      const own = argsWithout([program], database.args);
      if (open) return { args: [...words, "--protected-mode", "no", ...own], env: [] };
      return {
        // The password is read from the input: on the command line everybody of the pod would see it. The shell is gone then, so that signals arrive.
        command: ["sh", "-c", 'exec "$@" <<EOF\nrequirepass $PASSWORD\nEOF', "sh", program, "-"],
        args: [...words.slice(1), ...own],
        env: [from("PASSWORD", "password")],
      };
    },
    uri: ({ host, port, password, database }) =>
      `redis://${password === "" ? "" : `:${encodeURIComponent(password)}@`}${host}:${port}/${database}`,
  };
}

export const redis: Engine = engine("Redis", "redis-server", "docker.io/library/redis", "8");
export const valkey: Engine = engine("Valkey", "valkey-server", "docker.io/valkey/valkey", "8");
