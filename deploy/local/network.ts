import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";

/** Addresses and ports of the embedded cluster; all in one place, since programs, images and the chart's values must agree. */
export const network = {
  nodeName: "node",
  bridge: "cni0",
  /** The node's address on the pods' bridge: DNS and the mirror listen there. */
  gateway: "10.244.0.1",
  podRange: "10.244.0.0/16",
  serviceRange: "10.96.0.0/16",
  apiServiceAddress: "10.96.0.1",
  apiPort: 6443,
  /** Mirror of the official registries: read only, for nodes and pods. */
  mirrorPort: 5000,
  /** The registry behind it, on 127.0.0.1. */
  mirrorStorePort: 5002,
  /** The same storage, writable, for `up` alone, on 127.0.0.1. */
  mirrorPushPort: 5001,
  /** The product's own registry, as nodes see it. */
  productRegistry: "localhost:5005",
  etcdPort: 2379,
  etcdPeerPort: 2380,
  dnsHealthPort: 8081,
} as const;

/** The mirror, as containerd, BuildKit and pods address it. */
export const mirrorHost = `${network.gateway}:${String(network.mirrorPort)}`;

/** The address of this machine that its default route uses; the bridge's own where there is none. */
export function nodeAddress(): string {
  const route = readFileSync("/proc/net/route", "utf8")
    .split("\n")
    .slice(1)
    .map((line) => line.split("\t"))
    .find((fields) => fields[1] === "00000000" && fields[7] === "00000000");
  const addresses = route?.[0] === undefined ? [] : (networkInterfaces()[route[0]] ?? []);
  return addresses.find((address) => address.family === "IPv4")?.address ?? network.gateway;
}
