import type { Way } from "./way.ts";

/** No link at all: the Service inside the cluster is what there is. */
export const none: Way = {
  kind: "None",
  serviceType: "ClusterIP",
  objects: () => [],
  read: () => [],
};
