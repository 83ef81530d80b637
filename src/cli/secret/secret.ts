import { usage } from "../arguments.ts";
import { connect, type ClusterClient } from "../cluster/client.ts";
import { findRun, patchRun } from "../cluster/runs.ts";
import { self, type Invocation } from "../command.ts";
import { CommandError, exitCode } from "../exit-code.ts";
import { conclude } from "../run/conclude.ts";
import { follow } from "../run/follow.ts";
import { durationMs } from "../run/request.ts";
import { giveSecret, putSecret } from "../run/run-secret.ts";
import { readEnvFile, type GivenVariable } from "../run/variables.ts";
import { clean } from "../text.ts";
import { Voice } from "../voice.ts";
import { askHidden, askLine, readAll } from "./ask.ts";

/** The kubelet looks for a missing key again within a minute or so. */
const followGraceMs = 180_000;

/** `secret set NAME KEY…` and `secret git NAME`: values that only a person knows, asked without echo, never in an argument. */
export async function secret(invocation: Invocation): Promise<number> {
  const { command, words } = invocation;
  const [what, name = "", ...keys] = words;
  if (what === "set") {
    if (keys.length === 0) throw usage(command, "secret set needs the names of the values: secret set NAME KEY…");
    const wrong = keys.find((key) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(key));
    if (wrong !== undefined) {
      throw usage(
        command,
        wrong.includes("=")
          ? "give names only: values are asked for, so that they stand in no history and no list of processes"
          : `${clean(wrong, 40)} cannot be a variable's name`,
      );
    }
    return await set(invocation, name, keys);
  }
  if (what === "git" && keys.length === 0) return await git(invocation, name);
  throw usage(command, `secret ${clean(what ?? "", 30)} is not known`);
}

async function set(invocation: Invocation, name: string, keys: readonly string[]): Promise<number> {
  const { flags, io } = invocation;
  const client = await connect(io, flags);
  const given = flags.on("stdin") ? readEnvFile(await readAll(io)) : await ask(invocation, keys);
  const values = given.filter((each) => keys.includes(each.name));
  const missing = keys.filter((key) => !values.some((each) => each.name === key && each.value !== ""));
  if (missing.length > 0)
    throw new CommandError(exitCode.usage, `nothing was changed: no value for ${missing.join(", ")}`);
  await giveSecret(client, name, values);
  return await goOn(
    invocation,
    client,
    name,
    `Secret ${name}-env holds ${String(keys.length)} key${keys.length === 1 ? "" : "s"}`,
  );
}

async function ask(invocation: Invocation, keys: readonly string[]): Promise<GivenVariable[]> {
  const { io } = invocation;
  if (!io.isTTY.stdin) {
    throw new CommandError(exitCode.usage, "there is no terminal to ask on", [
      `… | ${self} secret set NAME KEY --stdin      reads KEY=VALUE lines`,
    ]);
  }
  const values: GivenVariable[] = [];
  for (const key of keys) values.push({ name: key, value: await askHidden(io, `${key}: `) });
  return values;
}

async function git(invocation: Invocation, name: string): Promise<number> {
  const { flags, io } = invocation;
  const client = await connect(io, flags);
  const run = await findRun(client, name);
  if (!run)
    throw new CommandError(exitCode.usage, `no run ${clean(name, 60)} in namespace ${client.namespace}`, [
      `${self} run URL --name ${clean(name, 60)}`,
    ]);
  const values = flags.on("stdin") ? readEnvFile(await readAll(io)) : await askLogin(invocation);
  const login = values.filter((each) => each.name === "username" || each.name === "password");
  if (login.length !== 2 || login.some((each) => each.value === ""))
    throw new CommandError(exitCode.usage, "nothing was changed: username and password are needed, both");
  const secretName = `${name}-git`;
  await putSecret(client, secretName, { run: name, type: "Opaque", values: login });
  await patchRun(client, name, {
    spec: { source: { git: { secretRef: { name: secretName } } } },
    metadata: { annotations: { "repo-runner.dev/requestedAt": new Date().toISOString() } },
  });
  return await goOn(invocation, client, name, `Secret ${secretName} is set, and ${name} uses it`);
}

async function askLogin({ io }: Invocation): Promise<GivenVariable[]> {
  if (!io.isTTY.stdin)
    throw new CommandError(exitCode.usage, "there is no terminal to ask on", [
      `… | ${self} secret git NAME --stdin      reads username=… and password=…`,
    ]);
  const username = await askLine(io, "user name: ");
  return [
    { name: "username", value: username },
    { name: "password", value: await askHidden(io, "token: ") },
  ];
}

async function goOn(invocation: Invocation, client: ClusterClient, name: string, done: string): Promise<number> {
  const { flags, io } = invocation;
  const undo = `undo: kubectl delete secret ${done.split(" ")[1] ?? ""} -n ${client.namespace}`;
  const run = await findRun(client, name);
  const voice = new Voice(io);
  const follows = run !== undefined && !flags.on("no-wait");
  io.stderr.write(`✓ ${done} (${undo}).${follows ? ` Following ${name}.` : ""}\n`);
  if (!follows) return exitCode.done;
  const timeoutMs = durationMs(flags.text("timeout") ?? "45m", "--timeout");
  const ending = await follow(client, name, voice, {
    timeoutMs,
    quietStart: true,
    needsGraceMs: followGraceMs,
    signal: io.signal,
  });
  return await conclude(invocation, client, voice, ending);
}
