import { self } from "../command.ts";
import { CommandError, exitCode } from "../exit-code.ts";
import { clean } from "../text.ts";

/** The API server answered, and said no. `message` is in its own words. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.name = "ApiProblem";
    this.status = status;
    this.reason = reason;
  }
}

const install = "helm install repo-runner ./helm/repo-runner -n repo-runner-system --create-namespace";

/** There is no kubeconfig, or no such context in it. */
export function noCluster(message: string): CommandError {
  return new CommandError(exitCode.platform, message, [
    "sudo make up                      a cluster on this machine",
    `${self} … --kubeconfig FILE   or export KUBECONFIG=FILE`,
    `${self} plan URL              needs no cluster`,
  ]);
}

/** The API server could not be reached: refused, unknown, not trusted, too slow. */
export function unreachable(server: string, error: unknown): CommandError {
  const { code, message } =
    error instanceof Error ? (error as NodeJS.ErrnoException) : { code: undefined, message: String(error) };
  const said = code !== undefined && code in words ? words[code] : clean(message, 200);
  return new CommandError(exitCode.platform, `the cluster at ${server} cannot be reached: ${said ?? "no answer"}`, [
    "sudo make up                      starts the cluster on this machine",
    "kubectl config get-contexts       which clusters there are; choose one by --context NAME",
    `${self} plan URL              needs no cluster`,
  ]);
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "its name cannot be looked up",
  ETIMEDOUT: "no answer in time",
  ECONNRESET: "it closed the connection",
  EHOSTUNREACH: "no route to it",
  ENETUNREACH: "no network to it",
  CERT_HAS_EXPIRED: "its certificate has expired",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is signed by an authority that the kubeconfig does not name",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is signed by an authority that the kubeconfig does not name",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself, and the kubeconfig does not name it",
};

/** What a refusal of the API server means for the person who called, `what` being what was tried: `create RepoRun shop`. */
export function refusal(problem: ApiProblem, what: string, namespace: string): CommandError {
  const said = clean(problem.message, 600);
  switch (problem.status) {
    case 401:
      return new CommandError(exitCode.platform, `the cluster does not accept your credentials (${what})`, [
        "kubectl auth whoami               does it know you? renew the login of your kubeconfig",
      ]);
    case 403:
      return /exceeded quota/i.test(said)
        ? new CommandError(exitCode.platform, `namespace ${namespace} has no room: ${said}`, [
            "free room, or ask for a higher quota",
          ])
        : new CommandError(exitCode.platform, `you may not ${what} in namespace ${namespace}: ${said}`, [
            `kubectl auth can-i --list -n ${namespace}`,
            `ask an administrator for: kubectl create rolebinding ${namespace}-runs -n ${namespace} --clusterrole=edit --user=YOU`,
          ]);
    case 404:
      return isMissingKind(problem)
        ? new CommandError(
            exitCode.platform,
            "Repo Runner is not installed in this cluster (it has no resource reporuns.repo-runner.dev)",
            [install, "sudo make up                      or a cluster on this machine that has it"],
          )
        : new CommandError(exitCode.usage, `${what}: ${said}`);
    case 409:
      return new CommandError(exitCode.usage, `${what}: ${said}`);
    case 400:
    case 422:
      return new CommandError(exitCode.usage, said, ["kubectl explain rr.spec --recursive   what may stand there"]);
    default:
      return new CommandError(exitCode.platform, `${what}: the API server answers ${String(problem.status)}: ${said}`, [
        `${self} doctor`,
      ]);
  }
}

/** 404 for the whole kind, not for one object of it: the definition is not there. */
export function isMissingKind(problem: ApiProblem): boolean {
  return (
    problem.status === 404 && (/could not find the requested resource/i.test(problem.message) || problem.reason === "")
  );
}
