import { done, type Outcome } from "../../outcome.ts";
import { claim } from "./claim.ts";
import { ensureGeneratedSecret } from "./generated-secret.ts";
import { accountObject } from "./objects.ts";
import type { RunRequest } from "./run-request.ts";
import { claimObjects } from "./volumes.ts";

/** Account, generated values and volumes: what a pod of a service cannot be without. What is there already is kept. */
export async function surroundings(request: RunRequest): Promise<Outcome<undefined>> {
  const { cluster, run, plan, spec } = request;
  if (spec.pod?.serviceAccountName === undefined) {
    const account = await claim(cluster, run, accountObject(request), true);
    if (account.state !== "done") return account;
  }
  const generated = await ensureGeneratedSecret(cluster, run, plan.services);
  if (generated.state !== "done") return generated;
  for (const volume of claimObjects(request)) {
    const claimed = await claim(cluster, run, volume, true);
    if (claimed.state !== "done") return claimed;
  }
  return done(undefined);
}
