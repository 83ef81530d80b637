import { join } from "node:path";
import { listedBaseImages } from "./images/catalogue.ts";
import { nodeAddress } from "./network.ts";
import type { OwnImages } from "./own-images.ts";
import type { LocalPaths } from "./paths.ts";
import { machineTrust, readBundle } from "./trust.ts";

/** The chart's values for the embedded cluster that stand in a file. */
export const valuesFile = join(import.meta.dirname, "values.yaml");

/** Those that differ from machine to machine. */
export function machineValues(paths: LocalPaths, images: OwnImages): Readonly<Record<string, unknown>> {
  return {
    images,
    baseImages: { mode: "Listed", listed: listedBaseImages() },
    links: { nodeAddress: nodeAddress() },
    registry: { storage: { type: "HostPath", path: join(paths.cluster, "registry") } },
    // The whole bundle, since Python and Node take one file instead of the public certificates, not besides them.
    caBundle: machineTrust().length === 0 ? "" : readBundle(),
  };
}
