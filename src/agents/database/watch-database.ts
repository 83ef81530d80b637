import type { Failure } from "../../failure.ts";
import { done, failed, type Outcome, waiting } from "../../outcome.ts";
import { redact, redactLines } from "../../redact.ts";
import type { ContainerRecord, PodRecord } from "../cluster.ts";
import { databaseContainer } from "./objects.ts";
import type { Stand } from "./stand.ts";

/** How long a pod may wait for its volume and a place. */
const scheduleMs = 90_000;
const pullTroubles = new Set(["ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError"]);

/** Whether programs may come in; else what is waited for, or why it cannot be. */
export async function awaitDatabase(stand: Stand, pod: PodRecord | undefined, now: Date): Promise<Outcome<undefined>> {
  const { name } = stand.request.database;
  const patience = waiting("Starting", `waiting for ${name}`);
  if (pod === undefined || pod.deleting) return patience;
  if (pod.ready) return done(undefined);
  if (pod.unschedulable !== undefined) return unschedulable(stand, pod, pod.unschedulable, now);
  const container = pod.containers.find((each) => each.name === databaseContainer);
  if (container === undefined || container.state === "Running") return patience;
  if (pullTroubles.has(container.reason ?? "")) return failed(cannotPull(stand, container));
  if (container.reason === "CrashLoopBackOff" && container.restarts >= 2)
    return failed(await ended(stand, pod, container));
  return patience;
}

function unschedulable({ request }: Stand, pod: PodRecord, said: string, now: Date): Outcome<undefined> {
  const { name } = request.database;
  const leftMs = scheduleMs - (now.getTime() - Date.parse(pod.createdAt));
  if (leftMs > 0) return waiting("Starting", `waiting for ${name}`, Math.ceil(leftMs / 1000));
  const text = redact(said).slice(0, 500);
  const volume = /unbound immediate PersistentVolumeClaims|persistentvolumeclaim/i.test(text);
  return failed({
    reason: volume ? "NoVolume" : "Unschedulable",
    message: volume ? `no volume was made for ${name}: ${text}` : `no node has room for ${name}: ${text}`,
    hint: volume
      ? "the cluster needs a default StorageClass (repo-runner doctor says which it has); it goes on by itself"
      : "add room or nodes; it goes on by itself",
    layer: "Cluster",
    blame: "Platform",
    service: name,
    where: `Pod/${pod.name}`,
  });
}

function cannotPull({ request }: Stand, container: ContainerRecord): Failure {
  return {
    reason: "ImagePullFailed",
    message: `the image of ${request.database.name} cannot be pulled: ${redact(container.message ?? container.reason ?? "").slice(0, 400)}`,
    hint: "may the nodes reach its registry? Another version: spec.databases[].version; one of your own: bindTo",
    layer: "Cluster",
    blame: "Platform",
    service: request.database.name,
  };
}

async function ended({ request }: Stand, pod: PodRecord, container: ContainerRecord): Promise<Failure> {
  const { cluster, database } = request;
  const text = await cluster.log(pod.namespace, pod.name, databaseContainer, { tailLines: 40, limitBytes: 65_536 });
  const lines = redactLines((text ?? "").split("\n"))
    .filter((line) => line.trim() !== "")
    .slice(-12);
  const own = database.args.length > 0 || database.init.length > 0;
  return {
    reason: "DatabaseFails",
    message: `${database.name} (${database.engine}) ends again and again: ${redact(lines.at(-1) ?? container.last?.reason ?? "it said nothing").slice(0, 300)}`,
    hint: `its log: kubectl logs ${pod.name} -n ${pod.namespace}`,
    layer: "Service",
    blame: own ? "Repo" : "Platform",
    service: database.name,
    where: `Pod/${pod.name}`,
    ...(lines.length === 0 ? {} : { lines }),
    ...(container.last?.exitCode === undefined ? {} : { exitCode: container.last.exitCode }),
  };
}
