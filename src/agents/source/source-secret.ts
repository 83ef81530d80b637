import { done, type Outcome } from "../../outcome.ts";
import type { RunRef } from "../../run-ref.ts";
import type { Settings } from "../../settings.ts";
import type { Cluster } from "../cluster.ts";
import { ensureRegistrySecret } from "../setup/registry-access.ts";
import { isOwnArtifact, type SourceSpec } from "./clone-container.ts";

/** Name of the Secret that opens a run's source: what the spec names, or for an artifact in our own registry that of the namespace, made where it is missing. */
export async function ensureSourceSecret(
  cluster: Cluster,
  run: Pick<RunRef, "namespace" | "uid">,
  source: SourceSpec,
  settings: Settings,
): Promise<Outcome<string | undefined>> {
  const named = source.git?.secretRef?.name ?? source.oci?.secretRef?.name;
  if (named !== undefined || !isOwnArtifact(source, settings)) return done(named);
  return await ensureRegistrySecret(cluster, run, settings);
}
