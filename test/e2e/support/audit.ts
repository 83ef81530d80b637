import { existsSync, readFileSync } from "node:fs";

/** One request as the API server's audit log has it. */
export interface Audited {
  readonly verb: string;
  readonly user: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly code: number;
  readonly at: string;
  readonly dryRun: boolean;
  /** Why it was refused. */
  readonly message: string;
}

const controllerUser = "system:serviceaccount:repo-runner-system:repo-runner";

/** What the operator asked of the API server since a time; undefined on a cluster whose audit log is not at hand. */
export function controllerRequests(since: Date): readonly Audited[] | undefined {
  const file = process.env["REPO_RUNNER_E2E_AUDIT"];
  if (file === undefined || !existsSync(file)) return undefined;
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => read(line))
    .filter((each) => each.user === controllerUser && each.at >= since.toISOString());
}

function read(line: string): Audited[] {
  if (!line.includes(controllerUser)) return [];
  try {
    const event = JSON.parse(line) as {
      stage: string;
      verb: string;
      requestURI: string;
      requestReceivedTimestamp: string;
      user: { username: string };
      objectRef?: { resource?: string; subresource?: string; namespace?: string; name?: string };
      responseStatus?: { code?: number; message?: string };
    };
    if (event.stage !== "ResponseComplete") return [];
    return [
      {
        verb: event.verb,
        user: event.user.username,
        resource: event.objectRef?.resource ?? "",
        subresource: event.objectRef?.subresource ?? "",
        namespace: event.objectRef?.namespace ?? "",
        name: event.objectRef?.name ?? "",
        code: event.responseStatus?.code ?? 0,
        at: event.requestReceivedTimestamp,
        message: event.responseStatus?.message ?? "",
        dryRun: event.requestURI.includes("dryRun=All"),
      },
    ];
  } catch {
    return [];
  }
}
