import type { V1SecurityContext } from "@kubernetes/client-node";
import type { Settings } from "../settings.ts";

/** Uid of everything of ours that stands beside a program in its pod: so a socket tells whose it is. Not 65532: programs on distroless bases run as that. */
export const lookerUid = 58_532;

/** Security context of a looker, as the Pod Security standard `restricted` demands. */
export const lookerSecurity: V1SecurityContext = {
  runAsNonRoot: true,
  runAsUser: lookerUid,
  runAsGroup: lookerUid,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

/** Least and most that a looker may use; it is one small static program. */
export const lookerResources = {
  requests: { cpu: "10m", memory: "16Mi" },
  limits: { cpu: "500m", memory: "32Mi" },
} as const;

/** What every container that runs the looker has in common. */
export function lookerContainer(
  settings: Pick<Settings, "images">,
  name: string,
  args: readonly string[],
): {
  name: string;
  image: string;
  imagePullPolicy: "IfNotPresent" | "Always";
  args: string[];
  securityContext: V1SecurityContext;
  terminationMessagePolicy: "File";
} {
  return {
    name,
    image: settings.images.looker,
    imagePullPolicy: settings.images.pullPolicy,
    args: [...args],
    securityContext: lookerSecurity,
    terminationMessagePolicy: "File",
  };
}
