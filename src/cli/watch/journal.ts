import type { RequestOptions } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { StreamedEntry } from "../../journal-entry.ts";
import type { ClusterClient } from "../cluster/client.ts";
import { ApiProblem } from "../cluster/problems.ts";
import { CommandError, exitCode } from "../exit-code.ts";

const home = "repo-runner-system";
const service = `/api/v1/namespaces/${home}/services/repo-runner-api:http/proxy`;
const retryMs = 2000;
/** Refusals after which a journal that has never answered is given up. */
const patience = 4;

/** An entry as it is shown; its id is where one can go on from. */
export interface Told extends StreamedEntry {
  readonly id?: string;
}

export interface JournalQuestion {
  readonly namespace: string;
  readonly run: string | undefined;
  /** A time as ISO 8601; undefined: from now on. */
  readonly since: string | undefined;
  /** false: what is recorded, and no more. */
  readonly follow: boolean;
}

/** The journal cannot be had from here; why, for a person. */
export class NoJournal extends Error {}

/** What the journal tells, through the API server; goes on over closed connections. Throws NoJournal where it cannot be had. */
export async function* readJournal(
  client: ClusterClient,
  question: JournalQuestion,
  signal: AbortSignal,
): AsyncGenerator<Told> {
  let since = question.since;
  let reached = false;
  let refusals = 0;
  while (!signal.aborted) {
    const query = new URLSearchParams({ namespace: question.namespace });
    if (question.run !== undefined) query.set("run", question.run);
    if (since !== undefined) query.set("since", since);
    if (!question.follow) query.set("follow", "false");
    try {
      const headers = { "x-repo-runner-token": await tokenOf(client), accept: "text/event-stream" };
      const lines = client.lines(`${service}/events?${query.toString()}`, signal, { headers });
      for await (const message of messagesOf(lines)) {
        reached = true;
        since = message.id ?? since;
        if (message.entry) yield message.id === undefined ? message.entry : { ...message.entry, id: message.id };
      }
      if (!question.follow) return;
    } catch (error) {
      if (signal.aborted) return;
      refusals += 1;
      // Its pod may just be on its way: that is waited for, but not long.
      const mayCome = error instanceof ApiProblem && error.status >= 500 && refusals < patience;
      if (!reached && !mayCome) throw noJournal(error);
      // What was readable a moment ago: its pod is being replaced, or the API server is.
      if (error instanceof ApiProblem && (error.status === 401 || error.status === 403)) throw error;
      if (!(error instanceof ApiProblem) && !isOutage(error)) throw error;
    }
    await sleep(retryMs, undefined, { signal }).catch(() => undefined);
  }
}

interface Message {
  readonly id: string | undefined;
  readonly entry: StreamedEntry | undefined;
}

/** Server-sent events from lines; what is not understood is passed over. */
export async function* messagesOf(lines: AsyncIterable<string>): AsyncGenerator<Message> {
  let id: string | undefined;
  let data = "";
  for await (const raw of lines) {
    const line = raw.replace(/\r$/, "");
    if (line === "") {
      if (id !== undefined || data !== "") yield { id, entry: parse(data) };
      id = undefined;
      data = "";
    } else if (line.startsWith("id: ")) id = line.slice(4, 68);
    else if (line.startsWith("data: ")) data = line.slice(6);
  }
}

function parse(data: string): StreamedEntry | undefined {
  if (data === "") return undefined;
  try {
    return StreamedEntry.parse(JSON.parse(data));
  } catch {
    return undefined;
  }
}

/** A token that tells the journal who asks: the kubeconfig's own, else a short one that is good for the journal alone. The API server's proxy lets no other login through. */
async function tokenOf(client: ClusterClient): Promise<string> {
  const options: RequestOptions = {};
  await client.chosen.config.applyToHTTPSOptions(options);
  const authorization = new Headers(options.headers as Record<string, string>).get("authorization") ?? "";
  const own = /^Bearer (?<token>\S+)$/i.exec(authorization)?.groups?.["token"];
  if (own !== undefined) return own;
  const path = `/api/v1/namespaces/${home}/serviceaccounts/repo-runner-reader/token`;
  const body = {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: { audiences: ["repo-runner-api"], expirationSeconds: 3600 },
  };
  const answer = z.object({ status: z.object({ token: z.string() }) }).parse(await client.call("POST", path, { body }));
  return answer.status.token;
}

function noJournal(error: unknown): unknown {
  if (!(error instanceof ApiProblem)) return error;
  if (error.status === 404) return new NoJournal("repo-runner-api is not installed");
  if (error.status === 403 || error.status === 401) return new NoJournal("you may not read repo-runner-api");
  if (error.status >= 500) return new NoJournal("repo-runner-api does not answer");
  return error;
}

function isOutage(error: unknown): boolean {
  return error instanceof CommandError && error.code === exitCode.platform;
}
