import type { V1PodSecurityContext, V1SecurityContext } from "@kubernetes/client-node";
import type { Settings } from "../../settings.ts";

/** Uid of programs in images that we render. */
export const workloadUid = 10_001;

/** Capabilities that a typical server started as root uses to become somebody else; inside a user namespace they reach nothing outside. */
const rootServer = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"];

/** As whom a pod runs. */
export interface Identity {
  /** Undefined: the image's own, by a name that only the image can resolve. */
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  /** In a user namespace: what is root inside is nobody outside. */
  readonly userNamespace: boolean;
}

/** Images that we render run as 10001; a repository's own as its USER says, as root only inside a user namespace. */
export function identityOf(own: boolean, user: string, settings: Pick<Settings, "userNamespaces">): Identity {
  const ours = { uid: workloadUid, gid: workloadUid, userNamespace: false };
  if (!own) return ours;
  const numeric = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(user);
  const uid = numeric ? Number(numeric[1]) : undefined;
  if (uid !== undefined && uid > 0) {
    return { uid, gid: numeric?.[2] === undefined ? undefined : Number(numeric[2]), userNamespace: false };
  }
  if (!settings.userNamespaces) return ours;
  const root = uid === 0 || user === "" || user === "root" || user.startsWith("root:");
  return { uid: root ? 0 : undefined, gid: undefined, userNamespace: true };
}

/** Of the pod: what the Pod Security standard `restricted` demands, and ports below 1024 for everybody. */
export function podSecurity(identity: Identity, lowPorts: boolean, volumes: boolean): V1PodSecurityContext {
  const { uid, gid } = identity;
  return {
    ...(uid === undefined ? {} : { runAsUser: uid, runAsNonRoot: uid !== 0 }),
    ...(gid === undefined ? {} : { runAsGroup: gid }),
    ...(volumes && uid !== undefined && uid !== 0 ? { fsGroup: uid, fsGroupChangePolicy: "OnRootMismatch" } : {}),
    seccompProfile: { type: "RuntimeDefault" },
    // Only the pod's own network is meant by it; it is on the list of safe ones.
    ...(lowPorts ? { sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }] } : {}),
  };
}

/** Of the program's container. `wide` gives a root program in a user namespace what servers use to drop their rights. */
export function containerSecurity(identity: Identity, wide: boolean): V1SecurityContext {
  const root = identity.uid === 0;
  const add = root ? (wide ? rootServer : ["NET_BIND_SERVICE"]) : [];
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"], ...(add.length === 0 ? {} : { add }) },
  };
}
