import type { RepoRunSpec } from "../../repo-run.ts";
import { CommandError, exitCode } from "../exit-code.ts";
import { clean } from "../text.ts";
import type { GivenVariable } from "./variables.ts";

type GitRef = NonNullable<NonNullable<RepoRunSpec["source"]["git"]>["ref"]>;

/** What a person asked to be run, read and checked. */
export interface RunRequest {
  readonly name: string;
  /** Of a git repository, or `oci://…` of an artifact. */
  readonly url: string;
  readonly path: string | undefined;
  readonly ref: string | undefined;
  /** For the spec. */
  readonly open: readonly GivenVariable[];
  /** For the Secret `<run>-env`, never for the spec. */
  readonly secret: readonly GivenVariable[];
}

/** `--ref` as the spec has it: a full commit id, `pull/N`, `refs/tags/…` or what looks like a version is a tag, everything else a branch. */
export function refOf(text: string): GitRef {
  if (/^[0-9a-f]{40}$/i.test(text)) return { commit: text.toLowerCase() };
  if (/^[0-9a-f]{7,39}$/i.test(text) && /\d/.test(text)) {
    throw new CommandError(
      exitCode.usage,
      `${text} looks like a short commit id: it has to be whole (40 hex digits), a short one can come to mean another commit`,
      ["git rev-parse SHORT             the whole id", "--ref refs/heads/NAME           if it is a branch"],
    );
  }
  const pull = /^pull\/(?<number>\d{1,9})$/.exec(text)?.groups?.["number"];
  if (pull !== undefined) return { pullRequest: Number(pull) };
  if (text.startsWith("refs/tags/")) return { tag: text.slice("refs/tags/".length) };
  if (text.startsWith("refs/heads/")) return { branch: text.slice("refs/heads/".length) };
  if (text === "" || text.startsWith("-") || /[\s~^:?*[\\]|\.\./.test(text)) {
    throw new CommandError(exitCode.usage, `${clean(text, 80)} cannot be a branch, tag or commit`);
  }
  return /^v?\d+(?:\.\d+)+/.test(text) ? { tag: text } : { branch: text };
}

/** The RepoRun that is created. */
export function runObject(request: RunRequest, namespace: string): Readonly<Record<string, unknown>> {
  return {
    apiVersion: "repo-runner.dev/v1alpha1",
    kind: "RepoRun",
    metadata: { name: request.name, namespace },
    spec: specOf(request),
  };
}

/** The spec; only what was asked for stands in it. Used as a merge patch too, where what is left out stays. */
export function specOf(request: RunRequest): Readonly<Record<string, unknown>> {
  const { url, ref, path, open } = request;
  const source = url.startsWith("oci://")
    ? { oci: { url } }
    : { git: { url, ...(ref === undefined ? {} : { ref: refOf(ref) }) } };
  return {
    source: {
      ...source,
      ...(path === undefined ? {} : { path }),
    },
    ...(open.length === 0 ? {} : { env: open.map(({ name, value }) => ({ name, value })) }),
  };
}

/** `90s`, `20m`, `1h30m` in milliseconds. */
export function durationMs(text: string, flag: string): number {
  if (!/^(?:\d{1,6}[smh])+$/.test(text))
    throw new CommandError(exitCode.usage, `${flag} takes a duration like 90s, 20m or 1h; not ${clean(text, 40)}`);
  const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
  return [...text.matchAll(/(\d+)([smh])/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * (unitMs[unit ?? "s"] ?? 0),
    0,
  );
}
