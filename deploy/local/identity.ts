import { join } from "node:path";
import type { CertificateAuthority } from "./certificates.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { network } from "./network.ts";
import type { NodeIdentity } from "./node-programs.ts";
import type { LocalPaths } from "./paths.ts";

/** Each component of the node under its own name, with no more rights than Kubernetes gives that name; and the administrator's kubeconfig. */
export async function issueIdentities(
  paths: LocalPaths,
  authority: CertificateAuthority,
  address: string,
): Promise<
  NodeIdentity & { admin: { certFile: string; keyFile: string }; kubeletServer: { certFile: string; keyFile: string } }
> {
  const caFile = authority.certFile;
  const api = await authority.issue({
    name: "apiserver",
    commonName: "kube-apiserver",
    addresses: ["127.0.0.1", network.apiServiceAddress, network.gateway, address],
    hosts: [
      "localhost",
      "kubernetes",
      "kubernetes.default",
      "kubernetes.default.svc",
      "kubernetes.default.svc.cluster.local",
    ],
  });
  const kubeletServer = await authority.issue({
    name: "kubelet-server",
    commonName: network.nodeName,
    addresses: [address],
    hosts: [network.nodeName],
  });
  const kubeletClient = await authority.issue({
    name: "kubelet-client",
    commonName: "kube-apiserver-kubelet-client",
    organization: "system:masters",
  });
  const admin = await authority.issue({ name: "admin", commonName: "admin", organization: "system:masters" });
  writeKubeconfig(paths.kubeconfig, "admin", { caFile, ...admin });

  const component = async (name: string, commonName: string, organization?: string): Promise<string> => {
    const files = await authority.issue({ name, commonName, ...(organization === undefined ? {} : { organization }) });
    const file = join(paths.pki, `${name}.kubeconfig`);
    writeKubeconfig(file, commonName, { caFile, ...files });
    return file;
  };
  const kubeconfigs = {
    controllers: await component("controllers", "system:kube-controller-manager"),
    scheduler: await component("scheduler", "system:kube-scheduler"),
    kubelet: await component("kubelet", `system:node:${network.nodeName}`, "system:nodes"),
    proxy: await component("proxy", "system:kube-proxy"),
    dns: await component("dns", "repo-runner:dns"),
  };
  return {
    caFile,
    api,
    kubeletClient,
    kubeletServer,
    admin,
    serviceAccounts: authority.serviceAccountKeys(),
    kubeconfigs,
  };
}
