import type { Rule } from "../rule.ts";

/** A program that listens on 127.0.0.1 only is reached by nobody. First the address that the code itself reads, else a forwarder in the pod. */
export const loopback: readonly Rule[] = [
  {
    id: "loopback/host-variable",
    signature: "ListensOnLoopback",
    layer: "Process",
    origin: "observed: the only listener was on 127.0.0.1 and the code reads a variable for its address",
    propose({ failure }, service) {
      const name = service.port.hostVariable;
      if (failure.reason !== "ListensOnLoopback" || name === undefined) return undefined;
      if (service.env.some((variable) => variable.name === name && variable.value === "0.0.0.0")) return undefined;
      return {
        action: { kind: "SetEnv", name, value: "0.0.0.0", phase: "Run" },
        summary: `${service.name} listened on ${failure.where ?? "127.0.0.1"} only; ${name}=0.0.0.0 set`,
      };
    },
  },
  {
    id: "loopback/bridge",
    signature: "ListensOnLoopback",
    layer: "Network",
    origin: "observed: the only listener was on 127.0.0.1 and nothing in the code changes that",
    propose({ failure }, service) {
      if (failure.reason !== "ListensOnLoopback" || service.bridge) return undefined;
      return {
        action: { kind: "SetBridge" },
        summary: `${service.name} listens on ${failure.where ?? "127.0.0.1"} only; a forwarder in its pod makes it reachable`,
      };
    },
  },
];
