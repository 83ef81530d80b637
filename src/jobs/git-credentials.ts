import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { Origin } from "../agents/source/clone-request.ts";

/** Where git is told what it needs: all in files of a private folder, so that no credential is ever an argument or a variable's value. */
export interface GitSetting {
  readonly env: Readonly<Record<string, string>>;
  /** Header for requests that we send ourselves to the origin; undefined where there is nothing to send. */
  readonly authorization: string | undefined;
  /** Keys that were found in the Secret. */
  readonly found: readonly string[];
  /** True when there is something to authenticate with. */
  readonly usable: boolean;
}

const systemBundle = "/etc/ssl/certs/ca-certificates.crt";

/** Prepares git's surroundings: no configuration of the machine or of a user, no prompt, credentials only for the host they are meant for. */
export function settingFor(
  origin: Origin,
  folders: { readonly scratch: string; readonly secret: string; readonly caBundle: string },
): GitSetting {
  const found = existsSync(folders.secret) ? readdirSync(folders.secret).filter((name) => !name.startsWith(".")) : [];
  const has = (key: string) => found.includes(key);
  const secretFile = (key: string) => join(folders.secret, key);
  const config = join(folders.scratch, "gitconfig");
  const askpass = join(folders.scratch, "askpass");
  const env: Record<string, string> = {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: folders.scratch,
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: config,
    GIT_ASKPASS: askpass,
    GIT_ALLOW_PROTOCOL: "https:http:ssh",
    GIT_PROTOCOL_FROM_USER: "0",
    GIT_LFS_SKIP_SMUDGE: "1",
    GIT_SSH_COMMAND: sshCommand(
      has("identity") ? secretFile("identity") : undefined,
      has("known_hosts") ? secretFile("known_hosts") : undefined,
      folders.scratch,
    ),
  };
  const bundle = writeBundle(join(folders.scratch, "ca.crt"), [
    folders.caBundle,
    secretFile("caFile"),
    secretFile("ca.crt"),
  ]);
  if (bundle !== undefined) env["GIT_SSL_CAINFO"] = bundle;

  const basic = has("username") && has("password");
  writeFileSync(askpass, basic ? askpassFor(origin, folders.secret) : "#!/bin/sh\nexit 1\n", { mode: 0o700 });
  writeFileSync(config, has("bearerToken") ? bearerConfig(origin, secretFile("bearerToken")) : "", { mode: 0o600 });
  const read = (key: string) => readFileSync(secretFile(key), "utf8").trim();
  const authorization = basic
    ? `Basic ${Buffer.from(`${read("username")}:${read("password")}`).toString("base64")}`
    : has("bearerToken") && /^[\x21-\x7e]+$/.test(read("bearerToken"))
      ? `Bearer ${read("bearerToken")}`
      : undefined;
  // Our own requests trust what git is told to trust.
  if (bundle !== undefined) setDefaultCACertificates([...getCACertificates("default"), readFileSync(bundle, "utf8")]);
  return { env, found, authorization, usable: basic || has("bearerToken") || has("identity") };
}

/** Answers git's question only when it is about the very host and scheme of the RepoRun's URL: a redirect elsewhere gets nothing. */
function askpassFor(origin: Origin, secret: string): string {
  const place = `${origin.scheme}://`;
  return [
    "#!/bin/sh",
    'case "$1" in',
    `  "Username for '${place}${origin.host}'"*|"Username for '${place}${origin.host}/"*) cat ${quoted(join(secret, "username"))} ;;`,
    `  "Password for '${place}"*"@${origin.host}'"*|"Password for '${place}"*"@${origin.host}/"*) cat ${quoted(join(secret, "password"))} ;;`,
    "  *) exit 1 ;;",
    "esac",
    "",
  ].join("\n");
}

function bearerConfig(origin: Origin, file: string): string {
  const token = readFileSync(file, "utf8").trim();
  if (!/^[\x21-\x7e]+$/.test(token)) return "";
  const escaped = token.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  // A header of one's own would be sent along a redirect, so none is followed.
  return `[http]\n\tfollowRedirects = false\n[http "${origin.scheme}://${origin.host}/"]\n\textraHeader = "Authorization: Bearer ${escaped}"\n`;
}

function sshCommand(identity: string | undefined, knownHosts: string | undefined, scratch: string): string {
  const key = identity === undefined ? undefined : privateCopy(identity, join(scratch, "identity"));
  const options = [
    "BatchMode=yes",
    "IdentitiesOnly=yes",
    "StrictHostKeyChecking=yes",
    "ConnectTimeout=20",
    `UserKnownHostsFile=${knownHosts ?? "/dev/null"}`,
    "GlobalKnownHostsFile=/dev/null",
    "PasswordAuthentication=no",
    ...(key === undefined ? [] : [`IdentityFile=${key}`]),
  ];
  return ["ssh", "-F", "/dev/null", ...options.flatMap((option) => ["-o", quoted(option)])].join(" ");
}

/** ssh refuses a key that others may read, as a mounted Secret's file is. */
function privateCopy(from: string, to: string): string {
  const text = readFileSync(from, "utf8");
  writeFileSync(to, text.endsWith("\n") ? text : `${text}\n`, { mode: 0o600 });
  return to;
}

function writeBundle(to: string, extra: readonly string[]): string | undefined {
  const present = extra.filter((file) => existsSync(file));
  if (present.length === 0) return undefined;
  const parts = [systemBundle, ...present].filter((file) => existsSync(file)).map((file) => readFileSync(file, "utf8"));
  writeFileSync(to, parts.join("\n"));
  return to;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
